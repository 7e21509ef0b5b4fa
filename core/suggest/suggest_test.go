package suggest_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/draft"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/store/memstore"
	"github.com/jobfluss/nexo/core/suggest"
)

type clock time.Time

func (c clock) Now() time.Time { return time.Time(c) }

var now = clock(time.Date(2026, 3, 2, 18, 0, 0, 0, time.UTC))

// model answers with a list of texts after the other, or with an error.
type model struct {
	rounds  [][]string
	err     error  // after the last round
	objects string // what moderation objects to
	asked   []draft.Prompt
}

func (m *model) Write(_ context.Context, p draft.Prompt, each func(string)) (draft.Usage, error) {
	m.asked = append(m.asked, p)
	if len(m.asked) > len(m.rounds) {
		return draft.Usage{}, m.err
	}
	for _, s := range m.rounds[len(m.asked)-1] {
		each(s)
	}
	return draft.Usage{Tokens: 300}, nil
}

func (m *model) Objectionable(_ context.Context, text string) (bool, error) {
	if m.objects == "down" {
		return false, core.E("moderation", core.Unavailable, "down")
	}
	return m.objects != "" && strings.Contains(text, m.objects), nil
}

var luna = account.Business{ID: core.BusinessID{7}, Name: "Luna's"}

func service(m draft.Writer) *suggest.Service {
	return &suggest.Service{Store: memstore.New(), Writer: m, Clock: now, Limits: draft.Limits{Daily: 3, Monthly: 20_000}}
}

func (u used) total() (asked, tokens int) {
	_ = u.View(context.Background(), func(ctx context.Context, tx store.Tx) error {
		uses, err := tx.Drafts.Uses(ctx, luna.ID, "")
		for _, x := range uses {
			asked, tokens = asked+x.Asked, tokens+x.Tokens
		}
		return err
	})
	return asked, tokens
}

type used struct{ store.Store }

var tacos = suggest.Request{Idea: "tacos at nine"}

const one, two, three = "Tacos at nine", "Come by for tacos at 9", "Hungry? Tacos at nine"

func TestSuggest(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		m      model
		want   int
		rounds int
		kind   core.Kind
	}{
		{name: "at once", m: model{rounds: [][]string{{one, two, three}}}, want: 3, rounds: 1},
		{name: "one is mended", m: model{rounds: [][]string{{one, "Tacos for $5", two}, {three}}}, want: 3, rounds: 2},
		{name: "two repairs at most", m: model{rounds: [][]string{{one, "🌮"}, {"🌮"}, {"🌮"}, {two}}}, want: 1, rounds: 3},
		{name: "never good", m: model{rounds: [][]string{{"🌮"}, {"🌮"}, {"🌮"}, {two}}}, rounds: 3, kind: core.Unavailable},
		{name: "the same thrice", m: model{rounds: [][]string{{one, one, one}}}, want: 1, rounds: 1},
		{name: "more than were asked for", m: model{rounds: [][]string{{one, two, three, "Tacos", "Tacos again"}}}, want: 3, rounds: 1},
		{name: "nothing", m: model{rounds: [][]string{{}}}, rounds: 1, kind: core.Unavailable},
		{name: "fails in the repair", m: model{rounds: [][]string{{one, "🌮"}}, err: core.E("m", core.Unavailable, "away")}, want: 1, rounds: 2},
		{name: "fails at once", m: model{err: core.E("m", core.Unavailable, "away")}, rounds: 1, kind: core.Unavailable},
		{name: "will not", m: model{err: core.E("m", core.Denied, "no")}, rounds: 1, kind: core.Denied},
		{name: "moderation objects to the idea", m: model{objects: "tacos", rounds: [][]string{{one}}}, kind: core.Denied},
		{name: "moderation objects to a text", m: model{objects: "Hungry", rounds: [][]string{{one, three}, {two}}}, want: 2, rounds: 2},
		{name: "moderation is away", m: model{objects: "down", rounds: [][]string{{one}}}, kind: core.Unavailable},
	} {
		s := service(&c.m)
		var streamed []string
		got, err := s.Suggest(t.Context(), luna, tacos, func(d draft.Draft) { streamed = append(streamed, d.Text) })
		if len(got) != c.want || len(streamed) != c.want || len(c.m.asked) != c.rounds {
			t.Errorf("%s: %d drafts, %d streamed, %d rounds (%v)", c.name, len(got), len(streamed), len(c.m.asked), err)
		}
		if c.want == 0 && (err == nil || core.KindOf(err) != c.kind || core.MessageOf(err) == "") || c.want > 0 && err != nil {
			t.Errorf("%s: %v, want kind %v", c.name, err, c.kind)
		}
		for _, d := range got {
			if !strings.HasPrefix(d.Text, "Luna's: ") || !strings.HasSuffix(d.Text, " Reply STOP to opt out") {
				t.Errorf("%s: %q", c.name, d.Text)
			}
		}
	}
}

// TestRepairSaysWhatIsWrong: the findings go back to the model.
func TestRepairSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	m := &model{rounds: [][]string{{one, two, "Tacos with tequila"}, {three}}}
	if _, err := service(m).Suggest(t.Context(), luna, tacos, nil); err != nil {
		t.Fatal(err)
	}
	turns := m.asked[1].Turns()
	last := turns[len(turns)-1]
	if m.asked[1].Wanted() != 1 || !strings.Contains(last.Text, "21+") || !strings.Contains(turns[len(turns)-2].Text, "tequila") {
		t.Errorf("the repair asks: %+v", turns)
	}
}

func TestRequestsThatAreRefused(t *testing.T) {
	t.Parallel()
	m := &model{}
	s := service(m)
	for _, r := range []suggest.Request{
		{}, {Idea: " \n"}, {Idea: "call 512-555-0142"}, {Idea: strings.Repeat("x", 601)},
		{Ask: draft.Shorter}, {Ask: draft.Warmer, Text: "Luna's: call 512-555-0142"},
	} {
		if _, err := s.Suggest(t.Context(), luna, r, nil); !errors.Is(err, core.Invalid) || core.MessageOf(err) == "" {
			t.Errorf("%+v: %v", r, err)
		}
	}
	if asked, tokens := (used{s.Store}).total(); len(m.asked) != 0 || asked+tokens != 0 {
		t.Errorf("a request that is refused costs %d, %d and asks %d times", asked, tokens, len(m.asked))
	}
	phone := luna
	phone.Name = "512-555-0142"
	if _, err := s.Suggest(t.Context(), phone, tacos, nil); !errors.Is(err, core.Invalid) {
		t.Errorf("a venue that is a number: %v", err)
	}
	for _, off := range []*suggest.Service{nil, {}} {
		if off.On() {
			t.Error("it is on without a model")
		}
	}
}

func TestBudget(t *testing.T) {
	t.Parallel()
	m := &model{rounds: [][]string{{one, two, three}, {one, two, three}, {one, two, three}, {one}}}
	s := service(m)
	for range 3 {
		if _, err := s.Suggest(t.Context(), luna, tacos, nil); err != nil {
			t.Fatal(err)
		}
	}
	if asked, tokens := (used{s.Store}).total(); asked != 3 || tokens != 900 {
		t.Errorf("three times cost %d, %d", asked, tokens)
	}
	if _, err := s.Suggest(t.Context(), luna, tacos, nil); !errors.Is(err, core.Denied) || !strings.Contains(core.MessageOf(err), "tomorrow") {
		t.Errorf("the fourth time: %v", err)
	}
	if asked, _ := (used{s.Store}).total(); asked != 3 || len(m.asked) != 3 {
		t.Errorf("what is denied is counted: %d, and asked for %d times", asked, len(m.asked))
	}
	other := luna
	other.ID = core.BusinessID{8}
	if _, err := s.Suggest(t.Context(), other, tacos, nil); err != nil {
		t.Errorf("another venue's budget: %v", err)
	}
}
