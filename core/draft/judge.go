package draft

import (
	"fmt"
	"maps"
	"regexp"
	"strings"

	"github.com/jobfluss/nexo/core/copy"
	"github.com/jobfluss/nexo/core/sms"
)

// How a text tells guests to opt out, by its language.
var optOuts = [...]string{English: "Reply STOP to opt out", Spanish: "Responde STOP para cancelar"}

// A Draft is a whole text that may go into the editor: it has the venue's name
// and how to opt out, and nothing was found in it.
type Draft struct {
	Text string
	Size sms.Size
}

// whole puts the frame of the law around what the model wrote.
func (b Brief) whole(middle string) string {
	if middle != "" && !strings.ContainsAny(middle[len(middle)-1:], ".!?") {
		middle += "."
	}
	return sms.Plain(b.Brand.text) + ": " + middle + " " + optOuts[b.Language]
}

// Room is how many characters the model may write.
func (b Brief) Room() int {
	room := 160
	if b.Parts() == 2 {
		room = 2 * 153
	}
	// A full stop is put behind what ends without one.
	return max(room-sms.Measure(b.whole("")).Units-1, 20)
}

// Judge makes a Draft of what the model wrote, or says why it must not be one.
// domains are the venue's own.
func (b Brief) Judge(middle string, domains []string) (Draft, *Rejected) {
	middle = b.bare(strings.Join(strings.Fields(sms.Plain(middle)), " "))
	d := Draft{Text: b.whole(middle)}
	d.Size = sms.Measure(d.Text)
	bad := &Rejected{Text: middle}
	no := func(format string, args ...any) { bad.Why = append(bad.Why, fmt.Sprintf(format, args...)) }
	if middle == "" {
		no("It is empty.")
	}
	// The reasons go back to the model, so they quote no number.
	if Clean(middle) != nil {
		no("It has what looks like a phone number or an e-mail address.")
	} else if n := b.invented(middle); n != "" {
		no("It says %s, which the brief does not have.", n)
	}
	if strings.ContainsAny(middle, "{}[]<>") {
		no("It has brackets or a placeholder.")
	}
	if d.Size.Encoding != sms.GSM7 {
		no("It has characters that are not plain letters.")
	} else if d.Size.Segments > b.Parts() {
		no("It has %d characters; at most %d fit.", len([]rune(middle)), b.Room())
	}
	r := copy.Check(copy.Draft{Text: d.Text, Brand: b.Brand.text, AgeGated: b.AgeGated, Domains: domains})
	for _, f := range r.Findings {
		no("%s %s", f.Why, f.Mend)
	}
	if len(bad.Why) > 0 {
		return Draft{}, bad
	}
	return d, nil
}

// bare takes the frame off, where the model wrote it all the same.
func (b Brief) bare(s string) string {
	if rest, ok := strings.CutPrefix(s, sms.Plain(b.Brand.text)+":"); ok {
		s = strings.TrimSpace(rest)
	}
	for _, o := range optOuts {
		s = strings.TrimSpace(strings.TrimSuffix(strings.TrimSuffix(s, "."), o))
	}
	return s
}

var figures = regexp.MustCompile(`\$?\d+`)

// wordFigures are numbers that a brief may have as words.
var wordFigures = strings.Fields("zero one two three four five six seven eight nine ten eleven twelve")

// invented returns a figure that the brief does not have, "" for none. A price or
// a time that nobody offered would be a promise of the venue's.
func (b Brief) invented(s string) string {
	known := map[string]bool{}
	given := strings.ToLower(b.Subject().text + " " + b.Brand.text)
	for _, n := range figures.FindAllString(given, -1) {
		known[strings.TrimLeft(n, "$0")] = true
	}
	prices := maps.Clone(known) // "two for one" is no offer at $1
	for i, w := range wordFigures {
		if strings.Contains(given, w) {
			known[strings.TrimLeft(fmt.Sprint(i), "0")] = true
		}
	}
	for _, n := range figures.FindAllString(s, -1) {
		of := known
		if n[0] == '$' {
			of = prices
		}
		if !of[strings.TrimLeft(n, "$0")] {
			return n
		}
	}
	return ""
}
