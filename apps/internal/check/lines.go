package check

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"

	"github.com/jobfluss/nexo/core"
)

// MaxLine is the longest line that is read, in bytes without its newline. The
// webhook of 1 MiB, the largest that anyone sends, fits in it as base64.
const MaxLine = 2 << 20

// A Report counts what was answered.
type Report struct {
	Lines  int // all of them
	Errors int // those answered by an error
}

// Run answers every line of in on out, each by one line, in order. It returns
// when in ends, or between two lines when ctx does. A program that waits for each
// answer before it asks on gets it: whatever was answered is written before Run
// waits for input. The error is nil if all lines were answered, were it by an
// error.
func (c *Checker) Run(ctx context.Context, in io.Reader, out io.Writer) (Report, error) {
	const op = "check.Run"
	w := bufio.NewWriterSize(out, 64<<10)
	r := lines{r: bufio.NewReaderSize(flushing{in, w}, 64<<10)}
	var report Report
	var answer []byte
	for ctx.Err() == nil {
		line, problem, err := r.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return report, errors.Join(core.Wrap(op, core.Unavailable, "the input cannot be read", err), w.Flush())
		}
		answer = c.answerTo(answer[:0], line, problem)
		report.Lines++
		if bytes.HasPrefix(answer, []byte(`{"error":`)) {
			report.Errors++
		}
		if _, err := w.Write(append(answer, '\n')); err != nil {
			return report, core.Wrap(op, core.Unavailable, "the answers cannot be written", err)
		}
	}
	if err := w.Flush(); err != nil {
		return report, core.Wrap(op, core.Unavailable, "the answers cannot be written", err)
	}
	return report, ctx.Err()
}

func (c *Checker) answerTo(dst, line []byte, problem error) []byte {
	if problem != nil {
		return appendError(dst, problem)
	}
	return c.Answer(dst, line)
}

// flushing writes out what is answered before it waits for more to answer.
type flushing struct {
	in io.Reader
	w  *bufio.Writer
}

func (f flushing) Read(p []byte) (int, error) {
	if err := f.w.Flush(); err != nil {
		return 0, err
	}
	return f.in.Read(p)
}

// lines cuts input into lines.
type lines struct {
	r     *bufio.Reader
	long  []byte // room for lines longer than the reader's buffer
	begun bool
}

var errLongLine = core.E("check.Run", core.Invalid, "the line is longer than 2 MiB")

// next returns a line, without its newline, until the following call. A line that
// is too long is read to its end and reported as a problem.
func (l *lines) next() (line []byte, problem, err error) {
	line, err = l.r.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		line, problem, err = l.rest(line)
	}
	if err != nil && (!errors.Is(err, io.EOF) || len(line) == 0) {
		return nil, nil, err
	}
	line = bytes.TrimSuffix(line, []byte("\n"))
	if !l.begun {
		// Some programs begin a file with a byte order mark.
		line, l.begun = bytes.TrimPrefix(line, []byte("\ufeff")), true
	}
	return line, problem, nil
}

// rest reads on after the first part of a long line.
func (l *lines) rest(first []byte) (line []byte, problem, err error) {
	l.long = append(l.long[:0], first...)
	for err = bufio.ErrBufferFull; errors.Is(err, bufio.ErrBufferFull); {
		first, err = l.r.ReadSlice('\n')
		if problem == nil {
			l.long = append(l.long, first...)
		}
		if len(bytes.TrimSuffix(l.long, []byte("\n"))) > MaxLine {
			l.long, problem = l.long[:1], errLongLine
		}
	}
	return l.long, problem, err
}
