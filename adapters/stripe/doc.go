// Package stripe speaks with Stripe, which takes the venues' payments. So far it
// listens: it tells Stripe's webhooks from forgeries and reads those that change
// what a venue may do.
//
// Two habits of the official library are not kept. It refuses every event of an
// API version other than its own (2023-10-16), though an account's version is
// moved by whoever looks at its dashboard; here an event is good if the fields
// that we use are in it, at their place in the old versions or in the new. And it
// takes a signature from the future, however far; here both directions have the
// same tolerance.
package stripe
