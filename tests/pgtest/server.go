package pgtest

import (
	"context"
	"errors"
	"net/netip"
	"net/url"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver that asks whether the container is ready
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/network"
	"github.com/testcontainers/testcontainers-go"
	tclog "github.com/testcontainers/testcontainers-go/log"
	"github.com/testcontainers/testcontainers-go/modules/postgres"
	"github.com/testcontainers/testcontainers-go/wait"
)

// wayOut ends every message about a server that cannot be had.
const wayOut = "Start Docker, or set NEXO_TEST_POSTGRES_URL to a Postgres 14 or newer in which the tests may" +
	" create and drop databases; `make test` does what is needed on Debian."

// defaultImage is what scripts/postgres-image.sh prefers too.
const defaultImage = "postgres:17-alpine"

// server is the one server of this test process.
var server struct {
	once    sync.Once
	url     string
	err     error
	mu      sync.Mutex
	cleanup []func(context.Context) error
	own     *postgres.PostgresContainer // nil unless it is this process's own
}

// serverURL returns the server's address, with the right to create databases, and starts it when needed.
func serverURL(t testing.TB) string {
	t.Helper()
	if !mayRun {
		t.Fatal("pgtest: this package needs `func TestMain(m *testing.M) { pgtest.Main(m) }`, which stops the server again.")
	}
	server.once.Do(func() { server.url, server.err = findServer() })
	if server.err != nil {
		t.Fatalf("pgtest: no Postgres for the tests: %v. %s", server.err, wayOut)
	}
	server.mu.Lock()
	defer server.mu.Unlock()
	return server.url
}

// CrashServer ends the server at once, as a power cut does, and starts it again.
// It does nothing and returns false unless the package has a server of its own,
// which it has after [MainDurable] where Docker runs it. Afterwards it may be at
// another address, which [Outage] knows.
func CrashServer(t testing.TB) bool {
	t.Helper()
	server.mu.Lock()
	defer server.mu.Unlock()
	if server.own == nil {
		return false
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var now time.Duration
	if err := server.own.Stop(ctx, &now); err != nil {
		t.Fatalf("pgtest: the server could not be stopped: %v", err)
	}
	if err := server.own.Start(ctx); err != nil {
		t.Fatalf("pgtest: the server does not come back: %v", err)
	}
	address, err := address(ctx, server.own)
	if err != nil {
		t.Fatalf("pgtest: where the server is now cannot be said: %v", err)
	}
	server.url = address
	return true
}

func findServer() (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	given := os.Getenv("NEXO_TEST_POSTGRES_URL")
	if given == "" {
		return startContainer(ctx)
	}
	u, err := url.Parse(given)
	// The cause would quote the password.
	if err != nil || u.Host == "" || !strings.HasPrefix(u.Scheme, "postgres") {
		return "", errors.New("NEXO_TEST_POSTGRES_URL is not of the form postgres://user:password@host:port/database")
	}
	return given, nil
}

// startContainer starts Postgres, or joins the container that another package of the same `make test` has
// started: starting one takes seconds, and a run has several packages that need it.
func startContainer(ctx context.Context) (string, error) {
	useLoopback()
	tclog.SetDefault(silent{})
	image := os.Getenv("NEXO_TEST_POSTGRES_IMAGE")
	if image == "" {
		image = defaultImage
	}
	options := []testcontainers.ContainerCustomizer{
		postgres.WithDatabase("nexo"),
		postgres.WithUsername("nexo"),
		postgres.WithPassword("nexo"),
		// Every parallel test opens pools, on a machine of any size.
		testcontainers.WithCmdArgs("-c", "max_connections=400"),
		testcontainers.WithHostConfigModifier(onLoopback),
		testcontainers.WithConfigModifier(func(c *container.Config) {
			c.StopSignal = "SIGINT" // Postgres's fast shutdown: do not wait for clients
		}),
		// The public image starts the server twice and logs its readiness both times, ours once. During the
		// first start it does not listen on the network, so the port decides.
		testcontainers.WithWaitStrategyAndDeadline(patience,
			wait.ForSQL("5432/tcp", "pgx", sqlAddress)),
	}
	run := os.Getenv("NEXO_TEST_RUN")
	if durable {
		// The last word on the command line counts, and the library's is "off". No
		// other package shares this server.
		options = append(options, testcontainers.WithCmdArgs("-c", "fsync=on"))
		run = ""
	}
	if run != "" {
		options = append(options,
			testcontainers.WithReuseByName("nexo-test-postgres-"+run),
			testcontainers.WithLabels(map[string]string{"nexo.test.run": run}))
	}
	unlock, err := lock("nexo-test-postgres-" + run)
	if err != nil {
		return "", err
	}
	defer unlock()
	c, err := postgres.Run(ctx, image, options...)
	if run == "" && c != nil {
		// Whoever set NEXO_TEST_RUN removes the container when all packages are done.
		atStop(func(context.Context) error { return testcontainers.TerminateContainer(c) })
	}
	if err != nil {
		return "", err
	}
	if durable {
		server.own = c
	}
	return address(ctx, c)
}

// address says where a server listens.
func address(ctx context.Context, c *postgres.PostgresContainer) (string, error) {
	if ip, err := c.ContainerIP(ctx); durable && err == nil && ip != "" && runtime.GOOS == "linux" {
		// Past the relay that publishes the port, which copies every byte and takes
		// processor time from what is measured.
		return sqlAddress(ip, network.MustParsePort("5432/tcp")), nil
	}
	return c.ConnectionString(ctx, "sslmode=disable")
}

// silent keeps the library's progress reports out of the tests' output. What goes wrong it returns as errors.
type silent struct{}

func (silent) Printf(string, ...any) {}

// useLoopback keeps the tests' traffic on this machine. Without it the library, when it believes to run in a
// container, speaks to the default gateway. Its helper container for cleaning up (Ryuk) needs an image of its
// own and is not used: [Run] and the test script clean up. Both can be overridden from outside.
func useLoopback() {
	setDefault("TESTCONTAINERS_RYUK_DISABLED", "true")
	host := os.Getenv("DOCKER_HOST")
	if host == "" || strings.HasPrefix(host, "unix://") {
		setDefault("TESTCONTAINERS_HOST_OVERRIDE", "127.0.0.1")
	}
}

func setDefault(name, value string) {
	if os.Getenv(name) == "" {
		_ = os.Setenv(name, value) // fails only for names with "=" or NUL
	}
}

// onLoopback publishes the server's port on 127.0.0.1 alone, at a port that the engine chooses. With an
// engine on another machine it must be reachable from here, so there it listens everywhere.
func onLoopback(h *container.HostConfig) {
	if os.Getenv("TESTCONTAINERS_HOST_OVERRIDE") != "127.0.0.1" {
		return
	}
	h.PortBindings = network.PortMap{
		network.MustParsePort("5432/tcp"): {{HostIP: netip.AddrFrom4([4]byte{127, 0, 0, 1}), HostPort: "0"}},
	}
}

// sqlAddress says where the server will answer once it is ready.
func sqlAddress(host string, port network.Port) string {
	return "postgres://nexo:nexo@" + host + ":" + port.Port() + "/nexo?sslmode=disable"
}

// atStop registers what must happen after the package's last test.
func atStop(f func(context.Context) error) {
	server.mu.Lock()
	defer server.mu.Unlock()
	server.cleanup = append(server.cleanup, f)
}

// stopServer undoes in reverse order: databases before the server that holds them.
func stopServer() error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	server.mu.Lock()
	cleanup := slices.Clone(server.cleanup)
	server.mu.Unlock() // they ask where the server is
	var errs []error
	for _, f := range slices.Backward(cleanup) {
		errs = append(errs, f(ctx))
	}
	return errors.Join(errs...)
}
