package billing_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/jobfluss/nexo/core/billing"
)

var t0 = time.Date(2026, 3, 2, 18, 0, 0, 0, time.UTC)

func on(plan, status, over string) billing.Account {
	return billing.Account{Sub: billing.Subscription{ID: "sub_1", Plan: plan, Status: status, OverItem: over}}
}

func TestMay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		a    billing.Account
		u    billing.Use
		need int
		says string
	}{
		{"no plan", billing.Account{}, billing.Use{}, 1, "no plan"},
		{"over", on("pro", "canceled", ""), billing.Use{}, 1, "no plan"},
		{"never paid", on("pro", "incomplete", ""), billing.Use{}, 1, "not paid"},
		{"paused", on("pro", "paused", ""), billing.Use{}, 1, "not paid"},
		{"a status that nobody knows", on("pro", "new_thing", ""), billing.Use{}, 1, "not paid"},
		{"unpaid", on("pro", "unpaid", ""), billing.Use{}, 1, "failed"},
		{"tried again", on("starter", "past_due", ""), billing.Use{}, 1000, ""},
		{"just enough", on("starter", "active", ""), billing.Use{Sent: 400, Waiting: 100}, 500, ""},
		{"one too many", on("starter", "active", ""), billing.Use{Sent: 400, Waiting: 100}, 501, "more texts than"},
		{"used up", on("starter", "active", ""), billing.Use{Sent: 1000}, 0, "used up"},
		{"another's place", on("starter", "active", ""), billing.Use{Waiting: 1000}, 1, "used up"},
		{"a trial is small", on("pro", "trialing", "si_1"), billing.Use{}, billing.TrialParts + 1, "more texts than"},
		{"a trial", on("pro", "trialing", "si_1"), billing.Use{}, billing.TrialParts, ""},
		{"further parts are paid", on("growth", "active", "si_1"), billing.Use{Sent: 90_000}, 90_000, ""},
		{"not while payments fail", on("growth", "past_due", "si_1"), billing.Use{Sent: 5_000}, 1, "used up"},
		{"a price of others", on("", "active", ""), billing.Use{}, 1, "used up"},
	} {
		if got := c.a.May(c.u, c.need); (got == "") != (c.says == "") || !strings.Contains(got, c.says) {
			t.Errorf("%s: %q, want %q", c.name, got, c.says)
		}
	}
}

func TestLevels(t *testing.T) {
	t.Parallel()
	a := on("starter", "active", "")
	for sent, want := range map[int]billing.Level{0: billing.Fine, 799: billing.Fine, 800: billing.Near, 999: billing.Near, 1000: billing.Full, 5000: billing.Full} {
		if got := a.Level(billing.Use{Sent: sent}); got != want {
			t.Errorf("%d of 1000: %v, want %v", sent, got, want)
		}
	}
	g := on("growth", "active", "si_1")
	if n := g.Billable(billing.Use{Sent: 5_010}); n != 10 {
		t.Errorf("10 beyond the plan are billed as %d", n)
	}
	if n := a.Billable(billing.Use{Sent: 5_010}) + g.Billable(billing.Use{Sent: 4_999}); n != 0 {
		t.Errorf("%d are billed where none may be", n)
	}
}

func TestMoves(t *testing.T) {
	t.Parallel()
	plans := billing.Plans()
	for _, c := range []struct {
		a    billing.Account
		to   billing.Plan
		want billing.Move
	}{
		{billing.Account{}, plans[0], billing.Buy}, {on("pro", "canceled", ""), plans[2], billing.Buy},
		{on("growth", "active", ""), plans[0], billing.Down}, {on("growth", "trialing", ""), plans[2], billing.Up},
		{on("growth", "past_due", ""), plans[1], billing.Stay}, {on("", "active", ""), plans[1], billing.Buy},
	} {
		if got := c.a.To(c.to); got != c.want {
			t.Errorf("from %s to %s: %v, want %v", c.a.Sub.Plan, c.to.ID, got, c.want)
		}
	}
}

// TestAnswersInAnyOrder: whatever order answers are written in, the account says
// what the latest question was answered with.
func TestAnswersInAnyOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		states := []string{"active", "past_due", "trialing", "unpaid", "canceled"}
		n := rapid.IntRange(1, 6).Draw(t, "n")
		subs := make([]billing.Subscription, n)
		for i := range subs {
			subs[i] = billing.Subscription{ID: "sub_1", Plan: "growth", Status: rapid.SampledFrom(states).Draw(t, "status")}
		}
		var a billing.Account
		order := make([]int, n)
		for i := range order {
			order[i] = i
		}
		for _, i := range rapid.Permutation(order).Draw(t, "order") {
			a = a.With(subs[i], t0.Add(time.Duration(i)*time.Second))
		}
		if a.Sub != subs[n-1] {
			t.Fatalf("the account says %+v, the last answer was %+v", a.Sub, subs[n-1])
		}
		if failing := a.Sub.Status == "past_due" || a.Sub.Status == "unpaid"; a.Failing.IsZero() == failing {
			t.Fatalf("failing since %v in %s", a.Failing, a.Sub.Status)
		}
	})
}

func TestAnOldSubscriptionDoesNotHideANewOne(t *testing.T) {
	t.Parallel()
	a := billing.Account{}.With(billing.Subscription{ID: "sub_2", Plan: "pro", Status: "active"}, t0)
	a = a.With(billing.Subscription{ID: "sub_1", Plan: "starter", Status: "canceled"}, t0.Add(time.Hour))
	if a.Sub.ID != "sub_2" {
		t.Errorf("it is %+v", a.Sub)
	}
	a.NextPlan = "starter"
	if a = a.With(billing.Subscription{ID: "sub_2", Plan: "pro", Status: "active", Schedule: "sch_1"}, t0.Add(2*time.Hour)); a.NextPlan != "starter" {
		t.Error("what was asked for is forgotten before it happens")
	}
	if a = a.With(billing.Subscription{ID: "sub_2", Plan: "starter", Status: "active"}, t0.Add(3*time.Hour)); a.NextPlan != "" {
		t.Error("what has happened is still to come")
	}
}
