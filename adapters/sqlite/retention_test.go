package sqlite_test

import (
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
	for _, line := range retention.Check(schema) {
		t.Error(line)
	}
}
