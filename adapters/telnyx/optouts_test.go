package telnyx_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/jobfluss/nexo/adapters/telnyx"
	"github.com/jobfluss/nexo/adapters/telnyx/telnyxsim"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/message"
)

func TestOptOutsInPages(t *testing.T) {
	sim := telnyxsim.New(telnyxsim.Options{APIKey: testKey, Seed: 1, Profiles: []telnyxsim.Profile{
		{ID: "luna", Numbers: []string{"+15125550100"}}, {ID: "sol", Numbers: []string{"+13125550100"}},
	}})
	t.Cleanup(sim.Close)
	srv := serve(t, sim.Handler())
	c := newClient(t, telnyx.Config{BaseURL: srv.URL})
	want := make(map[core.Number]bool)
	for i := range 230 {
		person := fmt.Sprintf("+1%d55501%02d", []int{212, 415, 512}[i/100], i%100)
		to := "+15125550100"
		if i >= 225 {
			to = "+13125550100"
		} else {
			want[core.MustNumber(person)] = true
		}
		_ = sim.Inbound(t.Context(), person, to, "Stop") // nobody takes the webhook
	}
	for profile, n := range map[string]int{"luna": 225, "": 230, "sol": 5} {
		got := 0
		for page, last := 1, false; !last; page++ {
			p, err := c.OptOuts(t.Context(), profile, page)
			if err != nil {
				t.Fatal(err)
			}
			got, last = got+len(p.Rows), p.Last
			for _, r := range p.Rows {
				if profile == "luna" && (!want[r.Person] || r.Sender != core.MustNumber("+15125550100") || r.Profile != "luna" || time.Since(r.At) > time.Hour) {
					t.Fatalf("a row of somebody else, or without its parts: %+v", r)
				}
			}
			if page > 4 {
				t.Fatal("the list does not end")
			}
		}
		if got != n {
			t.Errorf("profile %q: %d rows, want %d", profile, got, n)
		}
	}
}

func TestOptOutsErrors(t *testing.T) {
	for name, tt := range map[string]struct {
		status int
		body   string
		want   core.Kind
		slow   bool
	}{
		"outage":     {503, "<html>", core.Unavailable, false},
		"page":       {200, "<html>", core.Unavailable, false},
		"other JSON": {200, `{"ok":true}`, core.Unavailable, false},
		"bad key":    {401, `{"errors":[{"code":"10009"}]}`, core.Denied, false},
		"no profile": {404, `{"errors":[{"code":"10005"}]}`, core.Denied, false},
		"limit":      {429, `{"errors":[{"code":"10011"}]}`, core.Unavailable, true},
	} {
		_, err := answering(t, tt.status, map[string]string{"Retry-After": "7"}, tt.body).OptOuts(t.Context(), "p", 1)
		if err == nil || core.KindOf(err) != tt.want || errors.Is(err, message.ErrSlowDown) != tt.slow {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
		var e *core.Error
		if tt.slow && (!errors.As(err, &e) || e.RetryAfter != 7*time.Second) {
			t.Errorf("%s: does not say how long to wait: %v", name, err)
		}
	}
	// What a row lacks or has too much of makes no other row unreadable.
	p, err := answering(t, 200, nil, `{"data":[{"from":null,"to":"31255"},{"from":"+15125550141","to":{"phone_number":"+15125550100"},"created_at":"2025-04-28 12:00:38.631252","messaging_profile_id":7}]}`).OptOuts(t.Context(), "", 1)
	if err != nil || len(p.Rows) != 2 || !p.Last || !p.Rows[0].Person.IsZero() || p.Rows[1].Person != core.MustNumber("+15125550141") ||
		p.Rows[1].Profile != "7" || p.Rows[1].At.Format(time.RFC3339) != "2025-04-28T12:00:38Z" {
		t.Errorf("got %+v, %v", p, err)
	}
}
