package proof

import (
	"context"
	"crypto/sha256"
	"hash"
	"io"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/decide"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/store"
)

// A Service makes proofs out of a store. It is safe for concurrent use. Each of
// its methods reads one snapshot and keeps a page of it in memory at a time.
type Service struct {
	Store  store.Store
	Signer note.Signer // the log's key; of two, the newer one
	Book   *decide.Book
	Clock  core.Clock
}

// page is how many records are read at once.
const page = 256

// A packer writes one pack.
type packer struct {
	s      *Service
	box    boxer
	m      Manifest
	sum    hash.Hash // of the file that is being written
	ledger evidence.Ledger
	head   evidence.Checkpoint
	prover *prover
	buf    []byte
}

// begin reads what every pack begins with.
func (s *Service) begin(ctx context.Context, tx store.Tx, w io.Writer, b core.BusinessID, kind string) (*packer, account.Business, error) {
	if s.Signer == nil {
		return nil, account.Business{}, core.E("proof.Write", core.Invalid, "there is no key to sign the pack with; configure the log's key")
	}
	biz, err := tx.Accounts.Business(ctx, b)
	if err != nil {
		return nil, biz, err
	}
	p := &packer{s: s, box: boxer{w: w}, ledger: tx.Evidence}
	if p.head, err = p.ledger.Head(ctx); err != nil {
		return nil, biz, err
	}
	p.prover = newProver(p.ledger, p.head)
	p.m = Manifest{Form: Form, Kind: kind, Business: b, Name: biz.Name, Created: s.Clock.Now().UTC().Round(0), Size: p.head.Size, Counts: map[string]int64{}}
	return p, biz, nil
}

// file begins a file.
func (p *packer) file(name string) {
	p.shut()
	p.box.file(name)
	p.sum = sha256.New()
	p.m.Files = append(p.m.Files, File{Name: name})
}

// Write appends to the file that was begun last.
func (p *packer) Write(b []byte) (int, error) {
	f := &p.m.Files[len(p.m.Files)-1]
	f.Size += int64(len(b))
	p.sum.Write(b)
	return p.box.Write(b)
}

func (p *packer) shut() {
	if p.sum != nil {
		p.m.Files[len(p.m.Files)-1].SHA256 = evidence.Hash(p.sum.Sum(nil)).String()
		p.sum = nil
	}
}

// whole writes a file at once.
func (p *packer) whole(name string, data []byte) error {
	p.file(name)
	_, err := p.Write(data)
	return err
}

// checkpoint writes the log's head, if anything was taken in yet.
func (p *packer) checkpoint() error {
	if p.head.Size == 0 {
		return nil
	}
	text, _, _ := strings.Cut(string(p.head.Note), "\n\n")
	origin, _, err := evidence.ParseCheckpoint(text + "\n")
	if err != nil {
		return core.Wrap("proof.Write", core.Internal, "", err)
	}
	p.m.Origin = origin
	return p.whole(fileCheckpoint, p.head.Note)
}

// finish writes the manifest and its signature, and ends the container.
func (p *packer) finish() error {
	p.shut()
	data, err := p.m.encode()
	if err != nil {
		return core.Wrap("proof.Write", core.Internal, "", err)
	}
	sig, err := signManifest(data, p.s.Signer)
	if err != nil {
		return core.Wrap("proof.Write", core.Internal, "", err)
	}
	p.box.file(fileManifest)
	_, _ = p.box.Write(data) // the box keeps its first error
	p.box.file(fileSignature)
	_, _ = p.box.Write(sig)
	return p.box.close()
}

// record writes the line of a record into the file that is open.
func (p *packer) record(r *proven) error {
	l := line{commitment: r.Commitment, salt: r.Salt, body: r.Body}
	if r.Erased() {
		l.erased = stub{r.At, r.ID, r.Kind, core.UUID(r.Message), core.UUID(r.Campaign)}
	}
	if r.sealed {
		proof, err := p.prover.prove(r.leaf)
		if err != nil {
			return err
		}
		l.sealed, l.index, l.seq = true, r.leaf.Index, r.leaf.Seq
		l.proof = flatten(proof)
	}
	enter(p.m.Counts, &l, r.Kind)
	p.buf = l.append(p.buf[:0])
	_, err := p.Write(p.buf)
	return err
}

// enter counts a line as a manifest does.
func enter(counts map[string]int64, l *line, k evidence.Kind) {
	counts["records"]++
	if l.body == nil {
		counts["erased"]++
	} else {
		counts[k.String()]++
	}
	if !l.sealed {
		counts["unsealed"]++
	}
}

func flatten(proof tlog.RecordProof) []byte {
	b := make([]byte, 0, len(proof)*tlog.HashSize)
	for _, h := range proof {
		b = append(b, h[:]...)
	}
	return b
}

// A proven record is one with its leaf, if the log has taken it in.
type proven struct {
	evidence.Record
	leaf   evidence.Leaf
	sealed bool
}

// leaves finds the leaves of records; with proofs, it reads the tiles that lead
// from them to the root.
func (p *packer) leaves(ctx context.Context, rs []evidence.Record, proofs bool) ([]proven, error) {
	leaves, err := p.ledger.Leaves(ctx, rs)
	if err != nil {
		return nil, err
	}
	out := make([]proven, len(rs))
	var indexes []int64
	for i, r := range rs {
		leaf, sealed := leaves[r.ID]
		out[i] = proven{r, leaf, sealed}
		if sealed {
			indexes = append(indexes, leaf.Index)
		}
	}
	if proofs {
		err = p.prover.load(ctx, indexes)
	}
	return out, err
}
