package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/jobfluss/nexo/apps/internal/run"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/export"
	"github.com/jobfluss/nexo/core/proof"
)

type verifyCmd struct {
	Pack       string   `arg:"" help:"The pack, or the folder of an export." type:"path"`
	Key        []string `help:"The log's public key, such as log.example.com+1a2b3c4d+AbC…, or a file with one on each line. Repeat it for several." required:"" sep:"none" placeholder:"KEY"`
	Checkpoint string   `help:"A checkpoint of the log that you have kept, to compare with the pack's." type:"existingfile" placeholder:"FILE"`
}

// Run checks a pack. It ends with 1 if the pack does not hold.
func (c verifyCmd) Run() error {
	var lines []string
	for _, k := range c.Key {
		ks, err := keyLines(k)
		if err != nil {
			return err
		}
		lines = append(lines, ks...)
	}
	keys, err := verifiers(lines)
	if err != nil {
		return err
	}
	if info, err := os.Stat(c.Pack); err == nil && info.IsDir() {
		return c.folder(keys)
	}
	o := proof.Options{Keys: keys}
	if c.Checkpoint != "" {
		if o.Checkpoint, err = readSmall(c.Checkpoint); err != nil {
			return err
		}
	}
	f, err := os.Open(c.Pack)
	if err != nil {
		return core.Wrap("nexo.verify", core.NotFound, fmt.Sprintf("the file %q cannot be opened", c.Pack), err)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return core.Wrap("nexo.verify", core.Unavailable, fmt.Sprintf("the file %q cannot be read", c.Pack), err)
	}
	rep, err := proof.Verify(f, info.Size(), o)
	printReport(os.Stdout, rep)
	if err != nil {
		fmt.Println("This pack does not hold.")
		return run.Exit(1)
	}
	fmt.Println("This pack holds.")
	return nil
}

// folder checks an export.
func (c verifyCmd) folder(keys []note.Verifier) error {
	const op = "nexo.verify"
	if c.Checkpoint != "" {
		return core.E(op, core.Invalid, "--checkpoint is for packs; an export is checked against its own")
	}
	if !export.Is(os.DirFS(c.Pack)) {
		return core.E(op, core.Invalid, fmt.Sprintf("in the folder %q is no export: it has no %s", c.Pack, export.RecordsFile))
	}
	got, err := export.Verify(os.DirFS(c.Pack), note.VerifierList(keys...))
	if err != nil {
		fmt.Printf("FAIL  %s\nThis export does not hold.\n", printable(run.Sentence(err)))
		return run.Exit(1)
	}
	fmt.Printf("ok  %s of the business %s, %d of them erased, from %s to %s\nok  under the head of %d that %s signed at %s\nThis export holds.\n",
		count(int(got.Records), "record", "records"), got.Business, got.Erased, day(got.From), day(got.Until), got.Size, printable(got.Origin), day(got.At))
	return nil
}

// day is an instant for people, in UTC.
func day(t time.Time) string { return t.UTC().Format("2006-01-02 15:04") }

// printReport writes a line for each thing that was looked at.
func printReport(w io.Writer, rep *proof.Report) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, c := range rep.Checks {
		mark := "ok"
		switch {
		case !c.OK:
			mark = "FAIL"
		case c.Note:
			mark = "note"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\n", mark, c.Name, printable(c.Detail))
	}
	_ = t.Flush()
}

// printable keeps what a hostile pack says from moving the cursor.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return '?'
		}
		return r
	}, s)
}

// keyLines returns a key, or those in the file that it names.
func keyLines(key string) ([]string, error) {
	if _, err := note.NewVerifier(strings.TrimSpace(key)); err == nil {
		return []string{strings.TrimSpace(key)}, nil
	}
	data, err := readSmall(key)
	if err != nil {
		return nil, core.E("nexo.verify", core.Invalid, "--key is neither a public key, such as log.example.com+1a2b3c4d+AbC…, nor a file that can be read")
	}
	var keys []string
	for l := range strings.Lines(string(data)) {
		if l = strings.TrimSpace(l); l != "" && !strings.HasPrefix(l, "#") {
			keys = append(keys, l)
		}
	}
	return keys, nil
}

// verifiers reads public keys.
func verifiers(keys []string) ([]note.Verifier, error) {
	var out []note.Verifier
	for _, k := range keys {
		v, err := note.NewVerifier(k)
		if err != nil {
			return nil, core.E("nexo.verify", core.Invalid, "a key is not a public one of the form log.example.com+1a2b3c4d+AbC…; nexo keys public prints it")
		}
		out = append(out, v)
	}
	if len(out) == 0 {
		return nil, core.E("nexo.verify", core.Invalid, "there is no key in the file")
	}
	return out, nil
}

// readSmall reads a file of keys or a checkpoint.
func readSmall(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, core.Wrap("nexo.verify", core.NotFound, fmt.Sprintf("the file %q cannot be opened", name), err)
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, 1<<16))
	if err != nil {
		return nil, core.Wrap("nexo.verify", core.Unavailable, fmt.Sprintf("the file %q cannot be read", name), err)
	}
	return data, nil
}
