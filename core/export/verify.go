package export

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"strconv"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/law"
)

// A Checked is what Verify found to be right.
type Checked struct {
	Business core.BusinessID
	Origin   string // the log's name
	Size     int64  // of the log under the checkpoint
	At       time.Time
	Records  int64
	Erased   int64
	Kinds    map[evidence.Kind]int64
	// From and Until are the first and the last instant of a record.
	From, Until time.Time
}

// maxFile is the largest of the small files that is read.
const maxFile = 4 << 20

// Is reports whether a folder looks like an export: it has the lines.
func Is(folder fs.FS) bool {
	_, err := fs.Stat(folder, RecordsFile)
	return err == nil
}

// Verify checks an export with the log's public keys: that the checkpoint is
// signed by one of them, that every record is what was committed to and lies
// under the checkpoint, that no number of the business is left out, and that the
// files are those of the manifest. It reads line by line, in bounded memory, and
// stops at the first thing that is wrong, an error of kind Invalid.
//
// What it cannot show is that nothing was written after the last number: ask for
// an export under a later checkpoint to see that.
func Verify(folder fs.FS, keys note.Verifiers) (Checked, error) {
	c := Checked{Kinds: map[evidence.Kind]int64{}}
	m, err := readManifest(folder)
	if err != nil {
		return c, err
	}
	v := &verifier{out: &c}
	if c.Business, err = parseBusiness(m.Business); err != nil {
		return c, err
	}
	if err := v.small(folder, m, keys); err != nil {
		return c, err
	}
	if err := v.records(folder, m.Files[RecordsFile]); err != nil {
		return c, err
	}
	if c.Records != m.Records {
		return c, invalid("the manifest promises " + strconv.FormatInt(m.Records, 10) + " records, there are " + strconv.FormatInt(c.Records, 10))
	}
	return c, nil
}

func invalid(msg string) error { return core.E("export.Verify", core.Invalid, msg) }

func parseBusiness(s string) (core.BusinessID, error) {
	u, err := core.ParseUUID(s)
	if err != nil {
		return core.BusinessID{}, invalid("the manifest names no business")
	}
	return core.BusinessID(u), nil
}

func readManifest(folder fs.FS) (manifest, error) {
	var m manifest
	data, err := read(folder, ManifestFile)
	if errors.Is(err, fs.ErrNotExist) {
		return m, invalid("there is no " + ManifestFile + ": the export was not finished; run it again")
	}
	if err != nil {
		return m, err
	}
	err = strict(data, &m)
	if again, err2 := m.bytes(); err != nil || err2 != nil || m.V != 1 || !bytes.Equal(again, data) {
		return m, invalid(ManifestFile + " is none that this program knows")
	}
	return m, nil
}

// read reads a small file.
func read(folder fs.FS, name string) ([]byte, error) {
	f, err := folder.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = invalid(name + " is larger than it can be")
	}
	return data, err
}

// strict reads one JSON value without unknown names.
func strict(data []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return err
	}
	if _, err := dec.Token(); err != io.EOF {
		return invalid("something follows")
	}
	return nil
}

type verifier struct {
	out   *Checked
	root  tlog.Hash
	index int64 // of the last leaf
}

// small checks the files that are read whole.
func (v *verifier) small(folder fs.FS, m manifest, keys note.Verifiers) error {
	for _, name := range []string{CheckpointFile, LawFile, ReadmeFile} {
		data, err := read(folder, name)
		if errors.Is(err, fs.ErrNotExist) {
			return invalid(name + " is missing")
		}
		if err != nil {
			return err
		}
		if fileOf(data) != m.Files[name] {
			return invalid(name + " is not the file that the manifest names: it was changed")
		}
		switch name {
		case CheckpointFile:
			err = v.checkpoint(data, keys)
		case LawFile:
			_, err = law.Load(data)
		}
		if err != nil {
			return err
		}
	}
	if len(m.Files) != 4 {
		return invalid(ManifestFile + " names other files than an export has")
	}
	return nil
}

func (v *verifier) checkpoint(data []byte, keys note.Verifiers) error {
	n, err := note.Open(data, keys)
	if err != nil {
		return core.Wrap("export.Verify", core.Invalid, "the checkpoint is not signed by the key that was given: either it is another log's, or it was changed", err)
	}
	origin, c, err := evidence.ParseCheckpoint(n.Text)
	if err != nil {
		return err
	}
	v.root, v.index = tlog.Hash(c.Root), -1
	v.out.Origin, v.out.Size, v.out.At = origin, c.Size, c.At
	return nil
}

func (v *verifier) records(folder fs.FS, want file) error {
	f, err := folder.Open(RecordsFile)
	if err != nil {
		return invalid(RecordsFile + " is missing")
	}
	defer func() { _ = f.Close() }()
	sum, size := sha256.New(), int64(0)
	r := bufio.NewReaderSize(f, 1<<16)
	for {
		text, err := readLine(r)
		if err == io.EOF {
			break
		}
		if err == io.ErrUnexpectedEOF {
			return invalid("the last line of " + RecordsFile + " is cut off")
		}
		if err != nil {
			return err
		}
		sum.Write(text)
		size += int64(len(text))
		if err := v.line(text); err != nil {
			return core.Wrap("export.Verify", core.Invalid, "record "+strconv.FormatInt(v.out.Records+1, 10)+": "+core.MessageOf(err), err)
		}
	}
	if got := (file{hex.EncodeToString(sum.Sum(nil)), size}); got != want {
		return invalid(RecordsFile + " is not the file that the manifest names: it was changed")
	}
	return nil
}

// line checks one record.
func (v *verifier) line(text []byte) error {
	var l line
	if strict(text, &l) != nil {
		return invalid("the line is none of an export")
	}
	if l.Seq != v.out.Records+1 {
		return invalid("its number is " + strconv.FormatInt(l.Seq, 10) + ": records are left out, or in another order")
	}
	if l.Index <= v.index || l.Index >= v.out.Size {
		return invalid("its place in the log is not after that of the one before")
	}
	leaf := evidence.Leaf{Index: l.Index, Business: v.out.Business, Seq: l.Seq}
	if !decodeHex(l.Commitment, leaf.Commitment[:]) {
		return invalid("its commitment is none")
	}
	proof := make(tlog.RecordProof, len(l.Proof))
	for i, s := range l.Proof {
		b, err := base64.StdEncoding.DecodeString(s)
		if err != nil || len(b) != tlog.HashSize {
			return invalid("its proof is none")
		}
		proof[i] = tlog.Hash(b)
	}
	if err := tlog.CheckRecord(proof, v.out.Size, v.root, l.Index, tlog.RecordHash(leaf.Data())); err != nil {
		return invalid("its proof does not lead to the checkpoint: it is not in the log, or was changed")
	}
	if err := v.body(l, leaf); err != nil {
		return err
	}
	v.index = l.Index
	v.out.Records++
	return nil
}

// body checks that the record is what was committed to.
func (v *verifier) body(l line, leaf evidence.Leaf) error {
	if l.Salt == nil && (l.Body == nil || string(l.Body) == "null") {
		v.out.Erased++
		return nil
	}
	var salt evidence.Salt
	if l.Salt == nil || !decodeHex(*l.Salt, salt[:]) {
		return invalid("its salt is none")
	}
	if evidence.Commit(salt, l.Body) != leaf.Commitment {
		return invalid("its body was changed: the commitment is to another")
	}
	h, err := evidence.ParseHead(l.Body)
	if err != nil {
		return err
	}
	if h.ID != l.Record || h.Business != v.out.Business {
		return invalid("its body is of another record or business")
	}
	v.out.Kinds[h.Kind]++
	if v.out.From.IsZero() || h.At.Before(v.out.From) {
		v.out.From = h.At
	}
	if h.At.After(v.out.Until) {
		v.out.Until = h.At
	}
	return nil
}

func decodeHex(s string, dst []byte) bool {
	if len(s) != 2*len(dst) {
		return false
	}
	_, err := hex.Decode(dst, []byte(s))
	return err == nil
}
