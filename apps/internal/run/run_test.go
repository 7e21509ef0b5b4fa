package run_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/jobfluss/nexo/apps/internal/run"
)

// serve starts a server and returns its address, what tells it to stop, and
// how it ended.
func serve(t *testing.T, h http.Handler, drain time.Duration) (addr string, stop func(), ended <-chan error) {
	t.Helper()
	l, err := run.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	s := run.Server{Name: "test", Handler: h, Log: slog.New(slog.DiscardHandler), Drain: drain}
	go func() { done <- s.Serve(ctx, l) }()
	return l.Addr().String(), stop, done
}

// A browser keeps a connection ready that it asks nothing on. It must not hold
// up a program that is told to stop.
func TestStopsThoughABrowserKeepsAConnectionReady(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{}, 1)
	addr, stop, ended := serve(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked <- struct{}{} }), time.Second)
	ready, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer ready.Close()
	// The server takes connections in order: after this answer it has taken the first.
	if res, err := http.Get("http://" + addr); err != nil {
		t.Fatal(err)
	} else {
		_ = res.Body.Close()
	}
	<-asked
	stop()
	if err := <-ended; err != nil {
		t.Errorf("the server ended with %v", err)
	}
}

func TestLetsARequestUnderWayEnd(t *testing.T) {
	t.Parallel()
	begun, finish := make(chan struct{}), make(chan struct{})
	addr, stop, ended := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(begun)
		<-finish
		_, _ = io.WriteString(w, "whole")
	}), time.Minute)
	answer := make(chan string, 1)
	go func() {
		res, err := http.Get("http://" + addr)
		if err != nil {
			answer <- err.Error()
			return
		}
		defer res.Body.Close()
		b, _ := io.ReadAll(res.Body)
		answer <- string(b)
	}()
	<-begun
	stop()
	select {
	case err := <-ended:
		t.Fatalf("the server ended while a request was under way: %v", err)
	default:
	}
	close(finish)
	if got := <-answer; got != "whole" {
		t.Errorf("the request under way got %q, want the whole answer", got)
	}
	if err := <-ended; err != nil {
		t.Errorf("the server ended with %v", err)
	}
}

func TestSaysWhenTheTimeToDrainWasTooShort(t *testing.T) {
	t.Parallel()
	begun, finish := make(chan struct{}), make(chan struct{})
	defer close(finish)
	addr, stop, ended := serve(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		close(begun)
		<-finish
	}), 10*time.Millisecond)
	go func() {
		if res, err := http.Get("http://" + addr); err == nil {
			_ = res.Body.Close()
		}
	}()
	<-begun
	stop()
	err := <-ended
	if err == nil || !strings.Contains(run.Sentence(err), "still under way") || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a server that cut a request off ends with %v, want a sentence about it", err)
	}
}
