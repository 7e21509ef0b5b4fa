package hook

import (
	"context"
	"time"

	"github.com/jobfluss/nexo/core/store"
)

// A Report is what /readyz says. Its alarms are what somebody should look at: a
// monitor may watch for a list that is not empty.
type Report struct {
	// Ready is whether webhooks are taken, into the database or the spool.
	Ready    bool         `json:"ready"`
	Database bool         `json:"database"` // whether it answers
	Spool    *SpoolReport `json:"spool"`    // null where there is none
	Inbox    *InboxReport `json:"inbox"`    // null while the database does not answer
	Alarms   []string     `json:"alarms"`
}

// A SpoolReport is what waits on the disk.
type SpoolReport struct {
	Events int        `json:"events"`
	Bytes  int64      `json:"bytes"`
	Max    int64      `json:"max_bytes"`
	Oldest *time.Time `json:"oldest"` // when it was received; null if nothing waits
	Aside  int        `json:"aside"`  // files for a person to look at
}

// An InboxReport is what waits in the database.
type InboxReport struct {
	Waiting int        `json:"waiting"`
	Oldest  *time.Time `json:"oldest"` // when it was received; null if nothing waits
	Failing int        `json:"failing"`
}

// waitsTooLong is how long an event may wait for a worker. A receipt may wait for
// its message for ten minutes.
const waitsTooLong = 15 * time.Minute

// Report looks at the database, the spool and the inbox.
func (h *Hook) Report(ctx context.Context) Report {
	r := Report{Database: h.in.Database.Store.Ping(ctx) == nil, Alarms: []string{}}
	r.Ready = r.Database
	if !r.Database {
		r.alarm("the database does not answer")
	}
	if h.in.Spool != nil {
		h.reportSpool(&r)
	}
	if r.Database {
		h.reportInbox(ctx, &r)
	}
	return r
}

func (r *Report) alarm(s string) { r.Alarms = append(r.Alarms, s) }

func (h *Hook) reportSpool(r *Report) {
	s := h.in.Spool.Stat()
	r.Spool = &SpoolReport{Events: s.Events, Bytes: s.Bytes, Max: s.Max, Oldest: instant(s.Oldest), Aside: s.Aside}
	isFull := s.Bytes >= s.Max/10*9
	r.Ready = r.Database || !isFull
	switch {
	case isFull:
		r.alarm("the spool is full but for opt-outs")
	case s.Bytes >= s.Max/2:
		r.alarm("the spool is half full")
	case s.Events > 0:
		r.alarm("webhooks wait in the spool")
	}
	if s.Aside > 0 {
		r.alarm("webhooks are set aside in the spool's folder, in files named aside-")
	}
}

func (h *Hook) reportInbox(ctx context.Context, r *Report) {
	var in InboxReport
	var oldest time.Time
	err := h.in.Database.Store.View(ctx, func(ctx context.Context, tx store.Tx) (err error) {
		if in.Waiting, oldest, err = tx.Inbox.Waiting(ctx); err != nil {
			return err
		}
		in.Failing, err = tx.Inbox.Failing(ctx)
		return err
	})
	if err != nil {
		r.alarm("the inbox cannot be counted")
		return
	}
	in.Oldest = instant(oldest)
	r.Inbox = &in
	if in.Failing > 0 {
		r.alarm("webhooks cannot be acted on: nexo inbox list --failing")
	}
	if !oldest.IsZero() && h.in.Clock.Now().Sub(oldest) > waitsTooLong {
		r.alarm("webhooks wait for a worker: nexo inbox list --waiting")
	}
}

// instant is nil for the zero Time.
func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}
