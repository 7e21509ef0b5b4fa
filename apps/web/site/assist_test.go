package site_test

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/draft"
	"github.com/jobfluss/nexo/core/suggest"
)

// model writes what the test says.
type model struct {
	texts []string
	err   error
}

func (m *model) Write(_ context.Context, _ draft.Prompt, each func(string)) (draft.Usage, error) {
	for _, s := range m.texts {
		each(s)
	}
	return draft.Usage{}, m.err
}

func (m *model) Objectionable(context.Context, string) (bool, error) { return false, nil }

func (w *world) draftWith(m draft.Writer) {
	w.web.Suggest = &suggest.Service{Store: w.web.Database.Store, Writer: m, Clock: w.clock}
}

func TestAssistIsOffWithoutAKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, _ := w.venue("luna@example.com", "(512) 555-0190", "LUNA")
	page := owner.get("/campaigns/new").must(200, "NEXO_OPENAI_API_KEY")
	if strings.Contains(page.body, `data-testid="assist-idea"`) {
		t.Error("the panel is shown without a model behind it")
	}
	form := url.Values{"body": {"My own words"}, "idea": {"tacos"}, "do": {"assist-new"}, "when": {"now"}}
	if got := owner.submit("/campaigns/new", "/campaigns/new", form).must(200, "NEXO_OPENAI_API_KEY", "My own words"); got.path != "/campaigns/new" {
		t.Errorf("at %s", got.path)
	}
}

func TestAssistWithoutJavaScript(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	m := &model{texts: []string{"Tacos tonight, two for one", "Come hungry for tacos tonight", "Tacos tonight for $1"}}
	w.draftWith(m)
	owner, _ := w.venue("luna@example.com", "(512) 555-0190", "LUNA")
	form := url.Values{"body": {"My own words"}, "name": {"Tacos"}, "idea": {"tacos tonight, two for one"}, "do": {"assist-new"}, "when": {"now"}}
	page := owner.submit("/campaigns/new", "/campaigns/new", form).must(200, "My own words", "2 drafts")
	if got := page.texts("draft"); len(got) != 2 || !strings.HasPrefix(got[0], "Luna's Cantina: Tacos tonight, two for one. Reply STOP to opt out") {
		t.Fatalf("the drafts are %q", got)
	}
	form.Set("draft-1", "Luna's Cantina: Tacos tonight, two for one. Reply STOP to opt out")
	form.Set("do", "assist-use-1")
	used := owner.submit("/campaigns/new", "/campaigns/new", form).must(200, "The draft is in the editor", `value="Tacos"`)
	if got := used.text("compose-body"); got != form.Get("draft-1") || used.text("no-findings") == "" {
		t.Errorf("the editor has %q, found: %s", got, used.text("finding"))
	}
	m.err, m.texts = core.E("model", core.Unavailable, "The AI is busy."), nil
	form.Set("do", "assist-shorter")
	owner.submit("/campaigns/new", "/campaigns/new", form).must(200, "The AI is busy.", "My own words", `value="Tacos"`)
	form.Set("do", "assist-new")
	form.Set("idea", "tell 512-555-0142")
	owner.submit("/campaigns/new", "/campaigns/new", form).must(200, "looks like a phone number", "My own words")
}

func TestAssistStreams(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	m := &model{texts: []string{"Tacos tonight", "Tacos <b>tonight</b>", "Come for tacos"}}
	w.draftWith(m)
	owner, _ := w.venue("luna@example.com", "(512) 555-0190", "LUNA")
	ask := func(do, idea string) page {
		return owner.submit("/campaigns/new", "/campaigns/assist", url.Values{"idea": {idea}, "body": {"Luna's Cantina: tacos"}, "do": {do}})
	}
	got := ask("assist-new", "tacos tonight").must(200)
	if !strings.HasPrefix(got.header.Get("Content-Type"), "text/event-stream") || strings.Count(got.body, "event: draft\n") != 2 || strings.Count(got.body, "event: done\n") != 1 {
		t.Errorf("the stream is %s", got.body)
	}
	m.err, m.texts = core.E("model", core.Unavailable, "The AI is busy."), nil
	if got := ask("assist-warmer", ""); !strings.Contains(got.body, "event: problem\ndata: \"The AI is busy.\"") {
		t.Errorf("a failure is %s", got.body)
	}
	ask("assist-everything", "").must(404)
	if got := w.browser().post("/campaigns/new", "/campaigns/assist", url.Values{}); strings.Contains(got.body, "event:") {
		t.Error("somebody who is not signed in gets drafts")
	}
}
