// Package telnyx speaks with the carrier Telnyx, API version 2: it hands texts
// over, asks what became of one, and reads the webhooks that come back.
//
// Two traits of the API shape it. Sending has no idempotency key, so a request
// goes out once and an unreadable answer is [core.Ambiguous], never a reason to
// repeat it. And sending takes no reference of ours, so each text carries its
// own webhook address that ends in its [message.Token]: a receipt names its
// text even when the reply to the send was lost.
//
// The official SDK is not used: it repeats sends by itself, and three calls do
// not need it.
package telnyx
