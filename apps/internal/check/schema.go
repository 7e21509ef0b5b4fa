package check

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
)

// Schema returns the check's contract as a JSON Schema (draft 2020-12), indented,
// with a newline at its end: $defs/input is a line that is read, $defs/output one
// that is written.
func (c *Checker) Schema() []byte {
	v := strconv.Itoa(Version)
	failed := schema{"type": "object", "additionalProperties": false, "required": []string{"error"}, "description": "the line could not be answered",
		"properties": schema{"error": schema{"type": "string", "description": "what is wrong with the line, in a sentence; it repeats no value of it"}}}
	s := schema{
		"$schema":     "https://json-schema.org/draft/2020-12/schema",
		"$id":         "https://github.com/jobfluss/nexo/check/" + c.spec.name + "/v" + v,
		"title":       "nexo check " + c.spec.name,
		"description": c.spec.about,
		"version":     Version,
		"anyOf":       []schema{{"$ref": "#/$defs/input"}, {"$ref": "#/$defs/output"}},
		"$defs": schema{
			"input":  objectSchema(c.spec.in, true),
			"answer": objectSchema(c.spec.out, false),
			"error":  failed,
			"output": schema{"oneOf": []schema{{"$ref": "#/$defs/answer"}, {"$ref": "#/$defs/error"}}},
		},
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(s); err != nil {
		panic("check: " + err.Error()) // it is made of strings and numbers only
	}
	return b.Bytes()
}

type schema map[string]any

// objectSchema describes an object. In what is read, null stands for a field that
// is left out.
func objectSchema(fields []field, in bool) schema {
	properties, required := schema{}, []string{}
	for i := range fields {
		f := &fields[i]
		properties[f.name] = f.schema(in)
		if f.need {
			required = append(required, f.name)
		}
	}
	return schema{"type": "object", "additionalProperties": false, "required": required, "properties": properties}
}

func (f *field) schema(in bool) schema {
	s := f.typeSchema(in)
	if f.about != "" {
		s["description"] = f.about
	}
	if f.name == "" || f.need && !f.nullable {
		return s
	}
	switch t := s["type"].(type) {
	case string:
		s["type"] = []string{t, "null"}
	case []string:
		s["type"] = append(t, "null")
	}
	if f.enum != nil {
		s["enum"] = append(anyOf(f.enum), nil)
	}
	return s
}

func (f *field) typeSchema(in bool) schema {
	switch f.kind {
	case boolean:
		return schema{"type": "boolean"}
	case integer:
		s := schema{"type": "integer"}
		switch {
		case f.bound():
			s["minimum"], s["maximum"] = f.min, f.max
		case in:
			s["minimum"], s["maximum"] = int64(math.MinInt64), int64(math.MaxInt64)
		}
		return s
	case object:
		return objectSchema(f.fields, in)
	case list:
		s := schema{"type": "array", "items": f.item.schema(in)}
		if f.bound() {
			s["minItems"], s["maxItems"] = f.min, f.max
		}
		return s
	case instant:
		return schema{"type": "string", "format": "date-time"}
	case moment:
		return schema{"type": []string{"string", "integer"}, "format": "date-time"}
	case bytes64:
		return schema{"type": "string", "contentEncoding": "base64"}
	}
	s := schema{"type": "string"}
	if f.enum != nil {
		s["enum"] = anyOf(f.enum)
	}
	return s
}

func anyOf(names []string) []any {
	var vs []any
	for _, n := range names {
		vs = append(vs, n)
	}
	return vs
}
