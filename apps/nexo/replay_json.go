package main

import (
	"encoding/json"
	"io"
	"time"

	"github.com/jobfluss/nexo/core/decide"
	"github.com/jobfluss/nexo/core/replay"
)

// What `nexo replay --json` writes: for a text one object, for a campaign one a
// line, and its counts last. Numbers of guests are masked.
type (
	textJSON struct {
		Text      string       `json:"text"`
		Business  string       `json:"business"`
		Campaign  string       `json:"campaign"`
		Number    string       `json:"number"`
		Decisions []answerJSON `json:"decisions"`
	}
	answerJSON struct {
		Record   string            `json:"record"`
		At       time.Time         `json:"at"`
		Attempt  int               `json:"attempt"`
		Recorded recordedJSON      `json:"recorded"`
		Agrees   bool              `json:"agrees"`
		Lost     []json.RawMessage `json:"only_recorded,omitempty"`
		New      []json.RawMessage `json:"only_now,omitempty"`
		Decision json.RawMessage   `json:"decision"`
		Supposed *supposedJSON     `json:"supposed,omitempty"`
	}
	recordedJSON struct {
		Verdict   string     `json:"verdict"`
		NotBefore *time.Time `json:"not_before"`
		Edition   string     `json:"edition"`
	}
	suppositionJSON struct {
		Profile string     `json:"profile"`
		At      *time.Time `json:"at"`
		Edition string     `json:"edition"`
	}
	supposedJSON struct {
		suppositionJSON
		Decision json.RawMessage `json:"decision"`
		Changes  []changeJSON    `json:"changes"`
		Alike    int             `json:"alike"`
	}
	changeJSON struct {
		Rule   string    `json:"rule"`
		State  string    `json:"state"`
		Zone   string    `json:"zone"`
		Words  bool      `json:"only_words"`
		Before *lineJSON `json:"before"`
		After  *lineJSON `json:"after"`
	}
	lineJSON struct {
		Verdict string `json:"verdict"`
		Code    string `json:"code"`
		Why     string `json:"why"`
		Cite    string `json:"cite"`
	}
	differenceJSON struct {
		Text   string       `json:"text"`
		Record string       `json:"record"`
		Number string       `json:"number"`
		At     time.Time    `json:"at"`
		Was    *verdictJSON `json:"was,omitempty"`
		Is     *verdictJSON `json:"is,omitempty"`
		Why    string       `json:"why,omitempty"`
		Agrees bool         `json:"agrees"`
		Unread string       `json:"unread,omitempty"`
	}
	verdictJSON struct {
		Verdict   string     `json:"verdict"`
		NotBefore *time.Time `json:"not_before"`
	}
	sumJSON struct {
		Business  string          `json:"business"`
		Supposed  suppositionJSON `json:"supposed"`
		Decisions int             `json:"decisions"`
		Texts     int             `json:"texts"`
		Erased    int             `json:"erased"`
		Unread    int             `json:"unread"`
		Disagree  int             `json:"disagree"`
		Was       map[string]int  `json:"was"`
		Is        map[string]int  `json:"is"`
		Moved     map[string]int  `json:"moved"`
		Later     int             `json:"later"`
		Reasons   map[string]int  `json:"reasons"`
	}
)

func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

func writeTextJSON(w io.Writer, t replay.Text, sup replay.Supposition) error {
	out := textJSON{Text: t.Message.String(), Business: t.Business.String(), Campaign: t.Campaign.String(), Number: t.Last().Number.Masked()}
	for _, a := range t.Answers {
		x := answerJSON{
			Record: a.Record.String(), At: a.At, Attempt: a.Attempt, Agrees: a.Same, Lost: a.Recorded.Lost, New: a.Recorded.New,
			Recorded: recordedJSON{a.Recorded.Verdict, instantJSON(a.Recorded.NotBefore), a.Recorded.Edition},
			Decision: a.Book.ExplainJSON(nil, &a.Facts, &a.Decision),
		}
		if s := a.Supposed; s != nil {
			x.Supposed = &supposedJSON{suppositionJSON: supposition(sup), Decision: s.Book.ExplainJSON(nil, &s.Facts, &s.Decision), Changes: []changeJSON{}, Alike: s.Alike}
			for _, c := range s.Changes {
				x.Supposed.Changes = append(x.Supposed.Changes, changeJSON{c.Rule, c.State.String(), c.Zone.String(), c.Words, lineOf(c.Before), lineOf(c.After)})
			}
		}
		out.Decisions = append(out.Decisions, x)
	}
	return writeJSON(w, out)
}

func lineOf(l *decide.Line) *lineJSON {
	if l == nil {
		return nil
	}
	return &lineJSON{l.Verdict.String(), l.Code.String(), l.Why, l.Cite}
}

func instantJSON(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

func supposition(s replay.Supposition) suppositionJSON {
	return suppositionJSON{s.Profile.String(), instantJSON(s.At), s.Edition}
}

func writeDifferenceJSON(w io.Writer, d replay.Difference) error {
	out := differenceJSON{Text: d.Message.String(), Record: d.Record.String(), Number: d.Number.Masked(), At: d.At, Agrees: !d.Broken && d.Unread == "", Unread: d.Unread, Why: d.Why}
	if d.Unread == "" {
		out.Was, out.Is = &verdictJSON{d.Was.String(), instantJSON(d.WasUntil)}, &verdictJSON{d.Is.String(), instantJSON(d.IsUntil)}
	}
	return writeJSON(w, out)
}

func writeSumJSON(w io.Writer, s replay.Sum, sup replay.Supposition) error {
	out := sumJSON{
		Business: s.Business.String(), Supposed: supposition(sup), Decisions: s.Decisions, Texts: s.Texts, Erased: s.Erased, Unread: s.Unread,
		Disagree: s.Broken, Was: map[string]int{}, Is: map[string]int{}, Moved: map[string]int{}, Later: s.Later, Reasons: map[string]int{},
	}
	for _, v := range []decide.Verdict{decide.Send, decide.Wait, decide.Block} {
		out.Was[v.String()], out.Is[v.String()] = s.Was(v), s.Is(v)
	}
	for m, n := range s.Moves {
		if m.Was != m.Is {
			out.Moved[m.Was.String()+"_to_"+m.Is.String()] = n
		}
	}
	for r, n := range s.Reasons {
		out.Reasons[r.Rule.String()+"."+r.Code.String()] += n
	}
	return writeJSON(w, struct {
		Sum sumJSON `json:"sum"`
	}{out})
}
