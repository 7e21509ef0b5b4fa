package sim

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/campaign"
	notes "github.com/jobfluss/nexo/core/guest"
)

// Who should be in a campaign's audience, from what guests did and owners chose,
// and from when the system had acted on it. Where that fell into the time in which
// the campaign was being planned, or clocks that differ decide it, either is right.

// A tri is an answer that may be open.
type tri int8

const (
	no tri = iota
	either
	yes
)

func (t tri) not() tri { return yes - t }

func all(ts ...tri) tri { return slices.Min(ts) }
func some(ts ...tri) tri {
	if len(ts) == 0 {
		return no
	}
	return slices.Max(ts)
}

// known says whether something that the system did at an instant of the run, 0 for
// never, was there when a campaign was planned.
func (cl *campaignLog) known(seq int64) tri {
	switch {
	case seq == 0 || seq > cl.planTo:
		return no
	case seq < cl.planFrom:
		return yes
	}
	return either
}

// before compares what clocks of different machines may have dated.
func before(a, b time.Time) tri {
	switch d := b.Sub(a); {
	case d > 2*mostSkew:
		return yes
	case d < -2*mostSkew:
		return no
	}
	return either
}

// joinedBefore says whether the guest's first opt-in was before t.
func (cl *campaignLog) joinedBefore(p *pairLog, t time.Time) tri {
	out := no
	for _, h := range p.hooks {
		is := all(cl.known(h.handled), before(h.word.at, t))
		switch h.word.intent {
		case joins:
			out = some(out, is)
		case returns: // one only where a keyword came first, by the order of acting
			out = some(out, min(is, either))
		}
	}
	return out
}

// joinedBy says whether the last opt-in was by the keyword.
func (cl *campaignLog) joinedBy(p *pairLog, keyword string) tri {
	var last []*webhook // those that may be it
	for _, h := range p.hooks {
		if h.word.intent != joins && h.word.intent != returns || cl.known(h.handled) == no {
			continue
		}
		last = append(last, h)
	}
	var answers []tri
	for _, h := range last {
		later := slices.ContainsFunc(last, func(o *webhook) bool {
			return all(cl.known(o.handled), before(h.word.at, o.word.at)) == yes && o.word.intent == joins
		})
		if later {
			continue
		}
		is := no
		if h.word.intent == joins && strings.EqualFold(strings.Fields(h.text.Body)[0], keyword) {
			is = yes
		}
		if h.word.intent == returns || cl.known(h.handled) == either {
			is = either
		}
		answers = append(answers, is)
	}
	if len(answers) == 0 {
		return no
	}
	if slices.Min(answers) != slices.Max(answers) {
		return either
	}
	return answers[0]
}

// wroteSince says whether the guest wrote words of their own at or after t.
func (cl *campaignLog) wroteSince(p *pairLog, t time.Time) tri {
	out := no
	for _, h := range p.hooks {
		if h.word.intent != chatter && h.word.intent != elsewhere {
			continue
		}
		is := all(cl.known(h.handled), before(h.word.at, t).not())
		// Of a stranger nothing is noted.
		if !slices.ContainsFunc(p.hooks, func(j *webhook) bool { return j.word.intent == joins && j.handled > 0 && j.handled < h.handled }) {
			is = min(is, either)
		}
		out = some(out, is)
	}
	return out
}

// has says whether the guest had one of the tags.
func (cl *campaignLog) has(p *pairLog, tags []notes.Tag) tri {
	out := no
	for _, t := range tags {
		is := no
		for _, c := range p.tagged {
			if c.tag != t {
				continue
			}
			switch known := cl.known(c.seq); {
			case known == yes && c.on:
				is = yes
			case known == yes:
				is = no
			case known == either:
				is = either
			}
		}
		out = some(out, is)
	}
	return out
}

// got says whether the guest was texted by one of the campaigns, or may have been.
func (w *world) got(cl *campaignLog, p *pairLog, ids []core.CampaignID) tri {
	out := no
	for _, id := range ids {
		m := w.textOf(w.byID[id], p.guest)
		switch went := w.went[m]; {
		case w.tookAt[m] > 0 && cl.known(w.tookAt[m]) == yes:
			out = some(out, yes)
		case cl.known(went) != no:
			out = some(out, either)
		}
	}
	return out
}

// textOf is the text that a campaign has for a guest.
func (w *world) textOf(cl *campaignLog, g *guest) core.MessageID {
	if cl.texts == nil {
		cl.texts = make(map[core.Number]core.MessageID)
		for _, m := range w.people(cl) {
			cl.texts[m.To] = m.ID
		}
	}
	return cl.texts[g.number]
}

// belongs says whether a guest is part of a campaign's audience, its share by
// chance left aside.
func (w *world) belongs(cl *campaignLog, p *pairLog) tri {
	a := cl.Audience
	is := []tri{cl.joinedBefore(p, cl.Approved)}
	if len(a.Keywords) > 0 {
		by := no
		for _, k := range a.Keywords {
			by = some(by, cl.joinedBy(p, k))
		}
		is = append(is, by)
	}
	if !a.JoinedSince.IsZero() {
		is = append(is, cl.joinedBefore(p, a.JoinedSince).not())
	}
	if !a.JoinedBefore.IsZero() {
		is = append(is, cl.joinedBefore(p, a.JoinedBefore))
	}
	day := func(n int) time.Time { return cl.Approved.Add(-time.Duration(n) * 24 * time.Hour) }
	if a.WroteWithin > 0 {
		is = append(is, cl.wroteSince(p, day(a.WroteWithin)))
	}
	if a.SilentFor > 0 {
		is = append(is, cl.wroteSince(p, day(a.SilentFor)).not())
	}
	if len(a.Tags) > 0 {
		is = append(is, cl.has(p, a.Tags))
	}
	return all(append(is, cl.has(p, a.NoTags).not(), w.got(cl, p, a.NotGot).not())...)
}

// checkAudience: whoever should be in a campaign's audience has a text of it,
// whatever became of that, and nobody else.
func (w *world) checkAudience(cl *campaignLog) {
	if cl.planFrom == 0 || !cl.Repeat.IsZero() {
		return
	}
	w.textOf(cl, w.guests[0])
	share := float64(cl.Audience.Percent) / 100
	members, chosen := 0, 0
	for _, p := range cl.venue.pairs {
		_, planned := cl.texts[p.guest.number]
		is := w.belongs(cl, p)
		switch {
		case is == no && planned:
			w.broken(5, "%v is part of %s, which is for %s, and should not be", p.guest.number, cl.Name, cl.Audience.Encode())
		case is == yes && !planned && !cl.Launched.IsZero() && (share == 0 || share == 1):
			w.broken(5, "%v is not part of %s, which is for %s, and should be", p.guest.number, cl.Name, cl.Audience.Encode())
		}
		if is == yes {
			members++
			if planned {
				chosen++
			}
		}
	}
	// Six standard deviations: of all runs ever made, none strays so far by chance.
	if off := math.Abs(float64(chosen) - share*float64(members)); share > 0 && !cl.Launched.IsZero() && off > 1+6*math.Sqrt(share*(1-share)*float64(members)) {
		w.broken(5, "%d of %d guests are part of %s, which is for %d %%", chosen, members, cl.Name, cl.Audience.Percent)
	}
}

// A tagging is a tag that an owner put on a guest, or took off.
type tagging struct {
	tag notes.Tag
	on  bool
	seq int64
}

var regular = notes.Tag("regular")

// audience is whom an owner writes for.
func (w *world) audience(v *venue) (a campaign.Audience) {
	d := &w.dice
	if d.hits(150) {
		a.Percent = 60
	}
	switch d.below(16) {
	case 0:
		a.Keywords = []string{v.second}
	case 1:
		a.JoinedSince = w.now.Add(-d.between(time.Hour, 48*time.Hour))
	case 2:
		a.JoinedBefore = w.now.Add(-d.between(time.Hour, 48*time.Hour))
	case 3:
		a.WroteWithin = 1
	case 4:
		a.SilentFor = 1
	case 5:
		a.Tags = []notes.Tag{regular}
	case 6:
		a.NoTags = []notes.Tag{regular}
	case 7:
		for _, cl := range w.campaigns {
			if cl.venue == v && cl.Repeat.IsZero() && len(a.NotGot) < 3 && d.hits(500) {
				a.NotGot = append(a.NotGot, cl.ID)
			}
		}
	}
	return a
}
