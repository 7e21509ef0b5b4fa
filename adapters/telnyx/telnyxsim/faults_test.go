package telnyxsim_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/jobfluss/nexo/adapters/telnyx/telnyxsim"
	"github.com/jobfluss/nexo/core/message"
)

func TestFaultsOfWebhooks(t *testing.T) {
	tests := []struct {
		name   string
		faults telnyxsim.Faults
		types  string
		last   message.State
		code   string
	}{
		{"lost", telnyxsim.Faults{LoseWebhook: 1}, "", 0, ""},
		{"repeated", telnyxsim.Faults{RepeatWebhook: 1}, "sent sent finalized finalized", message.Delivered, ""},
		{"reordered", telnyxsim.Faults{ReorderWebhook: 1}, "finalized sent", message.Sent, ""},
		{"undelivered", telnyxsim.Faults{Undelivered: 1, UndeliveredCode: "40002"}, "sent finalized", message.Undelivered, "40002"},
		{"unconfirmed", telnyxsim.Faults{Unconfirmed: 1}, "sent finalized", message.Unconfirmed, ""},
		{"a bad number", telnyxsim.Faults{Numbers: map[string]string{guest: "40001"}}, "sent finalized", message.Undelivered, "40001"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := open(t, telnyxsim.Options{})
			s.SetFaults(tt.faults)
			_, _, id := s.send(t, nil)
			s.idle(t)
			if got := s.venue.types(); got != tt.types {
				t.Fatalf("told %q, want %q", got, tt.types)
			}
			if es := s.venue.all(); len(es) > 0 {
				if r := es[len(es)-1].Receipt; r.State != tt.last || r.Code != tt.code || r.CarrierID != id {
					t.Errorf("the last receipt is %+v", *r)
				}
				if tt.faults.RepeatWebhook > 0 && es[0].ID != es[1].ID {
					t.Error("a repeated event has another id")
				}
			}
		})
	}
}

func TestScriptedFaultsOverHTTP(t *testing.T) {
	s := open(t, telnyxsim.Options{})
	res, err := http.Post(s.api.URL+"/sim/faults", "application/json", strings.NewReader(`{"delay_reply":1000000,"script":[{"kind":"refuse","code":"40333"},{},{"kind":"lost_reply"},{"kind":"drop"},{"kind":"server_error","status":503}]}`))
	if err != nil || res.StatusCode != 200 {
		t.Fatal(res, err)
	}
	_ = res.Body.Close()
	var got []string
	for range 6 {
		status, code, _ := s.send(t, nil)
		got = append(got, fmt.Sprint(status, code))
	}
	if want := "42940333 200 0 0 503 200"; strings.Join(got, " ") != want {
		t.Errorf("got %q, want %q", strings.Join(got, " "), want)
	}
	if n := len(s.Arrivals()); n != 3 {
		t.Errorf("%d texts arrived, want 3: two answered, one with its reply lost", n)
	}
	res, err = http.Post(s.api.URL+"/sim/faults", "application/json", strings.NewReader(`{"lose":1}`))
	if err != nil || res.StatusCode != 400 {
		t.Errorf("an unknown fault: %v, %v", res.StatusCode, err)
	}
	_ = res.Body.Close()
}

func TestSeededChanceComesAgain(t *testing.T) {
	run := func() (codes []string) {
		s := open(t, telnyxsim.Options{Seed: 42})
		s.SetFaults(telnyxsim.Faults{Refuse: 0.3, ServerError: 0.2})
		for range 40 {
			status, code, id := s.send(t, nil)
			codes = append(codes, fmt.Sprint(status, code, id))
			s.idle(t)
		}
		return codes
	}
	a, b := strings.Join(run(), " "), strings.Join(run(), " ")
	if a != b || !strings.Contains(a, "40318") || !strings.Contains(a, "500") || !strings.Contains(a, "200") {
		t.Errorf("two runs with one seed:\n%s\n%s", a, b)
	}
}
