package proof

import (
	"bufio"
	"io"
	"runtime"
	"sync"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/decide"
	"github.com/jobfluss/nexo/core/evidence"
)

// A checked line is a line with what was found out about it by itself.
type checked struct {
	n     int // from 1
	line  line
	text  []byte
	fact  fact         // of one that is not erased
	facts decide.Facts // of a decision
	again replay
	buf   []byte
	err   error
}

const (
	perBatch = 512
	// batchBytes is about how much text of lines is in memory at once.
	batchBytes = 8 << 20
)

func eachLine(r io.Reader, name string, check, take func(*checked) error) error {
	in := bufio.NewReaderSize(r, 256<<10)
	batch := make([]*checked, 0, perBatch)
	spare := make([]*checked, perBatch)
	for i := range spare {
		spare[i] = new(checked)
	}
	for n, done := 0, false; !done; {
		batch = batch[:0]
		for size := 0; len(batch) < perBatch && size < batchBytes; {
			c := spare[len(batch)]
			var err error
			if c.text, err = readLine(in, c.text[:0]); err == io.EOF {
				done = true
				break
			} else if err != nil {
				return bad("%s, line %d: %s", name, n+1, core.MessageOf(err))
			}
			n++
			size += len(c.text)
			c.n, c.err = n, nil
			batch = append(batch, c)
		}
		abreast(batch, check)
		for _, c := range batch {
			if c.err == nil {
				c.err = take(c)
			}
			if c.err != nil {
				return bad("%s, line %d: %s", name, c.n, core.MessageOf(c.err))
			}
		}
	}
	return nil
}

// abreast checks lines on all processors.
func abreast(batch []*checked, check func(*checked) error) {
	var wg sync.WaitGroup
	workers := min(runtime.GOMAXPROCS(0), 1+len(batch)/32)
	for w := range workers {
		wg.Go(func() {
			for i := w; i < len(batch); i += workers {
				batch[i].err = check(batch[i])
			}
		})
	}
	wg.Wait()
}

// readLine appends the next line without its newline. A last line without one was
// cut off.
func readLine(in *bufio.Reader, dst []byte) ([]byte, error) {
	for {
		part, err := in.ReadSlice('\n')
		dst = append(dst, part...)
		switch {
		case len(dst) > maxLine:
			return dst, bad("it is longer than %d bytes", maxLine)
		case err == nil:
			return dst[:len(dst)-1], nil
		case err == bufio.ErrBufferFull:
		case err == io.EOF && len(dst) == 0:
			return dst, io.EOF
		case err == io.EOF:
			return dst, bad("it was cut off")
		default:
			return dst, core.Wrap("proof.Verify", core.Invalid, "it cannot be read", err)
		}
	}
}

// inclusion checks that the line's record is where it says in the log.
func inclusion(l *line, b core.BusinessID, h head) error {
	if !l.sealed {
		return nil
	}
	if l.index < 0 || l.index >= h.size || l.seq < 1 {
		return bad("record %d lies outside the log of the checkpoint", l.index)
	}
	var proof [maxProof]tlog.Hash
	n := 0
	for p := l.proof; len(p) >= tlog.HashSize && n < maxProof; p = p[tlog.HashSize:] {
		proof[n] = tlog.Hash(p)
		n++
	}
	leaf := evidence.Leaf{Index: l.index, Business: b, Seq: l.seq, Commitment: l.commitment}
	if tlog.CheckRecord(proof[:n], h.size, tlog.Hash(h.root), l.index, tlog.RecordHash(leaf.Data())) != nil {
		return bad("record %d is not in the log of the checkpoint under this business, number and commitment", l.index)
	}
	return nil
}
