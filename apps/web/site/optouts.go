package site

import (
	"context"
	"net/url"
	"time"

	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/suppression"
)

// A barRow is one entry of the suppression list.
type barRow struct{ URL, Number, Reason, Source, At, Lifted string }

type optOutsView struct {
	Rows []barRow
	Next string
}

func (s *site) optOuts(v *visit) error {
	var before time.Time
	if b := v.req.URL.Query().Get("before"); b != "" {
		var err error
		if before, err = time.Parse(time.RFC3339Nano, b); err != nil {
			return errNotFound
		}
	}
	var entries []suppression.Entry
	err := v.view(func(ctx context.Context, tx store.Tx) error {
		var err error
		entries, err = tx.Suppression.Entries(ctx, v.biz.ID, before, perPage+1)
		return err
	})
	if err != nil {
		return err
	}
	var view optOutsView
	if len(entries) > perPage {
		entries = entries[:perPage]
		view.Next = "/optouts?before=" + url.QueryEscape(entries[perPage-1].At.UTC().Format(time.RFC3339Nano))
	}
	for _, e := range entries {
		view.Rows = append(view.Rows, barRow{
			URL: "/subscribers/" + v.seal.ref(e.Number), Number: e.Number.Masked(), Reason: v.say("barred." + e.Reason.String()),
			Source: e.Source, At: v.when(e.At), Lifted: v.when(e.Lifted),
		})
	}
	return v.show(optOutsPage(v.page("optouts", "optouts.title"), view))
}
