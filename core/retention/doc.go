// Package retention says how long what is kept of people is kept: a class for
// every column of every table, and for each class a period, from when it runs,
// why, and within which bounds it may be set.
//
// Two promises pull in different directions. The privacy policy forgets message
// logs after twelve months; a claim under the Telephone Consumer Protection Act
// may come four years after a text (28 U.S.C. 1658(a)). Both are kept: what
// identifies and was said goes early, what proves that a text was lawful stays
// until nobody can sue over it.
//
// A [Hold] beats every period: what a court may ask for is not erased.
package retention
