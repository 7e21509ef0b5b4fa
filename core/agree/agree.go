// Package agree asks customers to accept what they agree to, keeps on record that they did, and
// tells owners by e-mail when it changes in a way that matters to them.
package agree

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/seal"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/terms"
)

// A Service is the use case. Its methods are safe for concurrent use.
type Service struct {
	Store store.Store
	Clock core.Clock
	IDs   core.IDs
	Salts evidence.Salts
	// Versions are what there is; nil for [terms.All].
	Versions []terms.Version `wire:"-"`
}

func (s *Service) versions() []terms.Version {
	if s.Versions != nil {
		return s.Versions
	}
	return terms.All()
}

// Open returns what a user must still accept, within a transaction.
func (s *Service) Open(ctx context.Context, tx store.Tx, u core.UserID) ([]terms.Version, error) {
	ns, err := tx.Terms.Notes(ctx, u)
	return terms.Open(s.versions(), ns), err
}

// Accept keeps that a user has accepted everything that is open, on record with the
// hash of each text. Accepting again does nothing.
func (s *Service) Accept(ctx context.Context, by account.User) error {
	return s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		open, err := s.Open(ctx, tx, by.ID)
		if err != nil || len(open) == 0 {
			return err
		}
		now := s.Clock.Now().UTC().Truncate(time.Microsecond)
		details := map[string]string{"adult": "yes"}
		var ns []terms.Note
		for _, v := range open {
			ns = append(ns, terms.Note{User: by.ID, Doc: v.Doc, Date: v.Date, What: terms.Accepted, At: now})
			details[string(v.Doc)], details[string(v.Doc)+"_sha256"] = v.Date, v.SHA256()
		}
		if err := tx.Terms.Note(ctx, ns); err != nil {
			return err
		}
		return tx.Evidence.Append(ctx, []evidence.Record{
			evidence.NewStaffAction(evidence.NewSeed(s.IDs, s.Salts), by.Business, now, by.ID, evidence.TermsAccepted, core.CampaignID{}, details),
		})
	})
}

// owners is how many are read at a time.
const owners = 200

// Tell writes once to every owner who must accept something that is new, and returns how many
// letters went. A letter that is not accepted holds up no other one; the next run
// tries again.
func (s *Service) Tell(ctx context.Context, post seal.Post, publicURL string) (sent int, err error) {
	if post == nil {
		return 0, nil
	}
	var failed error
	for after := (account.User{}); ; {
		var us []account.User
		open := map[core.UserID][]terms.Version{}
		err := s.Store.View(ctx, func(ctx context.Context, tx store.Tx) (err error) {
			if us, err = tx.Accounts.Owners(ctx, after, owners); err != nil {
				return err
			}
			for _, u := range us {
				ns, err := tx.Terms.Notes(ctx, u.ID)
				if err != nil {
					return err
				}
				open[u.ID] = untold(terms.Open(s.versions(), ns), ns)
			}
			return nil
		})
		if err != nil || len(us) == 0 {
			return sent, firstOf(err, failed)
		}
		for _, u := range us {
			if len(open[u.ID]) == 0 {
				continue
			}
			if err := s.tell(ctx, post, u, open[u.ID], publicURL); err != nil {
				failed = err
				continue
			}
			sent++
		}
		after = us[len(us)-1]
	}
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// untold leaves out what the user was told of by e-mail before.
func untold(open []terms.Version, ns []terms.Note) (out []terms.Version) {
	for _, v := range open {
		told := false
		for _, n := range ns {
			told = told || n.What == terms.Told && n.Doc == v.Doc && n.Date == v.Date
		}
		if !told {
			out = append(out, v)
		}
	}
	return out
}

func (s *Service) tell(ctx context.Context, post seal.Post, u account.User, vs []terms.Version, publicURL string) error {
	err := post.Send(ctx, letter(u, vs, publicURL))
	if err != nil && core.KindOf(err) != core.Invalid {
		return err
	}
	// A mailbox that takes no letter is noted too: the app says it all the same.
	now := s.Clock.Now().UTC().Truncate(time.Microsecond)
	ns := make([]terms.Note, len(vs))
	for i, v := range vs {
		ns[i] = terms.Note{User: u.ID, Doc: v.Doc, Date: v.Date, What: terms.Told, At: now}
	}
	return s.Store.Update(ctx, func(ctx context.Context, tx store.Tx) error { return tx.Terms.Note(ctx, ns) })
}

var names = map[terms.Doc]string{terms.Privacy: "Privacy policy", terms.Service: "Terms of service"}

func letter(u account.User, vs []terms.Version, publicURL string) seal.Letter {
	var b strings.Builder
	id := "terms"
	b.WriteString("What you agree to has changed.\n\n")
	for _, v := range vs {
		fmt.Fprintf(&b, "%s, last updated %s\n", names[v.Doc], v.Date)
		if v.Changes != "" {
			b.WriteString(v.Changes + "\n")
		}
		fmt.Fprintf(&b, "%s/legal/%s\n\n", publicURL, v.Doc)
		id += "-" + string(v.Doc) + "-" + v.Date
	}
	b.WriteString("When you next sign in, we ask you to accept it.\n")
	return seal.Letter{ID: id + "-" + u.ID.String(), To: u.Email, Subject: "What you agree to with NexoAlerts has changed", Body: b.String()}
}
