package sqlite_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/jobfluss/nexo/core/retention"
)

// TestEveryColumnHasAClass: who adds a column says how long it is kept.
func TestEveryColumnHasAClass(t *testing.T) {
	s := open(t)
	rows, err := s.DB().QueryContext(t.Context(), `SELECT m.name, c.name FROM sqlite_schema AS m, pragma_table_info(m.name) AS c
		WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name NOT LIKE 'nexo%'`)
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
	// Figures are kept by Postgres's triggers; SQLite, which is for one venue or a
	// few, counts.
	for _, kept := range []string{"campaign_figures", "subscriber_figures"} {
		if schema[kept] != nil {
			t.Errorf("%s is a table now: take it out of this list", kept)
		}
		for _, t := range retention.Tables() {
			if t.Name == kept {
				schema[kept] = slices.Collect(maps.Keys(t.Columns))
			}
		}
	}
	for _, line := range retention.Check(schema) {
		t.Error(line)
	}
}
