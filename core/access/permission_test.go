package access_test

import (
	"slices"
	"testing"

	"github.com/jobfluss/nexo/core/access"
	"github.com/jobfluss/nexo/core/account"
)

// What each role may do, written down a second time: who changes the table
// changes this too, and thinks twice.
func TestThreatARoleMayNoMore(t *testing.T) {
	t.Parallel()
	want := map[account.Role][]string{
		account.ReadOnly: {"self", "look"},
		account.Staff:    {"self", "look", "write"},
		account.Manager:  {"self", "look", "write", "send", "personal", "configure"},
		account.Owner:    {"self", "look", "write", "send", "personal", "configure", "team"},
		account.Operator: {"self", "operate"},
		account.Role(99): nil,
	}
	for role, names := range want {
		if access.May(role, access.Nobody) || access.May(role, access.Permission(200)) {
			t.Errorf("%v may do what nobody may", role)
		}
		for _, p := range access.Permissions() {
			if got := access.May(role, p); got != slices.Contains(names, p.String()) {
				t.Errorf("%v may %v: %v", role, p, got)
			}
		}
	}
}
