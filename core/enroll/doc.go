// Package enroll gets a business its place with the carrier: a messaging profile
// of its own, a number, and a registration, and sees to it that they stay as
// they should be.
//
// Nothing of it is done twice by accident. What is asked for is written down
// first, under a reference of ours; whoever comes after a lost answer looks for
// it before asking again; and a lease keeps two processes from working on one
// line at a time.
package enroll
