package dispatch

import "github.com/jobfluss/nexo/core/message"

// A Report counts what a Step did.
type Report struct {
	Claimed int
	Sent    int
	Waiting int // put off by the engine
	Blocked int
	Expired int
	// Cancelled were claimed after their campaign had been cancelled.
	Cancelled int
	Failed    int // refused by the carrier
	Unknown   int // may have gone out
	Deferred  int // the carrier surely did not take them; later
	// Stopped says why of those that the engine did not let go: Waiting, Blocked,
	// Expired and Cancelled by their reasons. Nil where there are none.
	Stopped map[message.Reason]int
	// Unread: opt-outs may wait outside the store, and so does what they would stop.
	Unread bool
	// Halted: the carrier says that the account, or a sender, may not send. A
	// person must look.
	Halted bool
}

func (r *Report) add(o Report) {
	r.Claimed += o.Claimed
	r.Sent += o.Sent
	r.Waiting += o.Waiting
	r.Blocked += o.Blocked
	r.Expired += o.Expired
	r.Cancelled += o.Cancelled
	r.Failed += o.Failed
	r.Unknown += o.Unknown
	r.Deferred += o.Deferred
	for why, n := range o.Stopped {
		r.stop(why, n)
	}
	r.Unread = r.Unread || o.Unread
	r.Halted = r.Halted || o.Halted
}

func (r *Report) stop(why message.Reason, n int) {
	if r.Stopped == nil {
		r.Stopped = make(map[message.Reason]int)
	}
	r.Stopped[why] += n
}
