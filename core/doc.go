// Package core is the vocabulary of the domain: phone numbers that cannot leak,
// ids, the clock, and the kinds of error. Every other package of the domain
// speaks it; it knows none of them.
//
// # A tour
//
// Nouns hold data and rules, and know nothing of stores:
//
//   - [github.com/jobfluss/nexo/core/place]: a state and a time zone, where a phone may be
//   - [github.com/jobfluss/nexo/core/nanp]: area code → places
//   - [github.com/jobfluss/nexo/core/law]: the rulebook, as dated and cited data
//   - [github.com/jobfluss/nexo/core/account]: businesses, users, keywords
//   - [github.com/jobfluss/nexo/core/consent]: who agreed to what, shown which words
//   - [github.com/jobfluss/nexo/core/suppression]: who must not be texted, and why
//   - [github.com/jobfluss/nexo/core/reply]: what an inbound text means
//   - [github.com/jobfluss/nexo/core/sms]: encoding and segments
//   - [github.com/jobfluss/nexo/core/copy]: lint of what a campaign says
//   - [github.com/jobfluss/nexo/core/message]: one outbound text and its states; the outbox
//   - [github.com/jobfluss/nexo/core/campaign]: one text to many guests
//   - [github.com/jobfluss/nexo/core/inbox]: what the carrier told us, kept once
//   - [github.com/jobfluss/nexo/core/thread]: the conversation with one guest
//   - [github.com/jobfluss/nexo/core/media]: pictures that guests send
//
// The engine is [github.com/jobfluss/nexo/core/decide]: facts in, verdict and
// every finding out. The database as the domain sees it is
// [github.com/jobfluss/nexo/core/store].
//
// Verbs are use cases over ports: [github.com/jobfluss/nexo/core/onboard] signs
// a business up, [github.com/jobfluss/nexo/core/intake] takes in what the
// carrier says, [github.com/jobfluss/nexo/core/launch] turns a campaign into
// planned messages, [github.com/jobfluss/nexo/core/dispatch] decides and sends,
// [github.com/jobfluss/nexo/core/dryrun] says what that would do,
// [github.com/jobfluss/nexo/core/converse] is where staff answer guests. The last
// three decide with [github.com/jobfluss/nexo/core/judge], which reads the facts.
// [github.com/jobfluss/nexo/core/collect] fetches pictures, and deletes them.
//
// # Rules of the room
//
// The domain imports the standard library (without files, network, databases,
// logs and chance), golang.org/x/text and golang.org/x/mod/sumdb, and itself.
// Time, ids and chance come in from outside. A refusal is a value; an error
// means that something is not known. The zero value refuses.
package core
