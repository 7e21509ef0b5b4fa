// Package telnyxsim is a carrier for tests, benchmarks and the demo: an HTTP
// server that behaves as Telnyx does. It takes texts, signs and sends webhooks,
// keeps its own list of who said STOP to which messaging profile, answers STOP,
// START and HELP by itself, and on demand delays, loses, repeats, reorders and
// refuses. It also serves a virtual phone at /phone.
//
// It shares no code with the client but the writing of JSON strings, so that a
// mistake in one is not hidden by the same mistake in the other.
//
// What it keeps is bounded: see Options.Keep and Options.MaxPending.
package telnyxsim
