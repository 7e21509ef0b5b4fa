package proof

import (
	"bytes"
	"crypto/sha256"

	"golang.org/x/mod/sumdb/note"

	"github.com/jobfluss/nexo/core/evidence"
)

// A Part is a file for tests that put packs together as a forger would.
type Part struct {
	Name string
	Data []byte
}

// Parts takes a pack apart.
func Parts(pack []byte) ([]Part, error) {
	b, err := unbox(bytes.NewReader(pack), int64(len(pack)))
	if err != nil {
		return nil, err
	}
	var out []Part
	for _, e := range b.files {
		data, err := b.bytes(e.name, 1<<30)
		if err != nil {
			return nil, err
		}
		out = append(out, Part{e.name, data})
	}
	return out, nil
}

// Join makes a container of files.
func Join(parts []Part) []byte {
	var out bytes.Buffer
	b := boxer{w: &out}
	for _, p := range parts {
		b.file(p.Name)
		_, _ = b.Write(p.Data)
	}
	_ = b.close()
	return out.Bytes()
}

// Sign makes a manifest that fits the other files, with edit applied to it, and
// signs it: what whoever has the key could do.
func Sign(parts []Part, s note.Signer, edit func(*Manifest)) []Part {
	n := len(parts) - 2
	m, err := parseManifest(parts[n].Data)
	if err != nil {
		panic(err)
	}
	m.Files = nil
	for _, p := range parts[:n] {
		m.Files = append(m.Files, File{p.Name, int64(len(p.Data)), evidence.Hash(sha256.Sum256(p.Data)).String()})
	}
	if edit != nil {
		edit(&m)
	}
	data, _ := m.encode()
	sig, _ := signManifest(data, s)
	return append(parts[:n:n], Part{fileManifest, data}, Part{fileSignature, sig})
}
