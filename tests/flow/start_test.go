package flow_test

import (
	"net"
	"strings"
	"testing"

	"github.com/jobfluss/nexo/tests/pgtest"
)

// programs are those that serve. Each is given what it cannot do without.
var programs = []string{"web", "worker", "ingester"}

func complete(database string) []string {
	return []string{
		env("NEXO_ADDR", "127.0.0.1:0"), env("NEXO_DATABASE", database), env("NEXO_PUBLIC_URL", "http://127.0.0.1:1"),
		env("NEXO_WEBHOOK_URL", "http://127.0.0.1:1"), env("NEXO_TELNYX_URL", "http://127.0.0.1:1"), env("NEXO_TELNYX_API_KEY", "s3cret-key"),
		env("NEXO_TELNYX_PUBLIC_KEY", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="), env("NEXO_EVIDENCE_KEYS", evidenceKey),
	}
}

// refuses runs a program that must not start: it ends with code 1 and one
// sentence that says what to do, and keeps its secrets.
func refuses(t *testing.T, name string, args []string, environment []string, says ...string) {
	t.Helper()
	code, said := finish(t, name, args, environment...)
	if code != 1 {
		t.Errorf("%s ended with code %d, want 1", name, code)
	}
	for _, s := range says {
		if !strings.Contains(said, s) {
			t.Errorf("%s says %q, and nothing of %q", name, said, s)
		}
	}
	if strings.Contains(said, "s3cret") {
		t.Errorf("%s tells a secret: %q", name, said)
	}
	if strings.Contains(said, "goroutine ") {
		t.Errorf("%s shows its insides: %q", name, said)
	}
}

func oneSentence(t *testing.T, name, said string) {
	t.Helper()
	if n := strings.Count(strings.TrimSpace(said), "\n"); n > 0 {
		t.Errorf("%s says it in %d lines, want one: %q", name, n+1, said)
	}
}

func TestDatabaseThatIsNotThere(t *testing.T) {
	t.Parallel()
	address := unused(t)
	database := "postgres://nexo:s3cret@" + address + "/nexo?sslmode=disable"
	for _, name := range programs {
		refuses(t, name, nil, complete(database), name+": ", address)
		_, said := finish(t, name, nil, complete(database)...)
		oneSentence(t, name, said)
	}
	refuses(t, "nexo", []string{"migrate", "up"}, complete(database), "nexo: ", address)
	refuses(t, "nexo", []string{"serve"}, complete(database), "nexo: ", address)
}

func TestDatabaseThatIsNotMigrated(t *testing.T) {
	t.Parallel()
	database := pgtest.URL(t)
	for _, name := range programs {
		refuses(t, name, nil, complete(database), name+": ", "nexo migrate up")
	}
	code, said := finish(t, "nexo", []string{"migrate", "up"}, complete(database)...)
	if code != 0 || !strings.Contains(said, "applied ") || strings.Contains(said, "not applied") {
		t.Fatalf("nexo migrate up ended with code %d and said:\n%s", code, said)
	}
	start(t, "web", complete(database)...).stop()
	// Back one step, a program must notice.
	if code, said := finish(t, "nexo", []string{"migrate", "down"}, complete(database)...); code != 0 || !strings.Contains(said, "not applied") {
		t.Fatalf("nexo migrate down ended with code %d and said:\n%s", code, said)
	}
	refuses(t, "ingester", nil, complete(database), "nexo migrate up")
}

// TestEveryMistakeAtOnce: somebody who mends one mistake must not find the next.
func TestEveryMistakeAtOnce(t *testing.T) {
	t.Parallel()
	mistakes := []string{
		env("NEXO_ADDR", "8080"), env("NEXO_DATABASE", "mysql://nexo:s3cret@db/nexo"), env("NEXO_DATABASE_CONNS", "many"),
		env("NEXO_WEBHOOK_URL", "ftp://carrier"), env("NEXO_TELNYX_PUBLIC_KEY", "s3cret"), env("NEXO_PROFILE", "lenient"),
		env("NEXO_MARGIN", "5h"), env("NEXO_LOG_LEVEL", "loud"), env("NEXO_LOG_FORMAT", "xml"), env("NEXO_DRAIN", "0"),
		env("NEXO_EVIDENCE_KEYS", "s3cret"),
	}
	names := []string{"NEXO_TELNYX_API_KEY"} // which is not there at all
	for _, m := range mistakes {
		name, _, _ := strings.Cut(m, "=")
		names = append(names, name)
	}
	refuses(t, "worker", nil, mistakes, names...)
	refuses(t, "worker", nil, nil, "NEXO_EVIDENCE_KEY_FILE is not set", "nexo keys new")
	refuses(t, "web", nil, nil, "NEXO_PUBLIC_URL")
	refuses(t, "ingester", nil, nil, "NEXO_TELNYX_PUBLIC_KEY")
}

func TestAddressThatIsTaken(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	environment := append(complete(migrated.URL(t)), env("NEXO_ADDR", l.Addr()), env("NEXO_LOG_LEVEL", "error"))
	for _, name := range programs {
		refuses(t, name, nil, environment, "NEXO_ADDR", l.Addr().String())
	}
}
