package proof

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/evidence"
)

// Form is the version of the files' form. A reader of a later one still reads this.
const Form = 1

// The kinds of packs.
const (
	KindNumber   = "number"   // everything about one guest of a business
	KindCampaign = "campaign" // everything about one campaign's texts
)

// A Manifest says what a pack is, and names its files.
type Manifest struct {
	Form     int             `json:"form"`
	Kind     string          `json:"kind"`
	Business core.BusinessID `json:"business"`
	Name     string          `json:"name"` // of the business
	Number   string          `json:"number,omitempty"`
	Campaign core.CampaignID `json:"campaign,omitzero"`
	Title    string          `json:"title,omitempty"` // of the campaign
	Created  time.Time       `json:"created"`
	Origin   string          `json:"origin"` // of the log
	Size     int64           `json:"size"`   // of the log, by the checkpoint
	// Counts are of records: all of them, those that are erased or that the log
	// had not taken in, and those of each kind.
	Counts map[string]int64 `json:"counts"`
	// Audience, States and Reasons are a campaign's: how many it was for, and what
	// became of them. States sum to Audience.
	Audience int64            `json:"audience,omitempty"`
	States   map[string]int64 `json:"states,omitempty"`
	Reasons  map[string]int64 `json:"reasons,omitempty"` // "state reason"
	Files    []File           `json:"files"`             // in the order of the archive
}

// A File is one file of a pack.
type File struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// The names of files.
const (
	fileManifest   = "manifest.json"
	fileSignature  = "manifest.sig"
	fileCheckpoint = "checkpoint.txt"
	fileRecords    = "records.jsonl"
	fileTexts      = "texts.jsonl"
	fileAudience   = "audience.jsonl"
	fileExplained  = "explained.txt"
	filePage       = "index.html"
	fileReadme     = "README.txt"
	dirDisclosures = "disclosures/"
	dirLaw         = "law/"
)

// maxManifest and maxNote bound what is read into memory at once.
const (
	maxManifest = 2 << 20
	maxNote     = 16 << 10
)

// encode writes the manifest in the one form in which it is read.
func (m *Manifest) encode() ([]byte, error) {
	b, err := json.MarshalIndent(m, "", "  ")
	return append(b, '\n'), err
}

// parseManifest reads what encode writes.
func parseManifest(data []byte) (Manifest, error) {
	var m Manifest
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&m); err != nil {
		return m, bad("%s is not of the form that this program knows: %v", fileManifest, err)
	}
	if m.Form != Form {
		return m, bad("the pack is of form %d, and this program reads form %d: use a newer nexo", m.Form, Form)
	}
	again, err := m.encode()
	if err != nil || !bytes.Equal(again, data) {
		return m, bad("%s is not written as a pack's is", fileManifest)
	}
	if m.Kind != KindNumber && m.Kind != KindCampaign {
		return m, bad("the pack is of an unknown kind")
	}
	if _, err := core.ParseNumber(m.Number); m.Kind == KindNumber && err != nil {
		return m, bad("%s names no number that the pack could be about", fileManifest)
	}
	return m, nil
}

// signed returns the text that is signed for a manifest. Its first line is another
// than a checkpoint's, so that neither can pass for the other.
func signed(manifest []byte) string {
	return "nexo pack v1\nsha256 " + evidence.Hash(sha256.Sum256(manifest)).String() + "\n"
}

func signManifest(manifest []byte, s note.Signer) ([]byte, error) {
	return note.Sign(&note.Note{Text: signed(manifest)}, s)
}

// checkSignature demands that sig is one signature over the manifest, by a key that
// is trusted. More than one could hide a byte that nobody checks.
func checkSignature(manifest, sig []byte, keys []note.Verifier) (string, error) {
	n, err := note.Open(sig, note.VerifierList(keys...))
	if err != nil {
		return "", noteError(fileSignature, err)
	}
	if len(n.Sigs) != 1 || len(n.UnverifiedSigs) != 0 || !bytes.Equal(sig, writeNote(n)) {
		return "", bad("%s is not written as a pack's is: it has one signature and nothing else", fileSignature)
	}
	if n.Text != signed(manifest) {
		return "", bad("%s is not what was signed: the manifest was changed, or is another pack's", fileManifest)
	}
	return n.Sigs[0].Name, nil
}

// writeNote writes a note as note.Sign does.
func writeNote(n *note.Note) []byte {
	b := []byte(n.Text + "\n")
	for _, s := range n.Sigs {
		b = append(b, "— "+s.Name+" "+canonical64(s.Base64)+"\n"...)
	}
	return b
}

// canonical64 writes the bytes of a base64 text anew: its last letter may hold
// bits that mean nothing.
func canonical64(s string) string {
	raw, _ := base64.StdEncoding.DecodeString(s)
	return base64.StdEncoding.EncodeToString(raw)
}

func noteError(file string, err error) error {
	var unknown *note.UnverifiedNoteError
	var invalid *note.InvalidSignatureError
	switch {
	case errors.As(err, &unknown):
		return bad("%s is signed, but by none of the keys that you trust%s", file, signers(unknown.Note))
	case errors.As(err, &invalid):
		return bad("the signature of %s in %s is wrong: it was changed, or is another text's", invalid.Name, file)
	}
	return bad("%s is no signed note: %v", file, err)
}

func signers(n *note.Note) string {
	var names []string
	for _, s := range n.UnverifiedSigs {
		if len(names) < 3 && len(s.Name) < 100 {
			names = append(names, s.Name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return " (by " + strings.Join(names, ", ") + ")"
}

// A head is what a checkpoint says.
type head struct {
	origin string
	size   int64
	root   evidence.Hash
}

// openCheckpoint reads a signed checkpoint and checks its signatures.
func openCheckpoint(data []byte, keys []note.Verifier) (head, []string, error) {
	n, err := note.Open(data, note.VerifierList(keys...))
	if err != nil {
		return head{}, nil, noteError(fileCheckpoint, err)
	}
	var names []string
	for _, s := range n.Sigs {
		names = append(names, s.Name)
	}
	origin, c, err := evidence.ParseCheckpoint(n.Text)
	if err != nil {
		return head{}, nil, bad("%s: %s", fileCheckpoint, core.MessageOf(err))
	}
	return head{origin, c.Size, c.Root}, names, nil
}
