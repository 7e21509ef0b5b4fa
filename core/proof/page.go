package proof

import (
	"context"
	_ "embed"
	"html/template"
	"strconv"
	"strings"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
)

//go:embed index.html.tmpl
var pageText string

var pageTemplate = template.Must(template.New("page").Parse(pageText))

// A pageHead is what stands above and below the timeline.
type pageHead struct {
	Name, Number, Business, Created, Zone, Origin, Root string
	Size, Records                                       int64
	Counts                                              []counted
	Disclosures                                         []shownWords
}

type counted struct {
	N     int64
	Label string
}

type shownWords struct{ Text, Version string }

// A moment is one entry of the timeline.
type moment struct {
	ISO, Day, Time string
	Tone           string // good, bad or wait
	Title, Who     string
	Quote, Facts   string
	Quoted         string // whose words Quote is
	Why            []reason
	Mark           string // where in the log
}

type reason struct{ Tone, Text, Cite string }

// page writes index.html. The timeline is written as it is read.
func (n *numberPack) page(ctx context.Context) error {
	n.file(filePage)
	h := n.pageHead()
	if err := pageTemplate.ExecuteTemplate(n, "head", h); err != nil {
		return n.cut(err)
	}
	t := teller{ctx: ctx, n: n, users: map[string]string{}, said: map[core.MessageID]bool{}}
	err := n.walk(ctx, false, func(r *proven) error {
		m, err := t.moment(r.Record)
		if err != nil {
			return err
		}
		m.Mark = "Not in the log yet when this was made"
		if r.sealed {
			m.Mark = "Record " + strconv.FormatInt(r.leaf.Seq, 10) + " of the business, number " + strconv.FormatInt(r.leaf.Index, 10) + " in the log"
		}
		return n.cut(pageTemplate.ExecuteTemplate(n, "moment", m))
	})
	if err != nil {
		return err
	}
	return n.cut(pageTemplate.ExecuteTemplate(n, "foot", h))
}

// cut prefers the error of the writer, which a template wraps.
func (n *numberPack) cut(err error) error {
	if n.box.err != nil {
		return n.box.err
	}
	return err
}

func (n *numberPack) pageHead() pageHead {
	h := pageHead{
		Name: n.biz.Name, Number: pretty(n.m.Number), Business: n.biz.ID.String(), Zone: n.biz.Zone.String(),
		Created: n.local(n.m.Created).Format(longTime),
		Origin:  n.m.Origin, Size: n.m.Size, Root: n.head.Root.String(), Records: n.m.Counts["records"],
	}
	if n.m.Size == 0 {
		h.Root = "none"
	}
	for _, d := range n.shown {
		h.Disclosures = append(h.Disclosures, shownWords{d.Text, d.Version})
	}
	for _, c := range []struct{ key, one, many string }{
		{"consent", "about consent", "about consent"}, {"revocation", "opt-out", "opt-outs"}, {"decision", "decision", "decisions"},
		{"submission", "text handed over", "texts handed over"}, {"receipt", "receipt", "receipts"},
	} {
		label, x := c.many, n.m.Counts[c.key]
		if x == 1 {
			label = c.one
		}
		h.Counts = append(h.Counts, counted{x, label})
	}
	return h
}

const longTime = "Monday, 2 January 2006, 3:04 pm MST"

func (n *numberPack) local(t time.Time) time.Time { return local(n.biz, t) }

// local is an instant by the clock of the business.
func local(b account.Business, t time.Time) time.Time {
	if loc := b.Zone.Location(); loc != nil {
		return t.In(loc)
	}
	return t.UTC()
}

// pretty writes a number of North America as people do.
func pretty(e164 string) string {
	if len(e164) == 12 && strings.HasPrefix(e164, "+1") {
		return "+1 (" + e164[2:5] + ") " + e164[5:8] + "-" + e164[8:]
	}
	return e164
}
