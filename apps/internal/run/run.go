// Package run starts and stops programs: signals, servers, health, draining.
package run

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime/debug"
	"sync"
	"syscall"
	"time"

	"github.com/jobfluss/nexo/core"
)

// Main runs a program until it ends or is told to stop by SIGTERM or SIGINT,
// and exits: 0 when told, 1 with one clear sentence on standard error when it
// failed. A second signal ends it at once.
func Main(name string, f func(context.Context) error) {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	context.AfterFunc(ctx, stop)
	err := f(ctx)
	var code Exit
	switch {
	case errors.As(err, &code):
		os.Exit(int(code))
	case err != nil && !errors.Is(err, context.Canceled):
		fmt.Fprintf(os.Stderr, "%s: %s\n", name, Sentence(err))
		os.Exit(1)
	}
}

// Exit is an error that ends a program with this code and says nothing: what
// there is to say was said.
type Exit int

func (e Exit) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// Sentence is what a person at a terminal is told of an error: its message,
// or, where it has none for people, all that is known.
func Sentence(err error) string {
	if m := core.MessageOf(err); m != "" {
		return m
	}
	return err.Error()
}

// A Server serves one program over HTTP.
type Server struct {
	Name    string
	Handler http.Handler
	Log     *slog.Logger
	Drain   time.Duration
	// ReadTimeout is how long a client may take to send one request; 0 means 30 s.
	ReadTimeout time.Duration
}

// Listen opens addr, so that the caller knows that it could before it promises
// anything.
func Listen(addr string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, core.Wrap("listen", core.Unavailable, "cannot listen on "+addr+": is another program using it? choose another with NEXO_ADDR", err)
	}
	return l, nil
}

// Serve serves on l until ctx ends; then it takes no new connections, lets
// requests that are under way end, and returns nil.
func (s Server) Serve(ctx context.Context, l net.Listener) error {
	read := cmp.Or(s.ReadTimeout, 30*time.Second)
	srv := &http.Server{
		Handler:           s.Handler,
		ReadHeaderTimeout: min(5*time.Second, read),
		ReadTimeout:       read,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(s.Log.Handler(), slog.LevelDebug),
	}
	var silent silence
	srv.ConnState = silent.watch
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(l) }()
	s.Log.Info("listening", "addr", l.Addr().String())
	select {
	case err := <-failed:
		return core.Wrap(s.Name, core.Unavailable, "the server stopped", err)
	case <-ctx.Done():
	}
	s.Log.Info("stopping", "drain", s.Drain.String())
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.Drain)
	defer cancel()
	srv.RegisterOnShutdown(silent.end)
	if err := srv.Shutdown(end); err != nil {
		_ = srv.Close()
		return core.Wrap(s.Name, core.Unavailable, "requests were still under way when the time to drain was over", err)
	}
	return nil
}

// A silence is the connections on which nothing was asked yet. Browsers open
// some ahead of need, and the server would wait five seconds for each.
type silence struct {
	mu    sync.Mutex
	over  bool
	conns map[net.Conn]bool
}

func (s *silence) watch(c net.Conn, state http.ConnState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case state != http.StateNew:
		delete(s.conns, c)
	case s.over:
		_ = c.Close()
	default:
		if s.conns == nil {
			s.conns = map[net.Conn]bool{}
		}
		s.conns[c] = true
	}
}

// end closes them. A client that began to ask in this instant asks again, as it
// must when any server goes away.
func (s *silence) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.over = true
	for c := range s.conns {
		_ = c.Close()
	}
}

// Health answers /healthz (the process is up) and /readyz (it can do its work).
func Health(ready func(context.Context) error) http.Handler {
	return HealthWithNote(func(ctx context.Context) (string, error) { return "", ready(ctx) })
}

// HealthWithNote is Health for a program that has more to say: /readyz shows the
// note, whether it is ready or not.
func HealthWithNote(ready func(context.Context) (note string, err error)) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, "ok %s\n", Version())
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
		defer cancel()
		note, err := ready(ctx)
		if note != "" {
			note += "\n"
		}
		if err != nil {
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = io.WriteString(w, "the database does not answer\n"+note)
			return
		}
		_, _ = io.WriteString(w, "ready\n"+note)
	})
	return mux
}

// Version is the version that this binary was built from, as far as the
// toolchain recorded it.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	v := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && (v == "" || v == "(devel)") {
			v = s.Value[:min(12, len(s.Value))]
		}
	}
	if v == "" {
		return "devel"
	}
	return v
}
