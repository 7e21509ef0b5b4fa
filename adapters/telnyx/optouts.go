package telnyx

import (
	"context"
	"encoding/json"
	"net/url"
	"strconv"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/reconcile"
)

var _ reconcile.Carrier = (*Client)(nil)

// optOutsPage is how many rows a page of the opt-out list has. The carrier gives
// up to 250; these fit well into the greatest answer that is read.
const optOutsPage = 100

// OptOutCode implements [reconcile.Carrier].
func (c *Client) OptOutCode() string { return codeOptedOut }

// OptOuts implements [reconcile.Carrier]. The list can only be read: a person is
// put on it by texting STOP, and comes off it by START.
func (c *Client) OptOuts(ctx context.Context, profile string, page int) (reconcile.Page, error) {
	const op = "telnyx.OptOuts"
	q := url.Values{"page[number]": {strconv.Itoa(page)}, "page[size]": {strconv.Itoa(optOutsPage)}}
	if profile != "" {
		q.Set("filter[messaging_profile_id]", profile)
	}
	u := *c.send.JoinPath("..", "messaging_optouts")
	u.RawQuery = q.Encode()
	answer, found, err := c.get(ctx, op, &u)
	if err != nil {
		return reconcile.Page{}, err
	}
	if !found {
		return reconcile.Page{}, core.E(op, core.Denied, "the carrier knows no such messaging profile; check it in the carrier's portal")
	}
	var a struct {
		Data []struct {
			From      parties `json:"from"`
			To        parties `json:"to"`
			Profile   loose   `json:"messaging_profile_id"`
			CreatedAt loose   `json:"created_at"`
		} `json:"data"`
		Meta struct {
			Pages *int `json:"total_pages"`
		} `json:"meta"`
	}
	if err := json.Unmarshal(answer, &a); err != nil || a.Data == nil {
		return reconcile.Page{}, core.E(op, core.Unavailable, "the carrier's answer cannot be read")
	}
	out := reconcile.Page{Rows: make([]reconcile.OptOut, len(a.Data)), Last: len(a.Data) < optOutsPage}
	if a.Meta.Pages != nil {
		out.Last = len(a.Data) == 0 || page >= *a.Meta.Pages
	}
	for i, d := range a.Data {
		o := reconcile.OptOut{Profile: clip(clean(string(d.Profile)), maxID), At: firstTime(time.Time{}, d.CreatedAt)}
		o.Person, _ = d.From.number()
		o.Sender, _ = d.To.number()
		out.Rows[i] = o
	}
	return out, nil
}
