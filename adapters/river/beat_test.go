package river_test

import (
	"context"
	"database/sql"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"github.com/jobfluss/nexo/adapters/river"
)

func database(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "jobs.db")+"?_pragma=journal_mode(WAL)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	db.SetMaxOpenConns(1)
	if err := river.Migrate(t.Context(), db, false); err != nil {
		t.Fatal(err)
	}
	return db
}

// run starts a runner that says on a channel when it has heard a beat.
func run(t *testing.T, db *sql.DB) (heard chan struct{}, stop func()) {
	t.Helper()
	heard = make(chan struct{}, 1)
	r, err := river.New(river.Config{
		DB: db, Log: slog.New(slog.DiscardHandler),
		Beats: []river.Beat{{Name: "beat", Every: time.Second, Heard: func() {
			select {
			case heard <- struct{}{}:
			default:
			}
		}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Start(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		if err := r.Stop(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(stop)
	return heard, stop
}

// Of two processes one hears the beat, and none of it is left in the database;
// when that process stops, the other hears it.
func TestOneHearsTheBeat(t *testing.T) {
	t.Parallel()
	db := database(t)
	first, stop := run(t, db)
	<-first
	second, _ := run(t, db)
	for range 3 {
		select {
		case <-first:
		case <-second:
			t.Fatal("a second process hears the beat beside the leader")
		}
	}
	var jobs int
	if err := db.QueryRowContext(t.Context(), `SELECT count(*) FROM river_job`).Scan(&jobs); err != nil {
		t.Fatal(err)
	}
	if jobs != 0 {
		t.Errorf("the beat has left %d jobs behind", jobs)
	}
	stop()
	<-second
}
