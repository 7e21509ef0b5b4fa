package sqlite_test

import (
	"testing"

	"github.com/jobfluss/nexo/adapters/sqlite"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/store/storetest"
)

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store { return open(t) }, storetest.Options{NoConcurrentWriters: true})
}

func open(t *testing.T) *sqlite.Store {
	t.Helper()
	s, closeStore, err := sqlite.Open(t.Context(), ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(closeStore)
	if err := s.MigrateUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}
