package postgres_test

import (
	"testing"

	"github.com/jobfluss/nexo/core/retention"
)

// TestEveryColumnHasAClass: who adds a column says how long it is kept.
func TestEveryColumnHasAClass(t *testing.T) {
	s := open(t)
	// The tables beside messages repeat its columns, and triggers delete them with it.
	rows, err := s.DB().QueryContext(t.Context(), `SELECT table_name, column_name FROM information_schema.columns
		WHERE table_schema = 'public' AND table_name NOT LIKE 'nexo%' AND table_name NOT LIKE 'messages\_%'`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	schema := make(map[string][]string)
	for rows.Next() {
		var table, column string
		if err := rows.Scan(&table, &column); err != nil {
			t.Fatal(err)
		}
		schema[table] = append(schema[table], column)
	}
	for _, line := range retention.Check(schema) {
		t.Error(line)
	}
}
