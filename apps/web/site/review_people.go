package site

import (
	"slices"
	"strconv"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/dryrun"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/place"
)

// A reviewPeopleView is the list behind a figure of the review.
type reviewPeopleView struct {
	Back, Title, Lead string
	Rows              []reviewPerson
	Next              string
}

// reviewPeople lists who is behind a figure, as they are decided now.
func (s *site) reviewPeople(v *visit) error {
	c, err := v.campaign()
	if err != nil {
		return err
	}
	q, sh, err := v.dryRunQuery()
	if err != nil {
		return err
	}
	back := "/campaigns/" + c.ID.String() + "/review"
	list, err := s.DryRun.People(v.ctx(), v.biz.ID, c.ID, time.Time{}, q, perPage+1)
	if core.KindOf(err) == core.Conflict {
		return v.see("/campaigns/" + c.ID.String()) // it was sent in the meantime
	}
	if err != nil {
		return err
	}
	view := reviewPeopleView{Back: back, Title: v.say("review.people." + sh.id), Lead: v.row(c, message.Tally{}).Name}
	if q.Code != "" {
		view.Lead = v.reason(q.Code, time.Time{})
	}
	if len(list) > perPage {
		list = list[:perPage]
		view.Next = peopleOf(c.ID.String(), sh.id, q.Code, q.Until, v.seal.ref(list[perPage-1].Number))
	}
	for _, p := range list {
		view.Rows = append(view.Rows, v.reviewPerson(p))
	}
	return v.show(reviewPeoplePage(v.page("campaigns", "review.people"), view))
}

// dryRunQuery reads the filter from the address.
func (v *visit) dryRunQuery() (dryrun.Query, share, error) {
	get := v.req.URL.Query()
	i := slices.IndexFunc(shares, func(x share) bool { return x.id == get.Get("show") })
	if i < 0 {
		return dryrun.Query{}, share{}, errNotFound
	}
	q := dryrun.Query{States: shares[i].states, Code: get.Get("reason")}
	if u := get.Get("until"); u != "" {
		seconds, err := strconv.ParseInt(u, 10, 40)
		if err != nil {
			return q, share{}, errNotFound
		}
		q.Until.At = time.Unix(seconds, 0).UTC()
		if in := get.Get("in"); in != "" {
			if q.Until.Place, err = place.Parse(in); err != nil {
				return q, share{}, errNotFound
			}
		}
	}
	if after := get.Get("after"); after != "" {
		n, err := v.seal.open(after)
		if err != nil {
			return q, share{}, err
		}
		q.After = n
	}
	return q, shares[i], nil
}
