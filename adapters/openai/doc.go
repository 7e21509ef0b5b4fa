// Package openai has texts drafted by OpenAI, or by any service that speaks its
// chat completions: the address is configuration.
//
// What leaves is made of a [draft.Prompt], and every request is read once more on
// its way out: one that has what looks like a phone number in it is not sent. What
// the service says when it refuses is never passed on, since it may quote the
// prompt; only its code is.
package openai
