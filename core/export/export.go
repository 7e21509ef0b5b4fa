// Package export writes everything that is on record about one business into a
// folder, with all that is needed to check it: [Service.Export] writes, [Verify]
// checks it without a database or a network.
//
// A folder has
//
//   - checkpoint, the signed head of the log that the export is made under,
//   - records.jsonl, a line for each of the business's leaves by rising number:
//     where it is in the log, the record with its salt, and the inclusion proof,
//   - law.json, the rulebook of the program that wrote it,
//   - README.txt, and
//   - manifest.json, which is written last.
//
// It is written page by page, so memory does not grow with it. A run that was
// interrupted is taken up where it stopped, under the same checkpoint, and ends
// with the same bytes. (A record that is erased in between stays as it was
// written: begin anew, in another folder, to leave it out.)
package export

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"hash"
	"io"
	"io/fs"
	"strconv"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/law"
	"github.com/jobfluss/nexo/core/store"
)

// The files of an export.
const (
	CheckpointFile = "checkpoint"
	RecordsFile    = "records.jsonl"
	LawFile        = "law.json"
	ReadmeFile     = "README.txt"
	ManifestFile   = "manifest.json"
)

// maxLine is the longest line of records that is read back: far more than any
// record has.
const maxLine = 16 << 20

// A Folder is where an export is written. One program at a time uses it.
type Folder interface {
	// FS reads what was written; a file that is not there is fs.ErrNotExist.
	fs.FS
	// Put writes a whole file: after a crash it is there or not, and never in
	// part.
	Put(name string, data []byte) error
	// Extend opens a file, new or not, cuts it off after size bytes, and writes
	// behind them. Close returns when what was written is safe.
	Extend(name string, size int64) (io.WriteCloser, error)
}

// A Service is the use case. It only reads the store, and is safe for concurrent
// use.
type Service struct {
	Store store.Store
	// Page is how many records are read at once; 0 means 256.
	Page int
}

// A Report says what an Export wrote.
type Report struct {
	Records int64 // in the folder now
	Resumed int64 // of them, those that an earlier run had written
	Size    int64 // of the log under the checkpoint
}

// manifest is the file of that name.
type manifest struct {
	Business string          `json:"business"`
	Files    map[string]file `json:"files"`
	Records  int64           `json:"records"`
	V        int             `json:"v"`
}

type file struct {
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size"`
}

// line is one line of records.jsonl. Body and salt are null once erased.
type line struct {
	Seq        int64           `json:"seq"`
	Index      int64           `json:"index"`
	Record     core.RecordID   `json:"record"`
	Commitment string          `json:"commitment"`
	Salt       *string         `json:"salt"`
	Body       json.RawMessage `json:"body"`
	Proof      []string        `json:"proof"`
}

const op = "export.Export"

// Export writes what is on record about a business into a folder, or goes on
// where an earlier run stopped. told, unless nil, is called after each page with
// the number of records that are written. Errors are NotFound for a business that
// is not there, Conflict where the folder holds another business's export or
// nothing is sealed yet, and those of store and folder.
func (s *Service) Export(ctx context.Context, b core.BusinessID, to Folder, told func(records int64)) (Report, error) {
	head, err := s.head(ctx, b, to)
	if err != nil {
		return Report{}, err
	}
	w := &writer{s: s, b: b, to: to, head: head, files: map[string]file{}}
	done, err := w.begin()
	if err != nil || done {
		return w.report(), err
	}
	if err := w.records(ctx, told); err != nil {
		return w.report(), err
	}
	return w.report(), w.end()
}

// head is the checkpoint of the folder, or the newest one, which is then the
// folder's.
func (s *Service) head(ctx context.Context, b core.BusinessID, to Folder) (evidence.Checkpoint, error) {
	var c evidence.Checkpoint
	err := s.Store.View(ctx, func(ctx context.Context, tx store.Tx) error {
		if _, err := tx.Accounts.Business(ctx, b); err != nil {
			return err
		}
		var err error
		c, err = tx.Evidence.Head(ctx)
		return err
	})
	if err != nil {
		return c, err
	}
	note, err := fs.ReadFile(to, CheckpointFile)
	if errors.Is(err, fs.ErrNotExist) {
		if c.Size == 0 {
			return c, core.E(op, core.Conflict, "nothing is sealed in the log yet: let the worker seal it first, which it does every second")
		}
		return c, to.Put(CheckpointFile, c.Note)
	}
	if err != nil {
		return c, err
	}
	// A folder of our own making: its signature is for whoever checks it.
	text, _, ok := bytes.Cut(note, []byte("\n\n"))
	if !ok {
		return c, core.E(op, core.Conflict, "the folder has a checkpoint that is none: choose another folder")
	}
	_, old, err := evidence.ParseCheckpoint(string(text) + "\n")
	if err != nil || old.Size > c.Size {
		return c, core.E(op, core.Conflict, "the folder's checkpoint is not of this log: choose another folder")
	}
	return old, nil
}

// A writer is one run.
type writer struct {
	s       *Service
	b       core.BusinessID
	to      Folder
	head    evidence.Checkpoint
	files   map[string]file
	last    int64 // number of the last record that is written
	resumed int64
	size    int64 // of the lines
	sum     hash.Hash
}

func (w *writer) report() Report {
	return Report{Records: w.last, Resumed: w.resumed, Size: w.head.Size}
}

// begin looks at what there is: whether all is done, and else how far it is.
func (w *writer) begin() (done bool, err error) {
	if data, err := fs.ReadFile(w.to, ManifestFile); err == nil {
		var m manifest
		if json.Unmarshal(data, &m) != nil || m.Business != w.b.String() {
			return false, core.E(op, core.Conflict, "the folder holds another business's export: choose another folder")
		}
		w.last, w.resumed = m.Records, m.Records
		return true, nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		return false, err
	}
	w.sum = sha256.New()
	f, err := w.to.Open(RecordsFile)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer func() { _ = f.Close() }()
	return false, w.resume(f)
}

// resume reads whole lines that an earlier run wrote. A line that it did not end
// is written anew.
func (w *writer) resume(f io.Reader) error {
	r := bufio.NewReaderSize(f, 1<<16)
	for {
		text, err := readLine(r)
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			w.resumed = w.last
			return nil
		}
		if err != nil {
			return err
		}
		var l struct{ Seq int64 }
		if json.Unmarshal(text, &l) != nil || l.Seq != w.last+1 {
			return core.E(op, core.Conflict, "line "+strconv.FormatInt(w.last+1, 10)+" of "+RecordsFile+" is not what an export writes: choose another folder")
		}
		w.last, w.size = l.Seq, w.size+int64(len(text))
		w.sum.Write(text)
	}
}

// readLine returns a line with its end. One without is io.ErrUnexpectedEOF.
func readLine(r *bufio.Reader) ([]byte, error) {
	var out []byte
	for {
		part, err := r.ReadSlice('\n')
		if out = append(out, part...); len(out) > maxLine {
			return nil, core.E("export", core.Invalid, "a line of "+RecordsFile+" is longer than any record")
		}
		switch {
		case err == nil:
			return out, nil
		case err == bufio.ErrBufferFull:
		case err == io.EOF && len(out) > 0:
			return out, io.ErrUnexpectedEOF
		default:
			return nil, err
		}
	}
}

// records writes the lines that are missing.
func (w *writer) records(ctx context.Context, told func(int64)) error {
	f, err := w.to.Extend(RecordsFile, w.size)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(f, 1<<16)
	for more := true; more && err == nil; {
		if err = ctx.Err(); err != nil {
			break
		}
		if more, err = w.page(ctx, out); err == nil && told != nil {
			told(w.last)
		}
	}
	return errors.Join(err, out.Flush(), f.Close())
}

// page writes the next lines and reports whether there may be more.
func (w *writer) page(ctx context.Context, out *bufio.Writer) (bool, error) {
	n := w.s.Page
	if n <= 0 {
		n = 256
	}
	var rs []evidence.Record
	var leaves []evidence.Leaf
	var proofs []tlog.RecordProof
	err := w.s.Store.View(ctx, func(ctx context.Context, tx store.Tx) error {
		var err error
		if rs, leaves, err = tx.Evidence.OfBusiness(ctx, w.b, w.last, n); err != nil {
			return err
		}
		for i, l := range leaves {
			if l.Index >= w.head.Size { // sealed after the checkpoint
				rs, leaves = rs[:i], leaves[:i]
				break
			}
		}
		proofs, err = prove(ctx, tx.Evidence, w.head.Size, leaves)
		return err
	})
	if err != nil {
		return false, err
	}
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false) // a body is committed to as it is
	for i, r := range rs {
		if leaves[i].Seq != w.last+1 {
			return false, core.E(op, core.Internal, "a record is missing before number "+strconv.FormatInt(leaves[i].Seq, 10)+" of the business: the database was changed from outside; restore it from a backup")
		}
		text.Reset()
		if err := enc.Encode(lineOf(r, leaves[i], proofs[i])); err != nil {
			return false, core.Wrap(op, core.Internal, "", err)
		}
		if _, err := out.Write(text.Bytes()); err != nil {
			return false, err
		}
		w.last, w.size = leaves[i].Seq, w.size+int64(text.Len())
		w.sum.Write(text.Bytes())
	}
	return len(rs) == n, nil
}

func lineOf(r evidence.Record, l evidence.Leaf, p tlog.RecordProof) line {
	out := line{Seq: l.Seq, Index: l.Index, Record: r.ID, Commitment: r.Commitment.String(), Proof: make([]string, len(p))}
	if !r.Erased() {
		salt := hex.EncodeToString(r.Salt[:])
		out.Salt, out.Body = &salt, r.Body
	}
	for i, h := range p {
		out.Proof[i] = base64.StdEncoding.EncodeToString(h[:])
	}
	return out
}

// end writes what describes the lines, the manifest last.
func (w *writer) end() error {
	w.files[RecordsFile] = file{hex.EncodeToString(w.sum.Sum(nil)), w.size}
	note, err := fs.ReadFile(w.to, CheckpointFile)
	if err != nil {
		return err
	}
	w.files[CheckpointFile] = fileOf(note)
	for name, data := range map[string][]byte{LawFile: law.USData(), ReadmeFile: []byte(readme)} {
		if err := w.to.Put(name, data); err != nil {
			return err
		}
		w.files[name] = fileOf(data)
	}
	data, err := manifest{Business: w.b.String(), Files: w.files, Records: w.last, V: 1}.bytes()
	if err != nil {
		return core.Wrap(op, core.Internal, "", err)
	}
	return w.to.Put(ManifestFile, data)
}

// bytes is the one way to write m.
func (m manifest) bytes() ([]byte, error) {
	data, err := json.MarshalIndent(m, "", "  ")
	return append(data, '\n'), err
}

func fileOf(data []byte) file {
	sum := sha256.Sum256(data)
	return file{hex.EncodeToString(sum[:]), int64(len(data))}
}

const readme = `Everything on record about one business, by NexoAlerts.

records.jsonl   one record a line, by rising number: where its leaf is in the
                log, its commitment, the salt and the body (null once erased),
                and the inclusion proof
checkpoint      the signed head of the log that the proofs lead to
law.json        the rulebook that decisions name by edition
manifest.json   the SHA-256 of each file

To check it, with the log's public key and nothing else:

    nexo verify FOLDER --key KEY

By hand: a commitment is the SHA-256 of "nexo record v1\n", the 16 bytes of the
salt, and the body to the byte. A leaf's data is the 16 bytes of the business's
id, its number as 8 bytes, most significant first, and the commitment; it is
hashed, and proven, as RFC 6962 says. Numbers have no gaps, so that a record
that is left out shows.
`
