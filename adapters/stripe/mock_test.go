package stripe_test

import (
	"bufio"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jobfluss/nexo/adapters/stripe"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/charge"
)

// startMock starts Stripe's own mock, which refuses requests that are not as the
// API of the library's version has them. It knows no state.
func startMock(t *testing.T) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "stripe-mock")
	build := exec.CommandContext(t.Context(), "go", "build", "-modfile=../../tools/go.mod", "-o", bin, "github.com/stripe/stripe-mock")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("stripe-mock does not build: %v\n%s", err, out)
	}
	mock := exec.CommandContext(t.Context(), bin, "-strict-version-check", "-http-addr", "127.0.0.1:0", "-https-addr", "127.0.0.1:0")
	mock.WaitDelay = time.Second
	out, err := mock.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := mock.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = mock.Process.Kill(); _ = mock.Wait() })
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if _, at, ok := strings.Cut(lines.Text(), "HTTP at address: "); ok {
			return "http://" + at
		}
	}
	t.Fatal("stripe-mock does not say where it listens")
	return ""
}

// TestAgainstStripeMock: every call is one that Stripe understands.
func TestAgainstStripeMock(t *testing.T) {
	t.Parallel()
	prices := map[string]string{}
	for _, key := range []string{"starter", "growth", "growth_over", "pro", "pro_over"} {
		prices["nexo_"+key] = "price_1"
	}
	till, err := stripe.NewTill(stripe.TillConfig{Key: "sk_test_123", URL: startMock(t), Prices: prices})
	if err != nil {
		t.Fatal(err)
	}
	ctx, biz := t.Context(), account.Business{ID: core.BusinessID{7}, Name: "Luna's"}
	plain := growth
	plain.Schedule = ""
	for name, call := range map[string]func() error{
		"Customer": func() error { _, err := till.Customer(ctx, biz, "luna@example.com"); return err },
		"Checkout": func() error {
			_, err := till.Checkout(ctx, charge.Order{Business: biz.ID, Customer: "cus_1", Plan: plan(t, "growth"), Trial: true, Back: "https://nexo.example/b"})
			return err
		},
		"Portal":               func() error { _, err := till.Portal(ctx, "cus_1", "https://nexo.example/b"); return err },
		"Subscriptions":        func() error { _, err := till.Subscriptions(ctx, "cus_1"); return err },
		"Raise":                func() error { return till.Raise(ctx, growth, plan(t, "pro")) },
		"Lower":                func() error { return till.Lower(ctx, plain, plan(t, "starter")) },
		"Lower what is to end": func() error { return till.Lower(ctx, growth, plan(t, "starter")) },
		"Keep":                 func() error { return till.Keep(ctx, growth) },
		"Report":               func() error { return till.Report(ctx, growth, 12) },
		"Invoices":             func() error { _, err := till.Invoices(ctx, "cus_1", 3); return err },
	} {
		if err := call(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
