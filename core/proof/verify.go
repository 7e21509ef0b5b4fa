package proof

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"hash/crc32"
	"io"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/decide"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/law"
)

// Options is what a check needs beside the file.
type Options struct {
	// Keys are the log's public keys that are trusted; with several, the old and
	// the new one, each file must be signed by one of them.
	Keys []note.Verifier
	// Book is the law by which decisions are taken again, where the pack does not
	// bring the law of their time; nil means the embedded one.
	Book *decide.Book
	// Checkpoint is a checkpoint that was kept elsewhere, nil for none. The pack's
	// must agree with it where both are of one size.
	Checkpoint []byte
}

// A Check is one thing that was looked at.
type Check struct {
	Name   string
	Detail string // what was found; of a failed one, what is wrong
	OK     bool
	// Note: it is as it may be, and whoever reads the pack should know it.
	Note bool
}

// A Report is what a check found. The last of the Checks is the one that failed,
// if one did.
type Report struct {
	Manifest Manifest
	Checks   []Check
}

func (r *Report) pass(name, format string, args ...any) {
	r.Checks = append(r.Checks, Check{Name: name, Detail: fmt.Sprintf(format, args...), OK: true})
}

func (r *Report) note(name, format string, args ...any) {
	r.Checks = append(r.Checks, Check{Name: name, Detail: fmt.Sprintf(format, args...), OK: true, Note: true})
}

// Verify checks a pack of size bytes. It reads the file's lines one after the
// other, and keeps of each no more than it needs for those that follow. Its error
// says the first thing that is wrong, and is of kind [core.Invalid]. The report
// says what was looked at until then. It never holds a number but the one that
// the pack is about.
func Verify(r io.ReaderAt, size int64, o Options) (*Report, error) {
	v := &verifier{o: o, rep: &Report{}, seen: map[string]int64{}, again: map[replay]int64{}}
	if len(o.Keys) == 0 {
		return v.rep, bad("there is no key to check signatures with; give the log's public key")
	}
	for _, step := range []struct {
		name string
		run  func() error
	}{
		{"archive", func() (err error) { v.box, err = unbox(r, size); return err }},
		{"manifest", v.manifest},
		{"files", v.files},
		{"checkpoint", v.checkpoint},
		{"law", v.law},
		{"disclosures", v.disclosures},
		{"texts", v.texts},
		{"records", v.records},
	} {
		if err := step.run(); err != nil {
			v.rep.Checks = append(v.rep.Checks, Check{Name: step.name, Detail: core.MessageOf(err)})
			return v.rep, err
		}
	}
	return v.rep, nil
}

type verifier struct {
	o     Options
	rep   *Report
	box   *box
	m     Manifest
	head  head
	rules bench
	shown map[string]bool   // versions of disclosures whose words are in the pack
	said  map[string]string // of texts the hash of their words
	seen  map[string]int64  // counts, as the manifest has them
	again map[replay]int64
	story storyReport
}

func (v *verifier) manifest() error {
	data, err := v.box.bytes(fileManifest, maxManifest)
	if err != nil {
		return err
	}
	sig, err := v.box.bytes(fileSignature, maxNote)
	if err != nil {
		return err
	}
	by, err := checkSignature(data, sig, v.o.Keys)
	if err != nil {
		return err
	}
	if v.m, err = parseManifest(data); err != nil {
		return err
	}
	v.rep.Manifest = v.m
	v.rep.pass("archive", "%d files, %s", len(v.box.files), "each byte in its place")
	v.rep.pass("manifest", "signed by %s", by)
	return nil
}

// files demands that the archive holds just the files of the manifest, in its
// order, and that each is the one that it names.
func (v *verifier) files() error {
	n := len(v.m.Files)
	if len(v.box.files) != n+2 || v.box.files[n].name != fileManifest || v.box.files[n+1].name != fileSignature {
		return bad("the archive does not hold just the files that %s names, with it and its signature behind them", fileManifest)
	}
	var total int64
	for i, f := range v.m.Files {
		e := v.box.files[i]
		if e.name != f.Name || e.size != f.Size {
			return bad("file %d of the archive is %s with %d bytes, and should be %s with %d", i+1, e.name, e.size, f.Name, f.Size)
		}
		r, _, _ := v.box.file(e.name)
		sum, crc := sha256.New(), crc32.NewIEEE()
		if _, err := io.Copy(io.MultiWriter(sum, crc), r); err != nil {
			return core.Wrap("proof.Verify", core.Invalid, "the file cannot be read to its end", err)
		}
		if evidence.Hash(sum.Sum(nil)).String() != f.SHA256 {
			return bad("%s was changed: it is not the file that %s names", e.name, fileManifest)
		}
		if crc.Sum32() != e.crc {
			return bad("the archive has a wrong checksum for %s", e.name)
		}
		total += e.size
	}
	for _, e := range v.box.files[n:] {
		r, _, _ := v.box.file(e.name)
		crc := crc32.NewIEEE()
		if _, err := io.Copy(crc, r); err != nil || crc.Sum32() != e.crc {
			return bad("the archive has a wrong checksum for %s", e.name)
		}
	}
	v.rep.pass("files", "%d files of %d bytes are those of the manifest", n, total)
	return nil
}

func (v *verifier) checkpoint() error {
	if _, _, ok := v.box.file(fileCheckpoint); !ok {
		if v.m.Size != 0 || v.m.Origin != "" {
			return bad("the pack has no %s, but its manifest speaks of a log", fileCheckpoint)
		}
		v.rep.note("checkpoint", "none: the log had taken in nothing when the pack was made")
		return nil
	}
	data, err := v.box.bytes(fileCheckpoint, maxNote)
	if err != nil {
		return err
	}
	var names []string
	if v.head, names, err = openCheckpoint(data, v.o.Keys); err != nil {
		return err
	}
	if v.head.size != v.m.Size || v.head.origin != v.m.Origin {
		return bad("%s is of another log or another size than %s says: it was swapped", fileCheckpoint, fileManifest)
	}
	v.rep.pass("checkpoint", "log %s with %d records, signed by %s", v.head.origin, v.head.size, strings.Join(names, ", "))
	if v.o.Checkpoint == nil {
		return nil
	}
	kept, _, err := openCheckpoint(v.o.Checkpoint, v.o.Keys)
	switch {
	case err != nil:
		return err
	case kept.origin != v.head.origin:
		return bad("the checkpoint that you kept is of another log")
	case kept.size == v.head.size && kept.root != v.head.root:
		return bad("the checkpoint that you kept has another root for the same size: the log was forked")
	case kept.size == v.head.size:
		v.rep.pass("kept checkpoint", "the same log")
	default:
		v.rep.note("kept checkpoint", "of %d records, the pack's of %d: nothing to compare", kept.size, v.head.size)
	}
	return nil
}

const (
	// maxLaw is more than any rulebook, and maxLaws more than any pack's.
	maxLaw  = 8 << 20
	maxLaws = 16
)

// law loads what the pack brings of the law of its time.
func (v *verifier) law() error {
	v.rules = bench{def: v.o.Book}
	if v.rules.def == nil {
		v.rules.def = decide.US()
	}
	n := 0
	for _, e := range v.box.files {
		if !strings.HasPrefix(e.name, dirLaw) {
			continue
		}
		data, err := v.box.bytes(e.name, maxLaw)
		if err != nil {
			return err
		}
		if n++; n > maxLaws {
			return bad("the pack brings more than %d rulebooks", maxLaws)
		}
		if bytes.Equal(data, law.USData()) {
			v.rules.more = append(v.rules.more, decide.US())
			continue
		}
		rb, err := law.Load(data)
		if err != nil {
			return bad("%s is no rulebook: %v", e.name, err)
		}
		v.rules.more = append(v.rules.more, decide.New(rb))
	}
	v.rep.pass("law", "%d rulebooks in the pack", n)
	return nil
}

// A bench is the books by which decisions are taken again.
type bench struct {
	def  *decide.Book
	more []*decide.Book
}

// book returns the one that holds an edition, nil if none does.
func (b *bench) book(edition string) *decide.Book {
	if _, ok := b.def.Rulebook().Edition(edition); ok || edition == "" {
		return b.def
	}
	for _, x := range b.more {
		if _, ok := x.Rulebook().Edition(edition); ok {
			return x
		}
	}
	return nil
}
