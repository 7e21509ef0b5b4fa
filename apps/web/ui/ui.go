// Package ui is the design system of the web app: the frame of a page and the
// components that pages are made of, in templ. Colours, sizes and spaces are the
// tokens of static/css/tokens.css.
package ui

import "strconv"

// A Frame is what surrounds a page.
type Frame struct {
	Title     string
	Active    string // the nav item: home, campaigns, inbox, grow, subscribers, optouts, compliance, settings
	Brand     string // of the business; "" on signed-out pages
	CSRF      string
	Flash     Notice
	PhoneURL  string   // the virtual phone, in a demo
	Scripts   []string // modules under static/js
	Unread    int      // conversations with texts that nobody has seen
	UnreadSay string   // Unread in words
	Live      string   // where the page hears of new texts; "" for nowhere
	Words     Words
}

// Words are the frame's own, so that the package holds no sentence.
type Words struct {
	Product, Skip, Main, Offline, SignIn, SignOut, Phone                           string
	Home, Campaigns, Grow, Subscribers, SubscribersShort, OptOuts, Settings, Inbox string
	Compliance                                                                     string
	Over                                                                           string // the session has ended
}

// A Notice is a sentence with a tone: good, warn, bad, info or "".
type Notice struct{ Tone, Text string }

// A Field is one control of a form with everything that is said about it.
type Field struct {
	Name, Label, Value, Hint, Problem string
	Type                              string // text where empty
	Complete                          string // autocomplete
	Mode                              string // inputmode
	Short, Required                   bool
	Max                               int
	Options                           []Option // makes it a select
}

// An Option is one choice of a select.
type Option struct{ Value, Label string }

func (f Field) kind() string {
	if f.Type == "" {
		return "text"
	}
	return f.Type
}

// describedBy names what a screen reader reads after the label.
func (f Field) describedBy() string {
	switch {
	case f.Problem != "" && f.Hint != "":
		return f.Name + "-problem " + f.Name + "-hint"
	case f.Problem != "":
		return f.Name + "-problem"
	case f.Hint != "":
		return f.Name + "-hint"
	}
	return ""
}

// A Badge is a state in a word and an icon.
type Badge struct{ Tone, Icon, Text string }

// A Part is a share of an audience.
type Part struct {
	Tone    string // good, info, wait, bad, warn or none
	N       int
	Label   string
	URL     string // of the list behind it
	Current bool
}

type slice struct {
	Part
	x, w string
}

// slices lays the parts out on a bar 1000 wide. Every part that is not empty is
// at least 8 wide, so that one guest among thousands is still seen.
func slices(parts []Part) []slice {
	const width, least = 1000.0, 8.0
	total, small := 0, 0
	for _, p := range parts {
		total += p.N
		if p.N > 0 {
			small++
		}
	}
	if total == 0 {
		return nil
	}
	room := width - least*float64(small)
	var out []slice
	x := 0.0
	for _, p := range parts {
		if p.N == 0 {
			continue
		}
		w := least + room*float64(p.N)/float64(total)
		out = append(out, slice{p, f1(x), f1(w)})
		x += w
	}
	return out
}

func f1(x float64) string { return strconv.FormatFloat(x, 'f', 1, 64) }
