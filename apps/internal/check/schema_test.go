package check

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jobfluss/nexo/core/decide"
	"github.com/jobfluss/nexo/core/law"
	"github.com/jobfluss/nexo/core/place"
)

// A judge validates values by a JSON Schema, as far as ours use it. It knows
// nothing of fields, so it is a second opinion.
type judge struct{ root map[string]any }

func (j judge) validate(s map[string]any, v any, path string) error {
	if ref, ok := s["$ref"].(string); ok {
		return j.validate(j.root["$defs"].(map[string]any)[strings.TrimPrefix(ref, "#/$defs/")].(map[string]any), v, path)
	}
	if one, ok := s["oneOf"].([]any); ok {
		n := 0
		var errs []error
		for _, o := range one {
			err := j.validate(o.(map[string]any), v, path)
			errs = append(errs, err)
			if err == nil {
				n++
			}
		}
		if n != 1 {
			return fmt.Errorf("%s: %d of oneOf fit: %v", path, n, errs)
		}
		return nil
	}
	if !slices.Contains(typesOf(s["type"]), typeOf(v)) && !(typeOf(v) == "integer" && slices.Contains(typesOf(s["type"]), "number")) {
		return fmt.Errorf("%s is %s, want %v", path, typeOf(v), s["type"])
	}
	if enum, ok := s["enum"].([]any); ok && !slices.Contains(enum, v) {
		return fmt.Errorf("%s is none of %v", path, enum)
	}
	switch v := v.(type) {
	case map[string]any:
		return j.object(s, v, path)
	case []any:
		if n, ok := s["minItems"].(float64); ok && len(v) < int(n) {
			return fmt.Errorf("%s is too short", path)
		}
		if n, ok := s["maxItems"].(float64); ok && len(v) > int(n) {
			return fmt.Errorf("%s is too long", path)
		}
		for i, e := range v {
			if err := j.validate(s["items"].(map[string]any), e, fmt.Sprint(path, "[", i, "]")); err != nil {
				return err
			}
		}
	case string:
		if s["format"] == "date-time" {
			var at time.Time
			return at.UnmarshalText([]byte(v))
		}
	case float64:
		if n, ok := s["minimum"].(float64); ok && v < n {
			return fmt.Errorf("%s is too small", path)
		}
		if n, ok := s["maximum"].(float64); ok && v > n {
			return fmt.Errorf("%s is too great", path)
		}
	}
	return nil
}

func (j judge) object(s map[string]any, v map[string]any, path string) error {
	properties := s["properties"].(map[string]any)
	for k, e := range v {
		p, ok := properties[k].(map[string]any)
		if !ok {
			return fmt.Errorf("%s has no %s", path, k)
		}
		if err := j.validate(p, e, path+"."+k); err != nil {
			return err
		}
	}
	for _, k := range s["required"].([]any) {
		if _, ok := v[k.(string)]; !ok {
			return fmt.Errorf("%s lacks %s", path, k)
		}
	}
	return nil
}

func typesOf(t any) []string {
	if s, ok := t.(string); ok {
		return []string{s}
	}
	var ts []string
	for _, s := range t.([]any) {
		ts = append(ts, s.(string))
	}
	return ts
}

func typeOf(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case []any:
		return "array"
	case map[string]any:
		return "object"
	case float64:
		if v == math.Trunc(v) {
			return "integer"
		}
	}
	return "number"
}

func judgeOf(t *testing.T, c *Checker) (j judge, in, out map[string]any) {
	t.Helper()
	if err := json.Unmarshal(c.Schema(), &j.root); err != nil {
		t.Fatal(err)
	}
	defs := j.root["$defs"].(map[string]any)
	return j, defs["input"].(map[string]any), defs["output"].(map[string]any)
}

// TestSchema: what the schema allows is read, and what it does not is refused;
// what is written is as it says. The lines are those of the golden files, and
// each of them with every field left out, doubled in type, or added.
func TestSchema(t *testing.T) {
	t.Parallel()
	for _, name := range Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newChecker(t, name)
			j, in, out := judgeOf(t, c)
			good, bad := 0, 0
			for _, line := range variants(inputOf(t, name)) {
				var v any
				if json.Unmarshal(line, &v) != nil || bytes.Contains(line, []byte("\xe9")) {
					continue
				}
				want := j.validate(in, v, "input")
				got := c.values.read(line, c.spec.in)
				if (want == nil) != (got == nil) && !beyondSchema(got) {
					t.Errorf("%s\nschema: %v\nread:   %v", line, want, got)
				}
				if got == nil {
					good++
				} else {
					bad++
				}
				var answer any
				if err := json.Unmarshal(c.Answer(nil, line), &answer); err != nil {
					t.Fatal(err)
				}
				if err := j.validate(out, answer, "output"); err != nil {
					t.Errorf("the answer to %s: %v", line, err)
				}
			}
			if good < 10 || bad < 10 {
				t.Errorf("only %d lines were read and %d refused: this tests little", good, bad)
			}
		})
	}
}

// beyondSchema tells errors of rules that the schema has only in words.
func beyondSchema(err error) bool {
	if err == nil {
		return false
	}
	for _, words := range []string{"there twice", "must be base64", "two-letter code", "code of a state", "IANA time zone"} {
		if strings.Contains(err.Error(), words) {
			return true
		}
	}
	return false
}

// variants returns each line, and copies of it with one value changed.
func variants(in []byte) [][]byte {
	var all [][]byte
	for line := range bytes.Lines(in) {
		line = bytes.TrimSpace(line)
		all = append(all, line)
		var v map[string]any
		if json.Unmarshal(line, &v) != nil || v == nil {
			continue
		}
		alter(v, func() {
			b, err := json.Marshal(v)
			if err != nil {
				panic(err)
			}
			all = append(all, b)
		})
	}
	return all
}

// alter calls f on v with one thing in it changed, for each thing and change.
func alter(v map[string]any, f func()) {
	for _, k := range slices.Sorted(func(yield func(string) bool) {
		for k := range v {
			if !yield(k) {
				return
			}
		}
	}) {
		old := v[k]
		for _, x := range []any{nil, true, "x", 5.0, -1.5, []any{}, []any{nil}, []any{"x"}, []any{[]any{"a", "b"}}, map[string]any{}} {
			v[k] = x
			f()
		}
		delete(v, k)
		f()
		v[k] = old
		if inner, ok := old.(map[string]any); ok {
			alter(inner, f)
		}
		if items, ok := old.([]any); ok {
			for _, e := range items {
				if inner, ok := e.(map[string]any); ok {
					alter(inner, f)
				}
			}
		}
	}
	v["surplus"] = 1.0
	f()
	delete(v, "surplus")
}

// TestSchemaSaysItsVersion: a program can tell by which contract it was written.
func TestSchemaSaysItsVersion(t *testing.T) {
	t.Parallel()
	for _, name := range Names() {
		j, _, _ := judgeOf(t, newChecker(t, name))
		if j.root["$id"] != "https://github.com/jobfluss/nexo/check/"+name+"/v1" || j.root["version"] != 1.0 || j.root["$schema"] != "https://json-schema.org/draft/2020-12/schema" {
			t.Errorf("%s: %v %v %v", name, j.root["$id"], j.root["version"], j.root["$schema"])
		}
		if n := len(newChecker(t, name).spec.in); n > maxFields {
			t.Errorf("%s has %d fields, more than there is room for", name, n)
		}
	}
}

// everyFact has no field at its zero value.
func everyFact() decide.Facts {
	at := time.Date(2026, 11, 24, 18, 30, 0, 0, time.UTC)
	return decide.Facts{
		Now: at, Class: decide.Marketing, Profile: law.Strict, Margin: time.Minute,
		Places: []place.Place{{State: place.MustState("NY"), Zone: place.MustZone("America/New_York")}},
		Consent: decide.Consent{State: decide.Active, Since: at.Add(-time.Hour), RevokedAt: at.Add(-2 * time.Hour), Disclosed: true, Verified: true,
			Scope: decide.ScopeMarketing | decide.ScopeInformational, AgeGate: decide.AgePassed},
		SuppressionRead: true, Suppressed: []decide.Suppression{{Global: true, Reason: decide.Complaint, At: at}},
		Recent: []time.Time{at.Add(-time.Hour)}, RecentSince: at.Add(-48 * time.Hour), Caps: []decide.Cap{{Count: 3, Window: time.Hour, Source: "yours"}},
		Content: decide.Content{Checked: true, Blocked: true, NeedsAgeGate: true}, Account: decide.Account{Active: true, Registered: true, Trial: true, TestPhone: true},
		NotAfter: at.Add(time.Hour), AnswersTo: at.Add(-time.Minute), AlreadyConfirmed: true, Emergency: decide.StatesOf(place.MustState("LA")),
	}
}

// TestSendKnowsEveryFact: facts that the product recorded can be judged by the
// command line, and the schema has all of them.
func TestSendKnowsEveryFact(t *testing.T) {
	t.Parallel()
	f := everyFact()
	line := f.AppendJSON(nil)
	c := newChecker(t, "send")
	if err := c.values.read(line, c.spec.in); err != nil {
		t.Fatal(err)
	}
	for i := range sendNumber {
		if !c.values.has(i) {
			t.Errorf("recorded facts have no %s: the list of fields is out of order, or it is a new one", c.spec.in[i].name)
		}
	}
	var v map[string]any
	if err := json.Unmarshal(line, &v); err != nil {
		t.Fatal(err)
	}
	full(t, v, c.spec.in[:sendNumber], "")
	got, err := c.facts(&c.values)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, f) {
		t.Errorf("read %+v, want %+v", got, f)
	}
	d := decide.US().Decide(&f)
	if answer := c.Answer(nil, line); !bytes.HasPrefix(answer, []byte(`{"verdict":"`+d.Verdict.String()+`"`)) {
		t.Errorf("the decision is %s, and the answer %s", d.Verdict, answer)
	}
}

// full holds a value that has every field against fields, at every depth.
func full(t *testing.T, v map[string]any, fields []field, path string) {
	t.Helper()
	for _, f := range fields {
		inner, ok := v[f.name]
		if !ok {
			t.Errorf("recorded facts have no %s%s", path, f.name)
		}
		if f.kind == list && f.item.kind == object {
			inner, f.fields = inner.([]any)[0], f.item.fields
		}
		if m, ok := inner.(map[string]any); ok {
			full(t, m, f.fields, path+f.name+".")
		}
	}
}
