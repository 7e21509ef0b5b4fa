package seal

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/store"
)

// A Letter is an e-mail in plain text.
type Letter struct {
	// ID is the same when the same letter is sent once more, so that a mailbox may
	// show one.
	ID            string
	To            string
	Subject, Body string
}

// A Post sends letters. Implementations are safe for concurrent use.
type Post interface {
	// Send returns once the letter was accepted for delivery. It is Invalid where
	// the address will never accept one; then it is not worth another try.
	Send(ctx context.Context, l Letter) error
}

// Letters sends the owners of each business the log's head once a day: what is
// in their mailboxes we cannot change.
type Letters struct {
	Post Post
	// Every is how often an owner is told at most; 0 means 24 hours.
	Every time.Duration
	// Verifiers are the public keys of the log.
	Verifiers []string
}

// owners is how many owners are looked up at once.
const owners = 200

// step writes to every owner whose day has come and whose log has grown. A
// letter that is not accepted holds up no other one; the next step tries again.
func (s *Letters) step(ctx context.Context, a *Anchors, head evidence.Checkpoint, now time.Time) ([]Outcome, error) {
	var out []Outcome
	var after account.User
	for {
		us, last, seqs, err := s.read(ctx, a.Store, after)
		if err != nil || len(us) == 0 {
			return out, err
		}
		for _, u := range us {
			if ctx.Err() != nil {
				return out, ctx.Err()
			}
			if n := seqs[u.Business]; n > 0 && s.due(head, last[mailTo(u)], now) {
				out = append(out, Outcome{mailTo(u), head.Size, s.send(ctx, a, u, head, n, now)})
			}
		}
		after = us[len(us)-1]
	}
}

func (s *Letters) due(head evidence.Checkpoint, was evidence.Anchoring, now time.Time) bool {
	every := s.Every
	if every == 0 {
		every = 24 * time.Hour
	}
	return head.Size > was.Size && due(head, was, now, every)
}

func (s *Letters) send(ctx context.Context, a *Anchors, u account.User, head evidence.Checkpoint, n int64, now time.Time) error {
	err := s.Post.Send(ctx, s.letter(u, head, n))
	if err != nil && core.KindOf(err) != core.Invalid {
		return err
	}
	// A mailbox that takes no letter is noted too: tomorrow is soon enough.
	if noted := a.note(ctx, evidence.Anchoring{Anchor: mailTo(u), Size: head.Size, At: now.UTC().Truncate(time.Microsecond)}); noted != nil {
		return noted
	}
	return err
}

// mailTo names an owner's letters without the address.
func mailTo(u account.User) string { return "mail/" + u.ID.String() }

func (s *Letters) letter(u account.User, head evidence.Checkpoint, n int64) Letter {
	return Letter{
		ID: fmt.Sprintf("%d.%s", head.Size, u.ID), To: u.Email,
		Subject: fmt.Sprintf("Your text log on %s: %d records", head.At.UTC().Format("2 January 2006"), n),
		Body: fmt.Sprintf(`Keep this e-mail. You need not do anything with it.

It fixes the log of your texts as it was on %s: your business has
%d records in it, and nobody, we included, can change one of them later without
contradicting the lines below. If a text is ever disputed, they prove that your
records are the ones of that day.

%s
Who checks it needs the log's public key:

%s
`, head.At.UTC().Format("2 January 2006, 15:04 UTC"), n, head.Note, strings.Join(s.Verifiers, "\n")),
	}
}

func (s *Letters) read(ctx context.Context, st store.Store, after account.User) (us []account.User, last map[string]evidence.Anchoring, seqs map[core.BusinessID]int64, err error) {
	err = st.View(ctx, func(ctx context.Context, tx store.Tx) (err error) {
		if us, err = tx.Accounts.Owners(ctx, after, owners); err != nil || len(us) == 0 {
			return err
		}
		var names []string
		var bs []core.BusinessID
		for _, u := range us {
			names, bs = append(names, mailTo(u)), append(bs, u.Business)
		}
		if last, err = tx.Evidence.Anchored(ctx, names); err != nil {
			return err
		}
		seqs, err = tx.Evidence.Seqs(ctx, bs)
		return err
	})
	return us, last, seqs, err
}
