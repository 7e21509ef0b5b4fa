package env_test

import (
	"strings"
	"testing"

	"github.com/jobfluss/nexo/apps/internal/env"
)

func from(m map[string]string) func(string) string { return func(k string) string { return m[k] } }

func TestEveryMistakeIsReportedAtOnceWithItsVariable(t *testing.T) {
	_, err := env.Read(from(map[string]string{
		"NEXO_DATABASE":          "mysql://root:hunter2@db/nexo",
		"NEXO_DATABASE_CONNS":    "many",
		"NEXO_ADDR":              "8080",
		"NEXO_PUBLIC_URL":        "app.example.com",
		"NEXO_TELNYX_PUBLIC_KEY": "bm90IGEga2V5",
		"NEXO_PROFILE":           "lenient",
		"NEXO_MARGIN":            "a while",
		"NEXO_PART_PRICE":        "cheap",
		"NEXO_LOG_LEVEL":         "loud",
		"NEXO_LOG_FORMAT":        "xml",
		"NEXO_DRAIN":             "0s",
	}), ":8080", env.Needs{Carrier: true, Public: true, Webhooks: true, Sealing: true})
	if err == nil {
		t.Fatal("fourteen mistakes were taken for none")
	}
	for _, name := range []string{
		"NEXO_DATABASE ", "NEXO_DATABASE_CONNS", "NEXO_ADDR", "NEXO_PUBLIC_URL", "NEXO_TELNYX_PUBLIC_KEY", "NEXO_TELNYX_API_KEY",
		"NEXO_WEBHOOK_URL", "NEXO_PROFILE", "NEXO_MARGIN", "NEXO_PART_PRICE", "NEXO_LOG_LEVEL", "NEXO_LOG_FORMAT", "NEXO_DRAIN",
		"NEXO_EVIDENCE_KEY_FILE",
	} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("the error does not name %s:\n%v", name, err)
		}
	}
	if strings.Contains(err.Error(), "hunter2") {
		t.Errorf("the error shows the database's password:\n%v", err)
	}
}

func TestDefaults(t *testing.T) {
	p, err := env.Read(from(nil), ":8081", env.Needs{})
	if err != nil {
		t.Fatal(err)
	}
	if p.Addr != ":8081" || p.Config.Database != "sqlite:nexo.db" || p.Config.Profile.String() != "default" || p.Config.Margin.Minutes() != 15 {
		t.Errorf("defaults are %+v", p)
	}
}

func TestEveryVariableIsDocumented(t *testing.T) {
	read := map[string]bool{}
	_, _ = env.Read(func(k string) string { read[k] = true; return "" }, ":1", env.Needs{})
	for _, v := range env.Variables {
		if !read[v.Name] {
			t.Errorf("%s is documented but not read", v.Name)
		}
		delete(read, v.Name)
	}
	for name := range read {
		t.Errorf("%s is read but not documented", name)
	}
}

func TestPriceIsReadExactly(t *testing.T) {
	for in, want := range map[string]int64{"": 0, "0.0075": 7500, ".01": 10_000, "1": 1_000_000, "0.000001": 1} {
		p, err := env.Read(from(map[string]string{"NEXO_PART_PRICE": in}), ":1", env.Needs{})
		if err != nil || int64(p.Config.PartPrice) != want {
			t.Errorf("%q is %d millionths, %v; want %d", in, p.Config.PartPrice, err, want)
		}
	}
	for _, in := range []string{"0", "-0.01", "1.5", "0.0000001", "0.75 USD", ".", "1e-3", "$0.01"} {
		if _, err := env.Read(from(map[string]string{"NEXO_PART_PRICE": in}), ":1", env.Needs{}); err == nil {
			t.Errorf("%q is taken for a price", in)
		}
	}
}
