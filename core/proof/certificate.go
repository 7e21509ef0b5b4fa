package proof

import (
	"maps"
	"slices"
	"strings"

	"github.com/jobfluss/nexo/core/message"
)

var certificateTemplate = pageTemplate.Lookup("certificate")

// A certificateData is what the page of a certificate says.
type certificateData struct {
	Name, Business, Title, Campaign, Approved, Created, Zone, Origin, Root, Text string
	Size, Audience                                                               int64
	Rows                                                                         []row
}

// A row is a count of the audience; Of one is part of the row before it.
type row struct {
	Label string
	N     int64
	Of    bool
}

func (c *certificate) pageData() certificateData {
	d := certificateData{
		Name: c.biz.Name, Business: c.biz.ID.String(), Title: c.campaign.Name, Campaign: c.campaign.ID.String(), Zone: c.biz.Zone.String(),
		Approved: "not yet", Created: local(c.biz, c.m.Created).Format(longTime), Origin: c.m.Origin, Root: "none", Text: c.campaign.Body,
		Size: c.m.Size, Audience: c.m.Audience,
	}
	if c.m.Size > 0 {
		d.Root = c.head.Root.String()
	}
	if !c.campaign.Approved.IsZero() {
		d.Approved = local(c.biz, c.campaign.Approved).Format(longTime) + ", by user " + c.campaign.By.String()
	}
	for s := message.Planned; s.String() != ""; s++ {
		n, ok := c.m.States[s.String()]
		if !ok {
			continue
		}
		d.Rows = append(d.Rows, row{Label: stateWords[s], N: n})
		for _, k := range slices.Sorted(maps.Keys(c.m.Reasons)) {
			if why, ok := strings.CutPrefix(k, s.String()+" "); ok {
				d.Rows = append(d.Rows, row{reasonWords(why), c.m.Reasons[k], true})
			}
		}
	}
	return d
}

var stateWords = map[message.State]string{
	message.Planned: "Waits for its time", message.Sending: "On its way to the carrier", message.Sent: "Taken by the carrier, no receipt yet",
	message.Delivered: "Arrived", message.Undelivered: "Did not arrive", message.Failed: "Refused by the carrier", message.Blocked: "Refused by the rules",
	message.Unknown: "May have gone out: the carrier gave no answer", message.Cancelled: "Cancelled", message.Expired: "Its time ran out while it waited",
	message.Unconfirmed: "Taken; the carrier cannot say whether it arrived",
}

// reasonWords writes a code of a reason, rule.finding, for people.
func reasonWords(code string) string {
	rule, finding, ok := strings.Cut(code, ".")
	words := strings.ReplaceAll(rule, "_", " ")
	if ok {
		words += ": " + strings.ReplaceAll(finding, "_", " ")
	}
	return words
}
