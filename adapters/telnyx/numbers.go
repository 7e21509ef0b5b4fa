package telnyx

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/enroll"
	"github.com/jobfluss/nexo/core/registration"
)

// offers is how many numbers are shown to choose from.
const offers = "20"

// Offers implements [enroll.Carrier].
func (c *Client) Offers(ctx context.Context, s enroll.Search) ([]enroll.Offer, error) {
	const op = "telnyx.Offers"
	q := url.Values{
		"filter[country_code]": {"US"}, "filter[features]": {"sms,mms"}, "filter[limit]": {offers}, "filter[best_effort]": {"false"},
		"filter[phone_number_type]": {"local"},
	}
	set := func(name, v string) {
		if v != "" {
			q.Set("filter["+name+"]", v)
		}
	}
	if s.TollFree {
		q.Set("filter[phone_number_type]", "toll_free")
	} else {
		set("locality", s.City)
		set("administrative_area", s.State)
	}
	set("national_destination_code", s.AreaCode)
	var a struct {
		Data []struct {
			Number   loose `json:"phone_number"`
			Features []struct {
				Name string `json:"name"`
			} `json:"features"`
			Cost struct {
				Monthly  loose `json:"monthly_cost"`
				Upfront  loose `json:"upfront_cost"`
				Currency loose `json:"currency"`
			} `json:"cost_information"`
			Regions []struct {
				Type string `json:"region_type"`
				Name string `json:"region_name"`
			} `json:"region_information"`
		} `json:"data"`
	}
	if err := c.call(ctx, op, http.MethodGet, with(c.at("available_phone_numbers"), q), nil, &a); err != nil {
		return nil, err
	}
	var out []enroll.Offer
	for _, d := range a.Data {
		n, err := core.ParseNumber(string(d.Number))
		if _, ok := n.NANP(); err != nil || !ok {
			continue
		}
		o := enroll.Offer{Number: n, Monthly: plain(string(d.Cost.Monthly)), Upfront: plain(string(d.Cost.Upfront)), Currency: plain(string(d.Cost.Currency))}
		sms := len(d.Features) == 0 // it does not say
		for _, f := range d.Features {
			sms, o.MMS = sms || f.Name == "sms", o.MMS || f.Name == "mms"
		}
		for _, r := range d.Regions {
			switch r.Type {
			case "rate_center", "location":
				o.City = plain(r.Name)
			case "state":
				o.State = plain(r.Name)
			}
		}
		if sms {
			out = append(out, o)
		}
	}
	return out, nil
}

// An order is the carrier's word on numbers that were ordered together; ours
// have one each.
type order struct {
	ID        string `json:"id"`
	Status    string `json:"status"`
	Reference string `json:"customer_reference"`
	Numbers   []struct {
		Number loose  `json:"phone_number"`
		Status string `json:"status"`
	} `json:"phone_numbers"`
}

func (o order) ordered() enroll.Ordered {
	out := enroll.Ordered{ID: clip(clean(o.ID), maxID), State: registration.Pending}
	for _, n := range o.Numbers {
		if p, err := core.ParseNumber(string(n.Number)); err == nil {
			out.Number = p
		}
	}
	switch o.Status {
	case "success":
		out.State = registration.Ready
	case "failure", "failed", "canceled", "cancelled":
		out.State = registration.Failed
	}
	return out
}

// FindOrder implements [enroll.Carrier].
func (c *Client) FindOrder(ctx context.Context, reference string) (enroll.Ordered, bool, error) {
	const op = "telnyx.FindOrder"
	var a struct {
		Data []order `json:"data"`
	}
	err := c.call(ctx, op, http.MethodGet, with(c.at("number_orders"), url.Values{"filter[customer_reference]": {reference}, "page[size]": {"20"}}), nil, &a)
	if err != nil {
		return enroll.Ordered{}, false, err
	}
	for _, o := range a.Data {
		if o.Reference == reference && o.ID != "" {
			return o.ordered(), true, nil
		}
	}
	return enroll.Ordered{}, false, nil
}

// MakeOrder implements [enroll.Carrier].
func (c *Client) MakeOrder(ctx context.Context, reference string, n core.Number, profile string) (enroll.Ordered, error) {
	const op = "telnyx.MakeOrder"
	type wanted struct {
		Number string `json:"phone_number"`
	}
	in := struct {
		Numbers   []wanted `json:"phone_numbers"`
		Profile   string   `json:"messaging_profile_id"`
		Reference string   `json:"customer_reference"`
	}{[]wanted{{n.E164()}}, profile, reference}
	var a struct {
		Data order `json:"data"`
	}
	if err := c.call(ctx, op, http.MethodPost, c.at("number_orders"), in, &a); err != nil {
		return enroll.Ordered{}, err
	}
	if a.Data.ID == "" {
		return enroll.Ordered{}, core.E(op, core.Ambiguous, "the carrier's answer names no order")
	}
	return a.Data.ordered(), nil
}

// A held is a number of the account, with its settings for texting.
type held struct {
	ID      string `json:"id"`
	Number  loose  `json:"phone_number"`
	Profile loose  `json:"messaging_profile_id"`
}

func (c *Client) held(ctx context.Context, op string, n core.Number) (held, bool, error) {
	var a struct {
		Data []held `json:"data"`
	}
	err := c.call(ctx, op, http.MethodGet, with(c.at("phone_numbers", "messaging"), url.Values{"filter[phone_number]": {n.E164()}, "page[size]": {"20"}}), nil, &a)
	if err != nil {
		return held{}, false, err
	}
	for _, h := range a.Data {
		if strings.TrimSpace(string(h.Number)) == n.E164() && h.ID != "" {
			return h, true, nil
		}
	}
	return held{}, false, nil
}

// ProfileOf implements [enroll.Carrier].
func (c *Client) ProfileOf(ctx context.Context, n core.Number) (string, bool, error) {
	h, ok, err := c.held(ctx, "telnyx.ProfileOf", n)
	return clip(clean(string(h.Profile)), maxID), ok, err
}

// Attach implements [enroll.Carrier].
func (c *Client) Attach(ctx context.Context, n core.Number, profile string) error {
	const op = "telnyx.Attach"
	h, ok, err := c.held(ctx, op, n)
	if err != nil {
		return err
	}
	if !ok {
		return core.E(op, core.NotFound, "the number is not in the carrier account")
	}
	in := struct {
		Profile string `json:"messaging_profile_id"`
	}{profile}
	return c.call(ctx, op, http.MethodPatch, c.at("phone_numbers", h.ID, "messaging"), in, nil)
}
