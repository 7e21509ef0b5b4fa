package site

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	drafting "github.com/jobfluss/nexo/core/draft"
	"github.com/jobfluss/nexo/core/suggest"
)

// An assist is the part of the compose page that has texts drafted.
type assist struct {
	On             bool
	Idea           string
	Tone, Language string
	Drafts         []drafting.Draft
	Say, Problem   string
}

func typedAssist(get func(string) string) assist {
	return assist{Idea: strings.TrimSpace(newlines(get("idea"))), Tone: get("tone"), Language: get("language")}
}

func (a assist) request(ask drafting.Ask, body string) suggest.Request {
	return suggest.Request{Ask: ask, Idea: a.Idea, Text: body, Tone: drafting.ParseTone(a.Tone), Language: drafting.ParseLanguage(a.Language)}
}

// assisted does what a button of the panel asks for, and reports whether one was
// pressed. Whatever goes wrong is said in the panel, and what was typed stays.
func (v *visit) assisted(get func(string) string, d *draft) bool {
	d.Assist = typedAssist(get)
	what, is := strings.CutPrefix(get("do"), "assist-")
	if !is {
		return false
	}
	if n, use := strings.CutPrefix(what, "use-"); use {
		if text := get("draft-" + n); text != "" {
			d.Body, d.Assist.Say = newlines(text), v.say("assist.used")
		}
		return true
	}
	ask, _ := drafting.ParseAsk(what)
	drafts, err := v.s.Suggest.Suggest(v.ctx(), v.biz, d.Assist.request(ask, d.Body), nil)
	if err != nil {
		d.Assist.Problem = v.assistProblem(err)
		return true
	}
	d.Assist.Drafts, d.Assist.Say = drafts, v.say("assist.done", "n", len(drafts))
	return true
}

func (v *visit) assistProblem(err error) string {
	if msg := core.MessageOf(err); msg != "" && core.KindOf(err) != core.Internal {
		return msg
	}
	return v.say("assist.failed")
}

// streamDrafts sends each draft as soon as it is known to be good. The browser
// asks with the form that it shows, so it reads the answer of a POST.
func (s *site) streamDrafts(v *visit) error {
	if err := v.need(account.Staff); err != nil {
		return err
	}
	get := v.req.PostFormValue
	what, _ := strings.CutPrefix(get("do"), "assist-")
	ask, ok := drafting.ParseAsk(what)
	if !ok {
		return errNotFound
	}
	out := http.NewResponseController(v.w)
	_ = out.SetWriteDeadline(time.Time{}) // the use case has its own limit
	h := v.w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	v.w.WriteHeader(http.StatusOK)
	_, _ = fmt.Fprint(v.w, ": writing\n\n")
	_ = out.Flush()
	n := 0
	drafts, err := s.Suggest.Suggest(v.ctx(), v.biz, typedAssist(get).request(ask, newlines(get("body"))), func(d drafting.Draft) {
		n++
		var b bytes.Buffer
		if draftCard(n, d).Render(v.ctx(), &b) == nil {
			_ = tell(v.w, "draft", b.String())
			_ = out.Flush()
		}
	})
	if err != nil {
		if errors.Is(err, core.Internal) {
			s.o.Log.ErrorContext(v.ctx(), "drafts", "error", err)
		}
		_ = tell(v.w, "problem", v.assistProblem(err))
	} else {
		_ = tell(v.w, "done", v.say("assist.done", "n", len(drafts)))
	}
	_ = out.Flush() // a browser that has gone asks again
	return nil
}

// tell writes one event whose data is a JSON string, so that it has no line
// breaks.
func tell(w http.ResponseWriter, name, data string) error {
	b, err := json.Marshal(data)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "event: %s\ndata: %s\n\n", name, b)
	return err
}
