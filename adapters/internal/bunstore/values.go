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

// tuples writes a list of rows, "(…), (…)", for VALUES. write names the columns
// of one row in order.
func tuples[T any](xs []T, write func(*row, T)) schema.QueryAppender {
	return tupleList[T]{xs, write}
}

type tupleList[T any] struct {
	xs    []T
	write func(*row, T)
}

// AppendQuery writes the rows.
func (l tupleList[T]) AppendQuery(gen schema.QueryGen, b []byte) ([]byte, error) {
	r := row{b: b, dialect: gen.Dialect(), postgres: gen.Dialect().Name() == dialect.PG}
	for i, x := range l.xs {
		if i > 0 {
			r.b = append(r.b, ", "...)
		}
		r.b = append(r.b, '(')
		r.first = true
		l.write(&r, x)
		r.b = append(r.b, ')')
	}
	return r.b, nil
}

// row writes the columns of one row. In Postgres every value that is not an
// integer or a text carries its type, since a VALUES list takes its columns'
// types from what is written, and NULL has none.
type row struct {
	b        []byte
	dialect  schema.Dialect
	postgres bool
	first    bool
}

func (r *row) next() {
	if !r.first {
		r.b = append(r.b, ',')
	}
	r.first = false
}

func (r *row) cast(typ string) {
	if r.postgres {
		r.b = append(append(r.b, "::"...), typ...)
	}
}

func (r *row) int(i int64) {
	r.next()
	r.b = strconv.AppendInt(r.b, i, 10)
}

func (r *row) number(n core.Number) { r.int(int64(n.Digits())) }

func (r *row) bool(v bool) {
	r.next()
	r.b = strconv.AppendBool(r.b, v)
}

// text writes s as [text] does. What must be kept to the byte is written with
// bytes.
func (r *row) text(s string) {
	r.next()
	r.b = appendText(r.b, s, r.dialect)
}

// bytes writes p, NULL where it is empty.
func (r *row) bytes(p []byte) {
	r.next()
	if len(p) == 0 {
		r.b = append(r.b, "NULL"...)
	} else {
		r.b = r.dialect.AppendBytes(r.b, p)
	}
	r.cast("bytea")
}

// blob writes p, also where it is empty.
func (r *row) blob(p []byte) {
	r.next()
	r.b = r.dialect.AppendBytes(r.b, append([]byte{}, p...))
	r.cast("bytea")
}

// id writes 16 bytes, also zeros.
func (r *row) id(u [16]byte) {
	r.next()
	r.b = appendUUID(r.b, u, r.postgres)
}

// idOrNull writes NULL for zeros.
func (r *row) idOrNull(u [16]byte) {
	if u != [16]byte{} {
		r.id(u)
		return
	}
	r.next()
	r.b = append(r.b, "NULL"...)
	r.cast("uuid")
}

// time writes an instant, NULL for the zero Time.
func (r *row) time(t time.Time) {
	r.next()
	r.b = appendTime(r.b, t, r.postgres)
}

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
		b = t.UTC().AppendFormat(b, "2006-01-02 15:04:05.999999+00")
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
