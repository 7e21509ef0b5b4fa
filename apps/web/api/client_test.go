package api_test

import (
	"errors"
	"testing"

	"github.com/jobfluss/nexo/client"
	"github.com/jobfluss/nexo/core/token"
)

// TestClient goes through the Go client, from the draft to the decision.
func TestClient(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	luna := w.tenant("Luna's Cantina", 99)
	n := luna.join(1)
	p := luna.program(token.All)
	c := client.New(w.url, p.secret)
	page, next, err := c.Subscribers(t.Context(), "")
	if err != nil || next != "" || len(page) != 1 || page[0].Number != n.E164() {
		t.Fatalf("Subscribers: %v, %q, %v", page, next, err)
	}
	if s, err := c.LookUp(t.Context(), n.E164()); err != nil || s.ID != page[0].ID || s.State != "active" {
		t.Errorf("LookUp: %v, %v", s.State, err)
	}
	d, err := c.Draft(t.Context(), client.Campaign{Name: "Tacos", Body: text})
	if err != nil || d.Status != "draft" {
		t.Fatalf("Draft: %v, %v", d, err)
	}
	if d, err = c.Move(t.Context(), d.ID, "schedule"); err != nil || d.Status != "scheduled" {
		t.Fatalf("Move: %v, %v", d, err)
	}
	luna.run(d.ID)
	ms, _, err := c.Messages(t.Context(), d.ID, "")
	if err != nil || len(ms) != 1 || ms[0].State != "sent" {
		t.Fatalf("Messages: %v, %v", ms, err)
	}
	if ds, err := c.Decisions(t.Context(), ms[0].ID); err != nil || len(ds) != 1 || ds[0].Verdict != "send" || len(ds[0].Rules) == 0 {
		t.Errorf("Decisions: %v, %v", ds, err)
	}
	if d, err = c.Campaign(t.Context(), d.ID); err != nil || d.Status != "finished" {
		t.Errorf("Campaign: %v, %v", d, err)
	}
	var answer struct{ Intent string }
	if err := c.Check(t.Context(), "reply", map[string]string{"text": "STOP"}, &answer); err != nil || answer.Intent != "opt_out" {
		t.Errorf("Check: %v, %v", answer, err)
	}
	if barred, err := c.Suppress(t.Context(), n.E164(), "email", "no more"); err != nil || !barred {
		t.Errorf("Suppress: %v, %v", barred, err)
	}
	var problem *client.Problem
	if _, err := c.Move(t.Context(), d.ID, "resume"); !errors.As(err, &problem) || problem.Code != "conflict" {
		t.Errorf("a move that is not allowed: %v", err)
	}
	if _, err := client.New(w.url, "nexo_x").Campaign(t.Context(), d.ID); !errors.As(err, &problem) || problem.Status != 401 {
		t.Errorf("a token that is none: %v", err)
	}
}
