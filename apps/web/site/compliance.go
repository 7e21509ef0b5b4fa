package site

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jobfluss/nexo/apps/web/site/words"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/law"
	"github.com/jobfluss/nexo/core/place"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/suppression"
)

// A complianceView is what is promised, and what shows that it is kept.
type complianceView struct {
	Signs    []sign
	OptedOut int
	Mirror   []factRow // how our list compares with the carrier's
	Seal     []factRow
	Edition  string
	Law      []factRow // the hours in the venue's state, then in those that allow less
	Cap      string
	Source   string
	Acts     []actRow
	Next     string
	Older    bool // the log is not at its beginning
}

// A factRow is a name and what it is.
type factRow struct{ Name, Value string }

// An actRow is one entry of the log of what people did.
type actRow struct{ What, Who, When, Campaign, Guest string }

// actsPerPage is how many entries of the log a page has.
const actsPerPage = 25

func (s *site) compliance(v *visit) error {
	var before core.RecordID
	if x := v.req.URL.Query().Get("before"); x != "" {
		u, err := core.ParseUUID(x)
		if err != nil {
			return errNotFound
		}
		before = core.RecordID(u)
	}
	var h health
	var counts map[consent.State]int
	var acts []evidence.Record
	var anchors []evidence.Anchoring
	who := make(map[string]string)
	err := v.view(func(ctx context.Context, tx store.Tx) error {
		var err error
		if h, err = v.readHealth(ctx, tx); err != nil {
			return err
		}
		if counts, err = tx.Consent.Count(ctx, v.biz.ID); err != nil {
			return err
		}
		if acts, err = tx.Evidence.Acts(ctx, v.biz.ID, before, actsPerPage+1); err != nil {
			return err
		}
		head, err := tx.Evidence.Head(ctx)
		if err != nil {
			return err
		}
		if anchors, err = tx.Evidence.Anchorings(ctx, head.Size); err != nil {
			return err
		}
		users, err := tx.Accounts.Users(ctx, v.biz.ID)
		for _, u := range users {
			who[u.ID.String()] = u.Name
		}
		return err
	})
	if err != nil {
		return err
	}
	view := complianceView{Signs: v.signs(h), OptedOut: counts[consent.OptedOut], Mirror: v.mirrorFacts(h.mirror), Seal: v.sealFacts(h, anchors), Older: !before.IsZero()}
	v.lawInForce(&view)
	if len(acts) > actsPerPage {
		acts = acts[:actsPerPage]
		view.Next = "/compliance?before=" + acts[actsPerPage-1].ID.String() + "#log"
	}
	for _, r := range acts {
		view.Acts = append(view.Acts, v.actRow(r, who))
	}
	return v.show(compliancePage(v.page("compliance", "compliance.title"), view))
}

// mirrorFacts say when the carrier's list was read. Its figures are of all
// businesses, and none of this one's.
func (v *visit) mirrorFacts(p suppression.Pass) []factRow {
	if p.Ended.IsZero() {
		return []factRow{{v.say("compliance.mirror"), v.say("compliance.mirror.never")}}
	}
	return []factRow{{v.say("compliance.mirror"), v.when(p.Ended)}}
}

func (v *visit) sealFacts(h health, anchors []evidence.Anchoring) []factRow {
	if h.sealed.IsZero() {
		return []factRow{{v.say("compliance.sealed"), v.say("compliance.sealed.never")}}
	}
	out := []factRow{{v.say("compliance.sealed"), v.when(h.sealed)}}
	for _, a := range anchors {
		if kind, _, private := strings.Cut(a.Anchor, "/"); !private { // letters name people
			out = append(out, factRow{v.say("compliance.anchor", "who", kind), v.when(a.At)})
		}
	}
	return out
}

// lawInForce is what the edition of today says of the hours in the venue's state,
// and in the states that allow less than the federal rule: guests' phones may be
// there.
func (v *visit) lawInForce(view *complianceView) {
	now := v.s.Clock.Now()
	rb := v.s.book.Rulebook()
	e := rb.At(now)
	view.Edition = e.Name()
	home := v.biz.State
	view.Law = append(view.Law, factRow{v.say("compliance.law.home", "state", e.Row(home).Name), v.hours(e, home, now)})
	federal := v.hours(e, place.Unknown, now)
	for i := 1; i < place.NumStates; i++ {
		if st := place.State(i); st != home && e.Applies(law.Default, st) && v.hours(e, st, now) != federal {
			view.Law = append(view.Law, factRow{e.Row(st).Name, v.hours(e, st, now)})
		}
	}
	view.Source = e.Row(home).Cite
	if c := e.Cap(law.Default, home); c.Count > 0 {
		view.Cap = v.say("compliance.law.cap", "n", int(c.Count), "hours", int(c.Hours))
	}
}

// hours writes a state's week: "8 am to 9 pm; Sunday noon to 9 pm".
func (v *visit) hours(e *law.Edition, st place.State, now time.Time) string {
	year, month, date := now.Date()
	today := law.DayOf(year, month, date)
	var spans []string
	var first string
	for i := range 7 {
		d := today + law.Day(i)
		for d.Weekday() != time.Weekday((i+1)%7) { // from Monday
			d++
		}
		h := e.Hours(law.Default, st, d)
		span := v.say("hours.span", "from", clock(h.Open), "to", clock(h.Close))
		if h.Open >= h.Close {
			if h.Why == law.OnHoliday {
				continue
			}
			span = v.say("hours.closed")
		}
		switch {
		case first == "":
			first = span
			spans = append(spans, span)
		case span != first:
			spans = append(spans, d.Weekday().String()+" "+span)
		}
	}
	return strings.Join(spans, "; ")
}

// clock writes minutes after midnight as people say them.
func clock(minutes uint16) string {
	h, m := int(minutes)/60, int(minutes)%60
	half := "am"
	if h >= 12 && h < 24 {
		half = "pm"
	}
	switch h {
	case 0, 24:
		h = 12
	default:
		h = (h-1)%12 + 1
	}
	if m == 0 {
		return fmt.Sprintf("%d %s", h, half)
	}
	return fmt.Sprintf("%d:%02d %s", h, m, half)
}

// actRow tells one act. Of an erasure and a hold, only that it was.
func (v *visit) actRow(r evidence.Record, who map[string]string) actRow {
	row := actRow{When: v.when(r.At)}
	action, by := r.Kind.String(), ""
	switch r.Kind {
	case evidence.KindStaffAction:
		if b, err := evidence.ParseStaffAction(r); err == nil {
			action, by = b.Action, b.By
		}
	case evidence.KindHold:
		if b, err := evidence.ParseHold(r); err == nil {
			by = b.By
		}
	case evidence.KindErasure:
		if b, err := evidence.ParseErasure(r); err == nil {
			by = b.By
		}
	}
	row.What = v.say("act.other", "what", strings.ReplaceAll(action, "_", " "))
	if words.English.Has("act." + action) {
		row.What = v.say("act." + action)
	}
	row.Who = who[by]
	if row.Who == "" {
		row.Who = v.say("act.program")
		if by != "" && by != (core.UserID{}).String() {
			row.Who = v.say("moves.gone")
		}
	}
	if !r.Campaign.IsZero() {
		row.Campaign = "/campaigns/" + r.Campaign.String()
	}
	if !r.Number.IsZero() {
		row.Guest = "/subscribers/" + v.seal.ref(r.Number)
	}
	return row
}
