package bunstore

import (
	"database/sql/driver"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun/dialect"
	"github.com/uptrace/bun/schema"

	"github.com/jobfluss/nexo/core"
)

// rawSQL is a piece of a statement, as an argument of one.
type rawSQL string

// AppendQuery writes it as it is.
func (s rawSQL) AppendQuery(_ schema.QueryGen, b []byte) ([]byte, error) {
	return append(b, s...), nil
}

// tuples writes a list of rows: the source of an INSERT, or of a list v that a
// statement joins with. write names the columns of one row in order.
//
// In SQLite it is VALUES (…), (…). In Postgres it is one array for each column:
// the server reads a literal for each column instead of one for each value,
// which is a third of the time that a batch takes.
func tuples[T any](xs []T, write func(*row, T)) schema.QueryAppender {
	return tupleList[T]{xs, write}
}

type tupleList[T any] struct {
	xs    []T
	write func(*row, T)
}

// AppendQuery writes the rows.
func (l tupleList[T]) AppendQuery(gen schema.QueryGen, b []byte) ([]byte, error) {
	r := row{dialect: gen.Dialect(), postgres: gen.Dialect().Name() == dialect.PG}
	if !r.postgres {
		r.b = append(b, "VALUES "...)
	}
	for i, x := range l.xs {
		r.begin(i)
		l.write(&r, x)
		r.end()
	}
	if !r.postgres {
		return r.b, nil
	}
	return r.appendArrays(b), nil
}

// row writes the columns of one row after the other.
type row struct {
	dialect  schema.Dialect
	postgres bool
	b        []byte   // SQLite: the text so far
	columns  []column // Postgres: the arrays so far
	at       int      // the column that is next
}

// column is the inside of an array literal of Postgres, and the type of its
// elements.
type column struct {
	typ string
	b   []byte
}

func (r *row) begin(i int) {
	r.at = 0
	if r.postgres {
		return
	}
	if i > 0 {
		r.b = append(r.b, ", "...)
	}
	r.b = append(r.b, '(')
}

func (r *row) end() {
	if !r.postgres {
		r.b = append(r.b, ')')
	}
}

// next returns where the next value goes; store puts it back.
func (r *row) next(typ string) []byte {
	r.at++
	if !r.postgres {
		if r.at > 1 {
			r.b = append(r.b, ',')
		}
		return r.b
	}
	if r.at > len(r.columns) {
		r.columns = append(r.columns, column{typ: typ})
	}
	b := r.columns[r.at-1].b
	if len(b) > 0 {
		b = append(b, ',')
	}
	return b
}

func (r *row) store(b []byte) {
	if r.postgres {
		r.columns[r.at-1].b = b
	} else {
		r.b = b
	}
}

func (r *row) null(typ string) { r.store(append(r.next(typ), "NULL"...)) }

func (r *row) appendArrays(b []byte) []byte {
	b = append(b, "SELECT * FROM unnest("...)
	for i, c := range r.columns {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = append(b, "'{"...)
		b = append(b, c.b...)
		b = append(b, "}'::"...)
		b = append(b, c.typ...)
		b = append(b, "[]"...)
	}
	return append(b, ')')
}

func (r *row) int(i int64) { r.store(strconv.AppendInt(r.next("bigint"), i, 10)) }

func (r *row) number(n core.Number) { r.int(int64(n.Digits())) }

func (r *row) bool(v bool) { r.store(strconv.AppendBool(r.next("boolean"), v)) }

// text writes s as [text] does. What must be kept to the byte is written with
// bytes.
func (r *row) text(s string) {
	b := r.next("text")
	if r.postgres {
		r.store(appendElement(b, clean(s)))
		return
	}
	r.store(appendText(b, s, r.dialect))
}

// appendElement writes a text as an element of an array within a literal: a
// backslash before what ends an element, a second quote after one that would
// end the literal.
func appendElement(b []byte, s string) []byte {
	b = append(b, '"')
	for i := range len(s) {
		switch c := s[i]; c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\'':
			b = append(b, c, c)
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}

// bytes writes p, NULL where it is empty.
func (r *row) bytes(p []byte) {
	if len(p) == 0 {
		r.null("bytea")
		return
	}
	r.blob(p)
}

// blob writes p, also where it is empty.
func (r *row) blob(p []byte) {
	b := r.next("bytea")
	if !r.postgres {
		r.store(r.dialect.AppendBytes(b, append([]byte{}, p...)))
		return
	}
	b = append(b, `"\\x`...)
	b = hex.AppendEncode(b, p)
	r.store(append(b, '"'))
}

// id writes 16 bytes, also zeros.
func (r *row) id(u [16]byte) {
	b := r.next("uuid")
	if r.postgres {
		r.store(hex.AppendEncode(b, u[:]))
		return
	}
	r.store(appendUUID(b, u, false))
}

// idOrNull writes NULL for zeros.
func (r *row) idOrNull(u [16]byte) {
	if u == [16]byte{} {
		r.null("uuid")
		return
	}
	r.id(u)
}

// time writes an instant, NULL for the zero Time.
func (r *row) time(t time.Time) {
	switch {
	case t.IsZero():
		r.null("timestamptz")
	case r.postgres:
		r.store(append(t.UTC().AppendFormat(append(r.next("timestamptz"), '"'), timeFormat), '"'))
	default:
		r.store(appendTime(r.next(""), t, false))
	}
}

const timeFormat = "2006-01-02 15:04:05.999999+00"

func appendUUID(b []byte, u [16]byte, postgres bool) []byte {
	if !postgres {
		b = append(b, "X'"...)
		b = hex.AppendEncode(b, u[:])
		return append(b, '\'')
	}
	b = append(b, '\'')
	b = hex.AppendEncode(b, u[:])
	return append(b, "'::uuid"...)
}

func appendTime(b []byte, t time.Time, postgres bool) []byte {
	switch {
	case t.IsZero() && postgres:
		return append(b, "NULL::timestamptz"...)
	case t.IsZero():
		return append(b, "NULL"...)
	case postgres:
		b = append(b, '\'')
		b = t.UTC().AppendFormat(b, timeFormat)
		return append(b, "'::timestamptz"...)
	}
	return strconv.AppendInt(b, t.UnixMicro(), 10)
}

// text is a string as an argument, with every NUL, which Postgres refuses, and
// every broken byte as U+FFFD: what was written so is found so.
type text string

// AppendQuery writes the literal.
func (t text) AppendQuery(gen schema.QueryGen, b []byte) ([]byte, error) {
	return appendText(b, string(t), gen.Dialect()), nil
}

func appendText(b []byte, s string, d schema.Dialect) []byte {
	return d.AppendString(b, clean(s))
}

// clean is what a text column holds of s.
func clean(s string) string {
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "\uFFFD")
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}

// uuid is an id or a key as a column holds it. NULL is the zero uuid.
type uuid [16]byte

// AppendQuery writes the 16 bytes.
func (u uuid) AppendQuery(gen schema.QueryGen, b []byte) ([]byte, error) {
	return appendUUID(b, u, gen.Dialect().Name() == dialect.PG), nil
}

// Value keeps bun from writing the type as JSON anywhere.
func (u uuid) Value() (driver.Value, error) { return u[:], nil }

// Scan reads 16 bytes or the 36 characters that Postgres sends.
func (u *uuid) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*u = uuid{}
		return nil
	case []byte:
		if len(v) == len(u) {
			copy(u[:], v)
			return nil
		}
		return u.parse(string(v))
	case string:
		return u.parse(v)
	}
	return errColumn
}

func (u *uuid) parse(s string) error {
	x, err := core.ParseUUID(s)
	*u = uuid(x)
	return err
}

var errColumn = errors.New("bunstore: a column is not of the type that the migrations gave it")

// stamp is an instant as a column holds it: timestamptz, or whole microseconds.
// NULL is the zero time.
type stamp struct{ time.Time }

// AppendQuery writes the instant.
func (s stamp) AppendQuery(gen schema.QueryGen, b []byte) ([]byte, error) {
	return appendTime(b, s.Time, gen.Dialect().Name() == dialect.PG), nil
}

// Value keeps bun from writing the type as JSON anywhere.
func (s stamp) Value() (driver.Value, error) { return s.Time, nil }

// Scan reads what either database sends.
func (s *stamp) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		s.Time = time.Time{}
	case time.Time:
		s.Time = v.UTC()
	case int64:
		s.Time = time.UnixMicro(v).UTC()
	default:
		return errColumn
	}
	return nil
}

// number reads a column of digits. The store wrote them, so they are a number.
func number(digits int64) core.Number {
	n, err := core.NumberFromDigits(uint64(digits))
	if err != nil {
		return core.Number{}
	}
	return n
}

// list of texts as one column: JSON, "" for none.
func joinList(xs []string) string {
	if len(xs) == 0 {
		return ""
	}
	b, _ := json.Marshal(xs) //nolint:errcheck // strings cannot fail
	return string(b)
}

func splitList(s string) []string {
	if s == "" {
		return nil
	}
	var xs []string
	if json.Unmarshal([]byte(s), &xs) != nil {
		return nil
	}
	return xs
}

// unique returns xs without repetitions, in order of first appearance.
func unique[T comparable](xs []T) []T {
	seen := make(map[T]bool, len(xs))
	out := make([]T, 0, len(xs))
	for _, x := range xs {
		if !seen[x] {
			seen[x] = true
			out = append(out, x)
		}
	}
	return out
}

func writePair(r *row, p core.Pair) {
	r.id(p.Business)
	r.number(p.Number)
}
