package api

import (
	"bytes"
	"cmp"
	"encoding/json"
	"html/template"
	"maps"
	"slices"
	"strings"

	_ "embed"

	"github.com/jobfluss/nexo/apps/web/static"
)

//go:embed reference.html.tmpl
var referencePage string

var referenceTemplate = template.Must(template.New("reference").Parse(referencePage))

// A schema is what the reference shows of one.
type schema struct {
	Ref         string            `json:"$ref"`
	Type        any               `json:"type"`
	Format      string            `json:"format"`
	Description string            `json:"description"`
	Enum        []any             `json:"enum"`
	Properties  map[string]schema `json:"properties"`
	Items       *schema           `json:"items"`
	Required    []string          `json:"required"`
}

// Kind is the schema in a few words.
func (s schema) Kind() string {
	if s.Ref != "" {
		return s.Target()
	}
	var types []string
	switch t := s.Type.(type) {
	case string:
		types = []string{t}
	case []any:
		for _, x := range t {
			if n, ok := x.(string); ok && n != "null" {
				types = append(types, n)
			}
		}
	}
	k := cmp.Or(s.Format, strings.Join(types, " or "), "any")
	if s.Items != nil {
		k = "list of " + s.Items.Kind()
	}
	return k
}

// Target is the name of the schema that is referred to, "" for none.
func (s schema) Target() string {
	x := s
	if s.Items != nil {
		x = *s.Items
	}
	return x.Ref[strings.LastIndexByte(x.Ref, '/')+1:]
}

// Fields are the properties by name.
func (s schema) Fields() []field {
	var out []field
	for _, n := range slices.Sorted(maps.Keys(s.Properties)) {
		out = append(out, field{Name: n, Required: slices.Contains(s.Required, n), schema: s.Properties[n]})
	}
	return out
}

type field struct {
	Name     string
	Required bool
	schema
}

type operation struct {
	Method, Path string   `json:"-"`
	ID           string   `json:"operationId"`
	Tags         []string `json:"tags"`
	Summary      string   `json:"summary"`
	Description  string   `json:"description"`
	Parameters   []struct {
		Name, In, Description string
		Required              bool
		Schema                schema
	} `json:"parameters"`
	RequestBody struct {
		Content map[string]struct{ Schema schema } `json:"content"`
	} `json:"requestBody"`
	Responses map[string]struct {
		Description string
		Content     map[string]struct{ Schema schema }
	} `json:"responses"`
	Security []map[string][]string `json:"security"`
}

// Scopes are what a token needs.
func (o operation) Scopes() string {
	if len(o.Security) == 0 || len(o.Security[0]["token"]) == 0 {
		return "any token"
	}
	return strings.Join(o.Security[0]["token"], " ")
}

// Sends is the schema of the body; nil for none.
func (o operation) Sends() *schema {
	for _, m := range o.RequestBody.Content {
		return &m.Schema
	}
	return nil
}

// Returns is the schema of success; nil for none.
func (o operation) Returns() *schema {
	for _, code := range []string{"200", "201", "204"} {
		for _, m := range o.Responses[code].Content {
			return &m.Schema
		}
	}
	return nil
}

type group struct {
	Name       string
	Operations []operation
}

// reference makes a page of an OpenAPI document. It loads nothing from elsewhere.
func reference(document []byte) ([]byte, error) {
	var doc struct {
		Info       struct{ Title, Version, Description string }
		Paths      map[string]map[string]operation
		Components struct{ Schemas map[string]schema }
	}
	if err := json.Unmarshal(document, &doc); err != nil {
		return nil, err
	}
	var groups []group
	for _, path := range slices.Sorted(maps.Keys(doc.Paths)) {
		for _, method := range slices.Sorted(maps.Keys(doc.Paths[path])) {
			o := doc.Paths[path][method]
			o.Method, o.Path = strings.ToUpper(method), path
			i := slices.IndexFunc(groups, func(g group) bool { return g.Name == o.Tags[0] })
			if i < 0 {
				i, groups = len(groups), append(groups, group{Name: o.Tags[0]})
			}
			groups[i].Operations = append(groups[i].Operations, o)
		}
	}
	slices.SortFunc(groups, func(x, y group) int { return strings.Compare(x.Name, y.Name) })
	var out bytes.Buffer
	err := referenceTemplate.Execute(&out, map[string]any{"Info": doc.Info, "Groups": groups, "Schemas": schema{Properties: doc.Components.Schemas}.Fields(), "Prefix": Prefix,
		"Tokens": static.URL("css/tokens.css"), "Style": static.URL("css/reference.css")})
	return out.Bytes(), err
}
