package message

import (
	"context"
	"time"

	"github.com/jobfluss/nexo/core"
)

// A Verdict is what a decision makes of a claimed message.
type Verdict struct {
	Business core.BusinessID
	Message  core.MessageID
	// Attempt is the message's Attempt when it was claimed or last recorded.
	Attempt int
	// State is Sending (which makes Attempt one more), Planned (put back, due at
	// Due), Blocked, Cancelled or Expired.
	State    State
	Due      time.Time // for Planned
	Lease    time.Time // for Sending
	Reason   string
	ReasonAt time.Time
	At       time.Time
}

// An Outcome is what the carrier made of a submission.
type Outcome struct {
	Business core.BusinessID
	Message  core.MessageID
	Attempt  int
	// State is Sent, Failed, Unknown, or Planned where the carrier surely did
	// not take it (put back, due at Due).
	State     State
	CarrierID string
	Code      string
	Reason    string
	Due       time.Time
	At        time.Time
}

// A Receipt is what the carrier says later. It names the message by its token
// or, where that is missing, by the carrier's id.
type Receipt struct {
	Token     Token
	CarrierID string
	State     State // Sent, Delivered, Undelivered or Unconfirmed
	Code      string
	// OptedOut: the text did not arrive because the person has opted out with
	// the carrier.
	OptedOut bool
	At       time.Time
}

// A Look says when the carrier was asked about a message. An instant to come
// keeps it from being asked again for longer.
type Look struct {
	Business core.BusinessID
	Message  core.MessageID
	At       time.Time
}

// A Tally counts a campaign's messages. Every message is in exactly one place,
// so the sum is the audience.
type Tally struct {
	ByState  map[State]int
	ByReason map[Reason]int
}

// A Reason is a state with the code of why.
type Reason struct {
	State State
	Code  string
}

// Audience returns the sum.
func (t Tally) Audience() int {
	n := 0
	for _, c := range t.ByState {
		n += c
	}
	return n
}

// Of returns how many are in any of the states.
func (t Tally) Of(states ...State) int {
	n := 0
	for _, s := range states {
		n += t.ByState[s]
	}
	return n
}

// A Result is what came of an arm.
type Result struct {
	Sent int // texts that were, or may have been, handed over
	// OptedOut and Replied are the guests who have left, or may have, and who wrote,
	// since their text was handed over.
	OptedOut, Replied int
}

// Spent is what a business's texts take of what it pays for, in parts.
type Spent struct {
	Parts   int // that were handed over
	Waiting int // of texts that wait, are on their way, or are unknown
}

// A PeopleQuery narrows the list of a campaign's messages. The zero PeopleQuery
// is all of them.
type PeopleQuery struct {
	After  core.MessageID
	States []State
	Reason string
}

// A Box is the outbox. Calls are batched: each takes a constant number of
// statements, however many messages it is given, and none for an empty batch.
// Errors are [core.Error].
type Box interface {
	// Plan adds messages in state Planned and skips those whose Key is taken.
	Plan(ctx context.Context, ms []Message) (added int, err error)

	// Claim returns up to n messages that are Planned and due at now, and keeps
	// them from every other claimer until the transaction ends. It changes
	// nothing: Record does. Messages that another transaction holds are passed
	// over, and so are those of a paused campaign until its NotAfter.
	//
	// Answers have the first places. The rest is divided as [Share] says, and what
	// a business does not need goes to the others; within a campaign the oldest
	// Due goes first. They are returned answers first, then by Due.
	Claim(ctx context.Context, now time.Time, n int) ([]Message, error)

	// Record writes verdicts on messages that are Planned or Sending with the
	// given Attempt, and returns the ids of those it wrote. A message that has
	// moved on in the meantime is left as it is.
	Record(ctx context.Context, vs []Verdict) (written []core.MessageID, err error)

	// Finish writes outcomes on messages that are Sending or Unknown with the
	// given Attempt, and returns the ids of those it wrote. On a message that a
	// receipt has already moved on it only fills in a missing CarrierID. A message
	// that is Unknown is never put back to Planned.
	Finish(ctx context.Context, os []Outcome) (written []core.MessageID, err error)

	// Lapse moves up to n messages that are Sending with a Lease before now to
	// Unknown, and returns them with only their Business, ID, Campaign, To and
	// Attempt. It never plans them again.
	Lapse(ctx context.Context, now time.Time, n int) (lapsed []Message, err error)

	// Settle writes receipts, where [State.Settles] allows the move, and returns
	// those that name no message that is known.
	Settle(ctx context.Context, rs []Receipt) (unmatched []Receipt, err error)

	// Named returns for each receipt the message that it names, with only its
	// Business, ID, Campaign and To; the zero Message where none is known.
	Named(ctx context.Context, rs []Receipt) ([]Message, error)

	// Cancel cancels what is Planned of the class for the pair. Messages that a
	// claimer holds are passed over: it decides them after this transaction, on
	// the facts that this transaction leaves.
	Cancel(ctx context.Context, p core.Pair, c Class, reason string, at time.Time) (cancelled int, err error)
	// CancelCampaign is Cancel for up to n of a campaign's messages.
	CancelCampaign(ctx context.Context, b core.BusinessID, c core.CampaignID, reason string, at time.Time, n int) (cancelled int, err error)

	// Recent returns for each of the pairs when marketing was submitted, or may
	// have been, at or after since, newest first. Callers that count caps hold
	// the subscribers' locks.
	Recent(ctx context.Context, pairs []core.Pair, since time.Time) (map[core.Pair][]time.Time, error)

	// Got returns which of the campaigns each of the business's guests was texted
	// by, or may have been, by rising id; who got none of them is left out.
	Got(ctx context.Context, b core.BusinessID, campaigns []core.CampaignID, numbers []core.Number) (map[core.Number][]core.CampaignID, error)

	// Arms is Tally for each arm of a campaign that has texts.
	Arms(ctx context.Context, b core.BusinessID, c core.CampaignID) (map[Arm]Tally, error)
	// Results returns what came of each arm's texts that were handed over.
	Results(ctx context.Context, b core.BusinessID, c core.CampaignID) (map[Arm]Result, error)

	// Message is NotFound where the business has none of the id.
	Message(ctx context.Context, b core.BusinessID, id core.MessageID) (Message, error)
	// ForPair returns up to n of the pair's messages, newest first.
	ForPair(ctx context.Context, p core.Pair, n int) ([]Message, error)
	// Left reports whether any of a campaign's messages is Planned or Sending. It
	// does not look at the others, so it may be asked every second.
	Left(ctx context.Context, b core.BusinessID, c core.CampaignID) (bool, error)
	// Tally counts a campaign's messages, all of them.
	Tally(ctx context.Context, b core.BusinessID, c core.CampaignID) (Tally, error)
	// Tallies is Tally for several campaigns. One without messages has none.
	Tallies(ctx context.Context, b core.BusinessID, cs []core.CampaignID) (map[core.CampaignID]Tally, error)
	// People returns up to n of a campaign's messages by rising id.
	People(ctx context.Context, b core.BusinessID, c core.CampaignID, q PeopleQuery, n int) ([]Message, error)
	// Coded returns up to n messages, of all businesses, that ended with the
	// carrier's code, by rising instant of Settled and then id, after the given.
	Coded(ctx context.Context, code string, settled time.Time, after core.MessageID, n int) ([]Message, error)
	// Unsettled returns up to n messages, of all businesses, that are Sent or
	// Unknown and were last looked up before the given instant, the longest ago
	// first. One that never was counts as looked up when it was decided.
	Unsettled(ctx context.Context, before time.Time, n int) ([]Message, error)
	// Looked notes when messages were looked up.
	Looked(ctx context.Context, ls []Look) error
	// Unknown returns up to n messages that are Unknown, by rising id after the
	// given one: of a business, or of all for the zero one.
	Unknown(ctx context.Context, b core.BusinessID, after core.MessageID, n int) ([]Message, error)
	// Backlog returns how many messages are Planned and due at now, and how many
	// are Unknown, over all businesses, for gauges.
	Backlog(ctx context.Context, now time.Time) (due, unknown int, err error)

	// Spent sums the parts of the business's texts that were handed over in
	// [from, to), and of all that wait. Answers that the law or a keyword asks for
	// are not counted.
	Spent(ctx context.Context, b core.BusinessID, from, to time.Time) (Spent, error)
}
