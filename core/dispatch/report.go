package dispatch

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
	r.Unread = r.Unread || o.Unread
	r.Halted = r.Halted || o.Halted
}
