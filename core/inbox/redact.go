package inbox

import (
	"bytes"
	"encoding/json"
	"strings"
)

// Redacted is what [Redact] puts in the place of a body that it cannot read.
const Redacted = `{"redacted":true}`

// Redact returns raw, which is JSON, with every string in it that contains said
// replaced by instead. Other strings, numbers and their order in arrays stay as
// they are; white space and the order of keys may change. Of a body that is no
// JSON, or that still has said in it, nothing is left.
func Redact(raw []byte, said, instead string) []byte {
	if said = strings.TrimSpace(said); said == "" {
		return raw
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil || d.More() {
		return []byte(Redacted)
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(redact(v, said, instead)); err != nil {
		return []byte(Redacted)
	}
	return bytes.TrimRight(out.Bytes(), "\n")
}

func redact(v any, said, instead string) any {
	switch x := v.(type) {
	case string:
		if strings.Contains(x, said) {
			return instead
		}
	case []any:
		for i := range x {
			x[i] = redact(x[i], said, instead)
		}
	case map[string]any:
		clean := make(map[string]any, len(x))
		for k, y := range x {
			if strings.Contains(k, said) {
				k = instead
			}
			clean[k] = redact(y, said, instead)
		}
		return clean
	case json.Number:
		if strings.Contains(x.String(), said) {
			return instead // a date without strokes may stand as a number
		}
	}
	return v
}
