package converse_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/converse"
	"github.com/jobfluss/nexo/core/decide"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/internal/venuetest"
	"github.com/jobfluss/nexo/core/judge"
	"github.com/jobfluss/nexo/core/law"
	"github.com/jobfluss/nexo/core/media"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/picture"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/thread"
)

var guest = venuetest.Guest(0)

// A desk is a venue with the service and two people who work there.
type desk struct {
	*venuetest.World
	s       *converse.Service
	ana, bo account.User
}

func newDesk(t *testing.T) *desk {
	w := venuetest.New(t)
	d := &desk{World: w, s: &converse.Service{
		Store: w.Store, Book: decide.US(), Clock: w.Clock, IDs: w.IDs, Salts: w.IDs, Settings: judge.Settings{Profile: law.Default},
	}}
	d.ana, d.bo = d.user("Ana", w.Business.ID), d.user("Bo", w.Business.ID)
	return d
}

func (d *desk) user(name string, b core.BusinessID) account.User {
	u := account.User{ID: core.UserID(d.IDs.New()), Business: b, Name: name, Email: strings.ToLower(name) + "@lunas.example", Role: account.Staff}
	d.Update(func(ctx context.Context, tx store.Tx) error { return tx.Accounts.AddUser(ctx, u) })
	return u
}

// asks makes the guest write, and returns the thread.
func (d *desk) asks(text string) thread.Thread {
	d.T.Helper()
	d.Says(guest, text)
	d.Hear()
	d.Clock.Add(time.Second)
	return d.thread()
}

func (d *desk) thread() (t thread.Thread) {
	d.T.Helper()
	d.Update(func(ctx context.Context, tx store.Tx) (err error) {
		t, err = tx.Threads.OfGuest(ctx, d.Pair(guest))
		return err
	})
	return t
}

func (d *desk) show() converse.Talk {
	d.T.Helper()
	k, err := d.s.Show(context.Background(), d.ana, d.thread().ID)
	if err != nil {
		d.T.Fatalf("Show: %v", err)
	}
	return k
}

// actions are what staff did, by the evidence. Only sealed records are read by
// business, so it seals, and takes that back.
func (d *desk) actions() (out []string) {
	undone := errors.New("undone")
	err := d.Store.Update(context.Background(), func(ctx context.Context, tx store.Tx) error {
		rs, err := tx.Evidence.Unsealed(ctx, 1000)
		if err != nil {
			return err
		}
		var leaves []evidence.Leaf
		for i, r := range rs {
			leaves = append(leaves, evidence.Leaf{Index: int64(i), Business: r.Business, Seq: int64(i + 1), Commitment: r.Commitment})
		}
		if err := tx.Evidence.Seal(ctx, rs, leaves, nil, evidence.Checkpoint{Size: int64(len(rs))}); err != nil {
			return err
		}
		if rs, _, err = tx.Evidence.OfBusiness(ctx, d.Business.ID, 0, 1000); err != nil {
			return err
		}
		for _, r := range rs {
			if a, err := evidence.ParseStaffAction(r); err == nil {
				out = append(out, a.Action)
			}
		}
		return undone
	})
	if !errors.Is(err, undone) {
		d.T.Fatalf("reading the evidence: %v", err)
	}
	return out
}

func TestAReplyReachesTheGuestOnce(t *testing.T) {
	d := newDesk(t)
	id := d.asks("Do you have a table for four?").ID
	key := d.s.NewKey()
	for range 3 {
		if err := d.s.Reply(t.Context(), d.ana, id, key, "  Yes, at 8. See you! "); err != nil {
			t.Fatal(err)
		}
	}
	d.Send()
	calls := d.Carrier.Calls(message.Reply)
	if len(calls) != 1 || calls[0].Message.Body != "Yes, at 8. See you!" || calls[0].Message.From != d.Business.Sender {
		t.Fatalf("the carrier got %d replies: %+v", len(calls), calls)
	}
	k := d.show()
	last := k.Lines[len(k.Lines)-1]
	if last.Text == nil || last.Text.State != message.Sent || last.Item.By != d.ana.ID {
		t.Errorf("the conversation ends with %+v", last)
	}
	if k.Thread.Unread() != 0 || k.Thread.By != thread.Staff || k.Thread.Last != "Yes, at 8. See you!" {
		t.Errorf("the thread is %+v", k.Thread)
	}
	if got := strings.Join(d.actions(), " "); got != evidence.ThreadReplied {
		t.Errorf("recorded: %s", got)
	}
	if err := d.s.Reply(t.Context(), d.bo, id, d.s.NewKey(), "Yes, at 8. See you!"); err != nil {
		t.Fatal(err)
	}
	d.Send()
	if n := len(d.Carrier.Calls(message.Reply)); n != 2 {
		t.Errorf("%d replies after a second form, want 2", n)
	}
}

// What was sent is on record with the hash of the picture.
func TestAReplyNamesItsPicture(t *testing.T) {
	d := newDesk(t)
	id := d.asks("Do you have a menu?").ID
	ref := picture.Ref{ID: core.MediumID(d.IDs.New()), SHA256: [32]byte{7}, Kind: media.PNG}
	d.Update(func(ctx context.Context, tx store.Tx) error {
		return tx.Media.Put(ctx, []media.Medium{{ID: ref.ID, Business: d.Business.ID, State: media.Loose, Kind: media.PNG, Due: d.Clock.Now().Add(time.Hour)}})
	})
	var p converse.Problem
	other := ref
	other.ID[0]++
	if err := d.s.Reply(t.Context(), d.ana, id, d.s.NewKey(), "Here", other.String()); !errors.As(err, &p) {
		t.Errorf("a picture that is not there: %v", err)
	}
	if err := d.s.Reply(t.Context(), d.ana, id, d.s.NewKey(), strings.Repeat("x", picture.MostText+1), ref.String()); !errors.As(err, &p) {
		t.Errorf("too many words for a picture: %v", err)
	}
	if err := d.s.Reply(t.Context(), d.ana, id, d.s.NewKey(), "", ref.String()); err != nil {
		t.Fatal(err)
	}
	d.Send()
	calls := d.Carrier.Calls(message.Reply)
	if len(calls) != 1 || len(calls[0].Message.Media) != 1 || calls[0].Message.Segments != 1 {
		t.Fatalf("the carrier got %+v", calls)
	}
	d.Update(func(ctx context.Context, tx store.Tx) error {
		rs, err := tx.Evidence.OfMessage(ctx, d.Business.ID, calls[0].Message.ID)
		if err != nil {
			return err
		}
		ds, err := evidence.Decisions(rs)
		if len(ds) != 1 || len(ds[0].Media) != 1 || ds[0].Media[0] != ref.String() {
			t.Errorf("on record are %+v", ds)
		}
		return err
	})
}

// refusal is why the engine refuses a reply now: "" where it does not.
func (d *desk) refusal() string {
	d.T.Helper()
	before := len(d.Texts(guest, message.Reply))
	err := d.s.Reply(context.Background(), d.ana, d.thread().ID, d.s.NewKey(), "Yes")
	var no *converse.Refused
	shown := d.show().Reply.Verdict
	switch {
	case err == nil:
		return ""
	case !errors.As(err, &no) || !errors.Is(err, core.Denied):
		d.T.Fatalf("Reply: %v", err)
	case shown.Reason != no.Verdict.Reason || shown.State != no.Verdict.State:
		d.T.Errorf("the page says %q, the button %q", shown.Reason, no.Verdict.Reason)
	case len(d.Texts(guest, message.Reply)) != before:
		d.T.Errorf("a refused reply is planned")
	}
	return no.Verdict.Reason
}

func TestTheEngineLocksTheComposer(t *testing.T) {
	for _, tt := range []struct {
		name string
		do   func(*desk)
		want string
	}{
		{"a question", func(d *desk) { d.asks("Are you open?") }, ""},
		{"a question three days ago, to the hour", func(d *desk) { d.asks("Are you open?"); d.Clock.Add(decide.ReplyWithin - time.Minute) }, ""},
		{"a question more than three days ago", func(d *desk) { d.asks("Are you open?"); d.Clock.Add(decide.ReplyWithin) }, "class.too_late"},
		{"a new question after that", func(d *desk) { d.asks("Are you open?"); d.Clock.Add(decide.ReplyWithin); d.asks("Hello?") }, ""},
		{"only a keyword", func(d *desk) { d.Join(guest) }, "class.answers_nothing"},
		{"only a HELP", func(d *desk) { d.asks("HELP") }, "class.answers_nothing"},
		{"an opt-out", func(d *desk) { d.Join(guest); d.asks("Are you open?"); d.asks("STOP") }, "consent.revoked"},
		{"an opt-out, and a question too old besides", func(d *desk) { d.Join(guest); d.asks("Are you open?"); d.asks("STOP"); d.Clock.Add(100 * time.Hour) }, "consent.revoked"},
		{"a stranger's opt-out", func(d *desk) { d.asks("Are you open?"); d.asks("STOP") }, "consent.revoked"},
		{"a question after an opt-out", func(d *desk) { d.Join(guest); d.asks("STOP"); d.asks("Are you open?") }, "consent.revoked"},
		{"what may be an opt-out", func(d *desk) { d.Join(guest); d.asks("✋") }, "suppression.own"},
		{"an opt-out and back", func(d *desk) { d.Join(guest); d.asks("STOP"); d.asks("START"); d.asks("Are you open?") }, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := newDesk(t)
			tt.do(d)
			if got := d.refusal(); got != tt.want {
				t.Errorf("refused because of %q, want %q", got, tt.want)
			}
		})
	}
}

// Who leaves after the button was pressed gets no reply: it is decided again when
// it leaves.
func TestAnOptOutOvertakesTheReply(t *testing.T) {
	d := newDesk(t)
	d.Join(guest)
	id := d.asks("Are you open?").ID
	if err := d.s.Reply(t.Context(), d.ana, id, d.s.NewKey(), "Yes"); err != nil {
		t.Fatal(err)
	}
	d.Says(guest, "STOP")
	d.Send()
	if n := len(d.Carrier.Calls(message.Reply)); n != 0 {
		t.Errorf("%d replies left after STOP", n)
	}
	if m := d.Texts(guest, message.Reply)[0]; m.State != message.Blocked {
		t.Errorf("the reply is %v, want blocked", m.State)
	}
}

func TestWordsThatMayNotBeSent(t *testing.T) {
	d := newDesk(t)
	id := d.asks("Are you open?").ID
	for text, want := range map[string]string{
		" \n ":                           "Write something first",
		strings.Repeat("Come in. ", 300): "too long",
		"See bit.ly/abc":                 "link",
		"yes \xff":                       "signs",
	} {
		err := d.s.Reply(t.Context(), d.ana, id, d.s.NewKey(), text)
		var p converse.Problem
		if !errors.As(err, &p) || !errors.Is(err, core.Invalid) || !strings.Contains(strings.ToLower(string(p)), strings.ToLower(want)) {
			t.Errorf("Reply(%.20q): %v, want a problem about %q", text, err, want)
		}
	}
	if n := len(d.Texts(guest, message.Reply)); n != 0 {
		t.Errorf("%d replies are planned", n)
	}
}

func TestAssignCloseReopenAreRecorded(t *testing.T) {
	d := newDesk(t)
	id := d.asks("Are you open?").ID
	ctx := t.Context()
	steps := []error{
		d.s.Assign(ctx, d.ana, id, d.bo.ID), d.s.Assign(ctx, d.ana, id, d.bo.ID),
		d.s.Close(ctx, d.bo, id), d.s.Close(ctx, d.bo, id), d.s.Reopen(ctx, d.ana, id), d.s.Reopen(ctx, d.ana, id),
		d.s.Assign(ctx, d.ana, id, core.UserID{}), d.s.Close(ctx, d.ana, id),
	}
	if err := errors.Join(steps...); err != nil {
		t.Fatal(err)
	}
	if got := d.thread(); got.State != thread.Closed || got.Unread() != 0 || !got.Assignee.IsZero() {
		t.Errorf("the thread is %+v", got)
	}
	want := "thread_assigned thread_closed thread_reopened thread_assigned thread_closed"
	if got := strings.Join(d.actions(), " "); got != want {
		t.Errorf("recorded %q, want each change once: %q", got, want)
	}
	if got := d.asks("Hello?"); got.State != thread.Open || got.Unread() != 1 {
		t.Errorf("after a new text the thread is %+v, want it open", got)
	}
}

func TestNotesAreFoundAndNeverSent(t *testing.T) {
	d := newDesk(t)
	id := d.asks("Do you have a table?").ID
	key := d.s.NewKey()
	if err := errors.Join(d.s.Note(t.Context(), d.bo, id, key, "Regular, likes the patio"), d.s.Note(t.Context(), d.bo, id, key, "Regular, likes the patio")); err != nil {
		t.Fatal(err)
	}
	d.Send()
	if n := len(d.Texts(guest, message.NoClass)); n != 0 {
		t.Errorf("%d texts are planned", n)
	}
	k := d.show()
	if n := len(k.Lines); n != 2 || k.Lines[1].Item.By != d.bo.ID {
		t.Errorf("%d lines: %+v", n, k.Lines)
	}
	for typed, want := range map[string]int{"patio": 1, "table": 1, guest.Last4(): 1, "balcony": 0} {
		p, err := d.s.List(t.Context(), d.ana, thread.Query{Search: thread.ParseSearch(typed)}, 10)
		if err != nil || len(p.Threads) != want {
			t.Errorf("%q finds %d, %v, want %d", typed, len(p.Threads), err, want)
		}
	}
	var p converse.Problem
	for _, text := range []string{"", strings.Repeat("x", 2001), "\xff"} {
		if err := d.s.Note(t.Context(), d.bo, id, d.s.NewKey(), text); !errors.As(err, &p) {
			t.Errorf("Note of %d bytes: %v, want a problem", len(text), err)
		}
	}
}

// What came in while somebody was reading stays unread.
func TestSeeingIsExact(t *testing.T) {
	d := newDesk(t)
	d.asks("One")
	seen := d.asks("Two").Heard
	d.asks("Three")
	if err := d.s.See(t.Context(), d.ana, d.thread().ID, seen); err != nil {
		t.Fatal(err)
	}
	if n := d.thread().Unread(); n != 1 {
		t.Errorf("%d unread, want the third", n)
	}
	if err := errors.Join(d.s.See(t.Context(), d.ana, d.thread().ID, 1), d.s.See(t.Context(), d.ana, d.thread().ID, 99)); err != nil {
		t.Fatal(err)
	}
	if n := d.thread().Unread(); n != 0 || d.thread().Read != 3 {
		t.Errorf("%d unread of %d read, want 0 of 3", n, d.thread().Read)
	}
}

// Promise 10: another business's people get nowhere, and nor do those who may
// only look.
func TestPromise10OthersThreadsAreNotThere(t *testing.T) {
	d := newDesk(t)
	id := d.asks("Do you have a table?").ID
	other, _ := d.Open("Sol", "SOL", core.MustNumber("+15125550199"))
	stranger, looker := d.user("Eve", other.ID), d.ana
	looker.Role = account.ReadOnly
	ctx := t.Context()
	for who, kind := range map[*account.User]core.Kind{&stranger: core.NotFound, &looker: core.Denied} {
		for what, err := range map[string]error{
			"Reply": d.s.Reply(ctx, *who, id, d.s.NewKey(), "Hi"), "Note": d.s.Note(ctx, *who, id, d.s.NewKey(), "Hi"),
			"Assign": d.s.Assign(ctx, *who, id, who.ID), "Close": d.s.Close(ctx, *who, id), "Reopen": d.s.Reopen(ctx, *who, id), "See": d.s.See(ctx, *who, id, 1),
		} {
			if core.KindOf(err) != kind {
				t.Errorf("%s by %s: %v, want %v", what, who.Name, err, kind)
			}
		}
	}
	if _, err := d.s.Show(ctx, stranger, id); !errors.Is(err, core.NotFound) {
		t.Errorf("Show to another business: %v", err)
	}
	if p, err := d.s.List(ctx, stranger, thread.Query{}, 10); err != nil || len(p.Threads) != 0 || p.Counts.Open != 0 {
		t.Errorf("another business sees %d threads, %v", len(p.Threads), err)
	}
	if err := d.s.Assign(ctx, d.ana, id, stranger.ID); !errors.Is(err, core.NotFound) {
		t.Errorf("Assign to another business's user: %v", err)
	}
	if got := d.thread(); got.Unread() != 1 || len(d.actions()) != 0 {
		t.Errorf("strangers changed the thread: %+v, %v", got, d.actions())
	}
}
