package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"pgregory.net/rapid"

	"github.com/jobfluss/nexo/core/token"
)

// TestContract drives the served document with random requests, valid and not:
// each answer is one that the document names, and is as it says.
func TestContract(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	luna := w.tenant("Luna's Cantina", 99)
	for i := range 5 {
		luna.join(i)
	}
	p := luna.program(token.All &^ token.ReadNumbers)
	id := p.post("/campaigns", map[string]any{"name": "Tacos", "body": text}).must(201).str("id")
	p.post("/campaigns/"+id+"/schedule", nil).must(200)
	luna.run(id)
	d := driver{p: p, doc: w.api.Huma().OpenAPI(), ids: map[string][]string{
		"campaigns":   {id, p.post("/campaigns", map[string]any{"name": "Draft", "body": text}).must(201).str("id")},
		"messages":    {p.get("/campaigns/" + id + "/messages").must(200).str("messages.0.id")},
		"subscribers": {p.get("/subscribers").must(200).str("subscribers.0.id"), p.get("/subscribers").must(200).str("subscribers.1.id")},
	}}
	for path, item := range d.doc.Paths {
		for method, op := range map[string]*huma.Operation{http.MethodGet: item.Get, http.MethodPost: item.Post, http.MethodDelete: item.Delete, http.MethodPut: item.Put, http.MethodPatch: item.Patch} {
			if op != nil {
				t.Run(op.OperationID, func(t *testing.T) {
					t.Parallel()
					rapid.Check(t, func(rt *rapid.T) { d.try(rt, method, path, op) })
				})
			}
		}
	}
}

// A driver makes requests of a document.
type driver struct {
	p   program
	doc *huma.OpenAPI
	ids map[string][]string
}

func (d *driver) try(t *rapid.T, method, path string, op *huma.Operation) {
	valid := true // as far as the schema says
	var query []string
	for _, param := range op.Parameters {
		switch param.In {
		case "path":
			path = strings.ReplaceAll(path, "{"+param.Name+"}", d.pathValue(t, path, param))
		case "query":
			if rapid.Bool().Draw(t, param.Name+" given") {
				v := fmt.Sprint(d.value(t, param.Schema, param.Name))
				if rapid.IntRange(0, 4).Draw(t, param.Name+" spoilt") == 0 {
					v = rapid.SampledFrom([]string{"", "-1", "x", "999999999999", "%00", "null"}).Draw(t, param.Name+" bad")
					valid = valid && (v == "" || d.fits(param.Schema, number(param.Schema, v))) // an empty one is as good as none
				}
				query = append(query, param.Name+"="+v)
			}
		}
	}
	var body []byte
	if op.RequestBody != nil {
		schema := op.RequestBody.Content["application/json"].Schema
		x := d.value(t, schema, "body")
		if rapid.IntRange(0, 2).Draw(t, "body spoilt") == 0 {
			x = d.spoil(t, x)
		}
		body, _ = json.Marshal(x)
		if rapid.IntRange(0, 19).Draw(t, "body cut") == 0 {
			body, valid = body[:len(body)/2], false
		} else {
			valid = valid && d.fits(schema, roundTrip(body))
		}
	}
	if len(query) > 0 {
		path += "?" + strings.Join(query, "&")
	}
	req := httptest.NewRequest(method, strings.ReplaceAll(path, " ", "%20"), bytes.NewReader(body))
	req.Header.Set("Authorization", "Bearer "+d.p.secret)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	rec := httptest.NewRecorder()
	d.p.w.api.ServeHTTP(rec, req)
	d.judge(t, op, valid, rec)
}

var wholeNumber = regexp.MustCompile(`\+1512555`)

// judge compares an answer with what the document promises.
func (d *driver) judge(t *rapid.T, op *huma.Operation, valid bool, rec *httptest.ResponseRecorder) {
	code := rec.Code
	promised := op.Responses[strconv.Itoa(code)]
	switch {
	case promised == nil:
		t.Fatalf("it answers %d, which the document does not name: %s", code, rec.Body)
	case code >= 500 && code != http.StatusServiceUnavailable:
		t.Fatalf("it answers %d: %s", code, rec.Body)
	case !valid && code/100 != 4:
		t.Fatalf("the schema refuses the request, and it answers %d: %s", code, rec.Body)
	case wholeNumber.Match(rec.Body.Bytes()):
		t.Fatalf("a number in full, without the scope: %s", rec.Body)
	}
	kind, _, _ := strings.Cut(rec.Header().Get("Content-Type"), ";")
	media := promised.Content[kind]
	if media == nil {
		t.Fatalf("%d is of type %q, which the document does not name", code, kind)
	}
	if !strings.HasSuffix(kind, "json") {
		return
	}
	if problems := d.problems(media.Schema, roundTrip(rec.Body.Bytes()), huma.ModeReadFromServer); len(problems) > 0 {
		t.Fatalf("the answer is not as its schema says: %v\n%s", problems, rec.Body)
	}
}

func (d *driver) problems(s *huma.Schema, x any, mode huma.ValidateMode) []error {
	var res huma.ValidateResult
	huma.Validate(d.doc.Components.Schemas, s, huma.NewPathBuffer(nil, 0), mode, x, &res)
	return res.Errors
}

func (d *driver) fits(s *huma.Schema, x any) bool {
	return len(d.problems(s, x, huma.ModeWriteToServer)) == 0
}

func roundTrip(b []byte) any {
	var x any
	if json.Unmarshal(b, &x) != nil {
		return nil
	}
	return x
}

// number reads a query value as the server does for a number.
func number(schema *huma.Schema, s string) any {
	if schema.Type == "string" {
		return s
	}
	if f, err := strconv.ParseFloat(s, 64); err == nil {
		return f
	}
	return s
}

func (d *driver) pathValue(t *rapid.T, path string, param *huma.Param) string {
	if len(param.Schema.Enum) > 0 {
		return fmt.Sprint(rapid.SampledFrom(param.Schema.Enum).Draw(t, param.Name))
	}
	what := strings.Split(strings.TrimPrefix(path, "/api/v1/"), "/")[0]
	ids := append([]string{"x", "01890000-0000-7000-8000-000000000000", "AAAAAAAAAAAAAAAAAAAAAA"}, d.ids[what]...)
	return rapid.SampledFrom(ids).Draw(t, param.Name)
}

// value makes one that the schema allows.
func (d *driver) value(t *rapid.T, s *huma.Schema, name string) any {
	if s.Ref != "" {
		s = d.doc.Components.Schemas.SchemaFromRef(s.Ref)
	}
	if len(s.Enum) > 0 {
		return rapid.SampledFrom(s.Enum).Draw(t, name)
	}
	switch s.Type {
	case "string":
		return d.text(t, s, name)
	case "integer", "number":
		least, most := 0, 1000
		if s.Minimum != nil {
			least = int(*s.Minimum)
		}
		if s.Maximum != nil {
			most = int(*s.Maximum)
		}
		return rapid.IntRange(least, most).Draw(t, name)
	case "boolean":
		return rapid.Bool().Draw(t, name)
	case "array":
		out := []any{}
		for i := range rapid.IntRange(0, 3).Draw(t, name+" length") {
			out = append(out, d.value(t, s.Items, fmt.Sprintf("%s[%d]", name, i)))
		}
		return out
	}
	out := map[string]any{}
	for _, field := range slices.Sorted(mapKeys(s.Properties)) {
		if slices.Contains(s.Required, field) || rapid.Bool().Draw(t, name+"."+field+" given") {
			out[field] = d.value(t, s.Properties[field], name+"."+field)
		}
	}
	if len(s.Properties) == 0 { // a free object: the questions of check
		for _, field := range []string{"text", "number", "class", "profile", "at", "x"} {
			if rapid.Bool().Draw(t, field+" given") {
				out[field] = rapid.SampledFrom([]any{"Tacos?", "marketing", true, 7, nil, []any{}, "2026-11-24T18:00:00Z"}).Draw(t, field)
			}
		}
	}
	return out
}

func mapKeys[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func (d *driver) text(t *rapid.T, s *huma.Schema, name string) string {
	switch s.Format {
	case "date-time":
		return noon.Add(time.Duration(rapid.IntRange(-1000, 1000).Draw(t, name)) * time.Hour).Format(time.RFC3339)
	case "date":
		return noon.AddDate(0, 0, rapid.IntRange(-100, 3).Draw(t, name)).Format(time.DateOnly)
	case "uuid":
		return "01890000-0000-7000-8000-000000000000"
	case "uri":
		return "https://example.com/" + rapid.StringMatching("[a-z]{0,8}").Draw(t, name)
	}
	if s.Pattern != "" {
		return guestNumber(rapid.IntRange(0, 99).Draw(t, name)).E164()
	}
	least, most := 0, 40
	if s.MinLength != nil {
		least = *s.MinLength
	}
	if s.MaxLength != nil {
		most = min(most, *s.MaxLength)
	}
	return rapid.StringMatching(fmt.Sprintf(`[a-z '.]{%d,%d}`, least, most)).Draw(t, name)
}

// spoil breaks a body in one place.
func (d *driver) spoil(t *rapid.T, x any) any {
	m, ok := x.(map[string]any)
	how := rapid.IntRange(0, 4).Draw(t, "how")
	if !ok || how == 0 {
		return rapid.SampledFrom([]any{nil, 1, "x", []any{}, map[string]any{}}).Draw(t, "instead")
	}
	keys := slices.Sorted(mapKeys(m))
	if how == 1 || len(keys) == 0 {
		m["surprise"] = 1
		return m
	}
	k := rapid.SampledFrom(keys).Draw(t, "field")
	switch how {
	case 2:
		delete(m, k)
	case 3:
		m[k] = strings.Repeat("x", 3000)
	default:
		m[k] = rapid.SampledFrom([]any{nil, -1, true, map[string]any{"a": []any{}}, "\x00"}).Draw(t, "value")
	}
	return m
}
