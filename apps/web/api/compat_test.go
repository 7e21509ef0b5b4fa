package api_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

var (
	update  = flag.Bool("update", false, "write docs/openapi.json anew")
	release = flag.Bool("release", false, "make the document of now that of the last release")
)

const (
	documentFile = "../../../docs/openapi.json"
	releasedFile = "testdata/released.json"
)

// TestDocumentIsCheckedIn: the file in docs is what is served.
func TestDocumentIsCheckedIn(t *testing.T) {
	t.Parallel()
	now := newWorld(t).api.Document()
	for file, write := range map[string]bool{documentFile: *update, releasedFile: *release} {
		if write {
			if err := os.WriteFile(file, now, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	kept, err := os.ReadFile(documentFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(kept, now) {
		t.Error("docs/openapi.json is not what is served: go test ./apps/web/api -run TestDocumentIsCheckedIn -update")
	}
}

// TestOldClientsKeepWorking compares the document with that of the last release.
func TestOldClientsKeepWorking(t *testing.T) {
	t.Parallel()
	released, err := os.ReadFile(releasedFile)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range breaks(t, released, newWorld(t).api.Document()) {
		t.Errorf("%s; old clients would break", b)
	}
}

// TestBreaksAreFound plants each kind of break.
func TestBreaksAreFound(t *testing.T) {
	t.Parallel()
	now := newWorld(t).api.Document()
	if bs := breaks(t, now, now); len(bs) != 0 {
		t.Fatalf("the document breaks itself: %v", bs)
	}
	type object = map[string]any
	draft := func(doc object) object { return dig(doc, "components", "schemas", "CampaignDraft") }
	for name, plant := range map[string]func(doc object){
		"an address is gone":     func(doc object) { delete(dig(doc, "paths"), "/api/v1/campaigns/{id}/pause") },
		"a method is gone":       func(doc object) { delete(dig(doc, "paths", "/api/v1/campaigns"), "post") },
		"a parameter is gone":    func(doc object) { dig(doc, "paths", "/api/v1/subscribers", "get")["parameters"] = []any{} },
		"a field of an answer":   func(doc object) { delete(dig(doc, "components", "schemas", "Campaign", "properties"), "status") },
		"a field may be missing": func(doc object) { dig(doc, "components", "schemas", "Campaign")["required"] = []any{"id"} },
		"a field is of another type": func(doc object) {
			dig(doc, "components", "schemas", "Campaign", "properties", "planned")["type"] = "string"
		},
		"a field of a request": func(doc object) { delete(dig(draft(doc), "properties"), "send_at") },
		"a request needs more": func(doc object) {
			draft(doc)["required"] = append(draft(doc)["required"].([]any), "not_after")
		},
		"a value is refused": func(doc object) {
			dig(doc, "components", "schemas", "OptOut", "properties", "means")["enum"] = []any{"email"}
		},
		"a text must be shorter": func(doc object) { dig(draft(doc), "properties", "body")["maxLength"] = 100.0 },
		"another scope": func(doc object) {
			dig(doc, "paths", "/api/v1/subscribers", "get")["security"] = []any{object{"token": []any{"proofs:read"}}}
		},
		"another status": func(doc object) {
			r := dig(doc, "paths", "/api/v1/campaigns", "post", "responses")
			r["200"] = r["201"]
			delete(r, "201")
		},
	} {
		var doc object
		if err := json.Unmarshal(now, &doc); err != nil {
			t.Fatal(err)
		}
		plant(doc)
		planted, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		if len(breaks(t, now, planted)) == 0 {
			t.Errorf("%s: not found", name)
		}
	}
}

func dig(x map[string]any, path ...string) map[string]any {
	for _, p := range path {
		next, ok := x[p].(map[string]any)
		if !ok {
			panic("there is no " + p + " in the document")
		}
		x = next
	}
	return x
}

// breaks says what a client of the old document would trip over in the new one.
func breaks(t testing.TB, old, now []byte) []string {
	t.Helper()
	o, n := factsOf(t, old), factsOf(t, now)
	var out []string
	for _, k := range slices.Sorted(maps.Keys(o.kept)) {
		if n.kept[k] != o.kept[k] {
			out = append(out, fmt.Sprintf("%s was %q and is %q", k, o.kept[k], n.kept[k]))
		}
	}
	for _, k := range slices.Sorted(maps.Keys(n.asked)) {
		if where, _, _ := strings.Cut(k, " needs "); !o.asked[k] && o.places[where] {
			out = append(out, k+", and did not")
		}
	}
	for k, most := range n.most {
		if was, ok := o.most[k]; ok && most < was {
			out = append(out, fmt.Sprintf("%s is at most %v, and was %v", k, most, was))
		}
	}
	return out
}

// facts are what a document promises (kept) and asks for.
type facts struct {
	kept   map[string]string  // must stay as it is
	asked  map[string]bool    // must not become more
	most   map[string]float64 // must not become less
	places map[string]bool    // where something may be asked for
	doc    map[string]any
}

func factsOf(t testing.TB, document []byte) *facts {
	t.Helper()
	f := &facts{kept: map[string]string{}, asked: map[string]bool{}, most: map[string]float64{}, places: map[string]bool{}}
	if err := json.Unmarshal(document, &f.doc); err != nil {
		t.Fatal(err)
	}
	paths, _ := f.doc["paths"].(map[string]any)
	for path, item := range paths {
		for method, op := range item.(map[string]any) {
			f.operation(method+" "+path, op.(map[string]any))
		}
	}
	return f
}

func (f *facts) operation(name string, op map[string]any) {
	f.kept[name] = "there"
	f.places[name] = true
	for _, s := range list(op["security"]) {
		for _, scope := range list(s.(map[string]any)["token"]) {
			f.asked[fmt.Sprintf("%s needs the scope %v", name, scope)] = true
		}
	}
	for _, p := range list(op["parameters"]) {
		p := p.(map[string]any)
		at := fmt.Sprintf("%s %v %v", name, p["in"], p["name"])
		f.kept[at] = "there"
		if p["required"] == true {
			f.asked[name+" needs the parameter "+fmt.Sprint(p["name"])] = true
		}
		f.schema(at, p["schema"], true, 0)
	}
	if body, ok := op["requestBody"].(map[string]any); ok {
		f.content(name+" takes", body, true)
	}
	for code, r := range op["responses"].(map[string]any) {
		if code < "300" {
			f.kept[name+" answers "+code] = "there"
			f.content(name+" answers "+code, r.(map[string]any), false)
		}
	}
}

func list(x any) []any { l, _ := x.([]any); return l }

func (f *facts) content(at string, x map[string]any, request bool) {
	content, _ := x["content"].(map[string]any)
	for kind, m := range content {
		f.kept[at+" "+kind] = "there"
		f.schema(at, m.(map[string]any)["schema"], request, 0)
	}
}

func (f *facts) schema(at string, x any, request bool, depth int) {
	s, ok := x.(map[string]any)
	if !ok || depth > 8 {
		return
	}
	if ref, ok := s["$ref"].(string); ok {
		s = dig(f.doc, "components", "schemas", ref[strings.LastIndexByte(ref, '/')+1:])
	}
	f.kept[at+" type"] = fmt.Sprint(s["type"], " ", s["format"])
	f.places[at] = true
	for _, bound := range []string{"maxLength", "maximum", "maxItems"} {
		if n, ok := s[bound].(float64); ok && request {
			f.most[at+" "+bound] = n
		}
	}
	if request {
		for _, v := range list(s["enum"]) {
			f.kept[fmt.Sprintf("%s may be %v", at, v)] = "there"
		}
	}
	required := list(s["required"])
	properties, _ := s["properties"].(map[string]any)
	for name, p := range properties {
		f.kept[at+"."+name] = "there"
		if slices.Contains(required, any(name)) {
			if request {
				f.asked[at+" needs "+name] = true
			} else {
				f.kept[at+"."+name+" is always"] = "there"
			}
		}
		f.schema(at+"."+name, p, request, depth+1)
	}
	f.schema(at+"[]", s["items"], request, depth+1)
}
