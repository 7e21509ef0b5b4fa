// Package draft is what a language model may be asked, and what of its answers
// may be shown. It writes nothing by itself and sends nothing: a [Draft] goes
// into the editor, and a person decides.
//
// A [Prompt] is made of a [Brief], and a Brief of [Words] and choices. No type
// here can hold a guest, a text that somebody sent, or a number: what looks like
// a phone number or a mailbox is refused when Words are made, and once more by
// [Clean] before anything leaves.
package draft
