package site_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/jobfluss/nexo/adapters/system"
	"github.com/jobfluss/nexo/core/grant"
)

// TestTokensAreMadeAndRevoked makes a token on the page, uses it, and takes it
// back.
func TestTokensAreMadeAndRevoked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.web.Grants = &grant.Service{Store: w.web.Database.Store, Clock: w.clock, IDs: w.web.IDs, Salts: system.Salts{}}
	b, _ := w.venue("luna@lunas.example", "(512) 555-0199", "LUNA")
	b.get("/settings/api").must(http.StatusOK, "New token")
	b.submit("/settings/api", "/settings/api/tokens", url.Values{"name": {"till"}, "days": {"30"}}).must(http.StatusUnprocessableEntity, "Choose at least one thing")
	made := b.submit("/settings/api", "/settings/api/tokens", url.Values{"name": {"till"}, "days": {"30"}, "scope": {"subscribers:read", "check"}}).must(http.StatusOK)
	secret := made.text("secret")
	if !strings.HasPrefix(secret, "nexo_") || made.header.Get("Cache-Control") != "private, no-store" {
		t.Fatalf("the secret is %q, cached %q", secret, made.header.Get("Cache-Control"))
	}
	again := b.get("/settings/api").must(http.StatusOK, "till", "subscribers:read check", "Never used")
	if again.has(secret) {
		t.Error("the secret is shown again")
	}
	call := func() int {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.server.URL+"/api/v1/token", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+secret)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		return resp.StatusCode
	}
	if got := call(); got != http.StatusOK {
		t.Fatalf("the token answers %d", got)
	}
	b.get("/settings/api").must(http.StatusOK, "Last used")
	_, path, _ := strings.Cut(again.body, `action="/settings/api/tokens/`)
	id, _, _ := strings.Cut(path, "/")
	b.submit("/settings/api", "/settings/api/tokens/"+id+"/revoke", url.Values{}).must(http.StatusOK, "Revoked")
	if got := call(); got != http.StatusUnauthorized {
		t.Errorf("the revoked token answers %d", got)
	}
	other, _ := w.venue("sol@sol.example", "(512) 555-0198", "SOL")
	other.submit("/settings/api", "/settings/api/tokens/"+id+"/revoke", url.Values{}).must(http.StatusNotFound)
	if strings.Contains(w.log.String(), secret) {
		t.Error("the log has the secret in it")
	}
}
