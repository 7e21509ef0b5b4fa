package check

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestGolden holds every check to its answers, byte for byte: they are the
// contract.
func TestGolden(t *testing.T) {
	t.Parallel()
	for _, name := range Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := inputOf(t, name)
			c := newChecker(t, name)
			var out bytes.Buffer
			report, err := c.Run(context.Background(), bytes.NewReader(in), &out)
			if err != nil {
				t.Fatal(err)
			}
			if n := bytes.Count(in, []byte("\n")); report.Lines != n || bytes.Count(out.Bytes(), []byte("\n")) != n {
				t.Errorf("%d lines in, %d counted, %d out", n, report.Lines, bytes.Count(out.Bytes(), []byte("\n")))
			}
			golden(t, name+".golden.jsonl", out.Bytes())
			golden(t, name+".schema.json", c.Schema())
		})
	}
}

func newChecker(t testing.TB, name string) *Checker {
	t.Helper()
	c, err := New(name, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func inputOf(t testing.TB, name string) []byte {
	t.Helper()
	if name == "webhook" {
		return webhookLines()
	}
	in, err := os.ReadFile(filepath.Join("testdata", name+".jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// edition has a hash of the rulebook in it, which changes with every amendment.
var edition = regexp.MustCompile(`@[0-9a-f]{8}"`)

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	got = edition.ReplaceAll(got, []byte(`@…"`))
	name = filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(name, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	gots, wants := bytes.Split(got, []byte("\n")), bytes.Split(want, []byte("\n"))
	for i := range max(len(gots), len(wants)) {
		switch {
		case i >= len(gots), i >= len(wants):
			t.Fatalf("%s has %d lines, want %d", name, len(gots), len(wants))
		case !bytes.Equal(gots[i], wants[i]):
			t.Errorf("%s:%d is\n%s\nwant\n%s", name, i+1, gots[i], wants[i])
		}
	}
}

// TestNoNumberInErrors: what is wrong with a line is often told to a log.
func TestNoNumberInErrors(t *testing.T) {
	t.Parallel()
	number := regexp.MustCompile(`(?:[0-9][^0-9a-z]{0,2}){7}`)
	for _, name := range Names() {
		c := newChecker(t, name)
		for line := range bytes.Lines(inputOf(t, name)) {
			answer := c.Answer(nil, bytes.TrimSuffix(line, []byte("\n")))
			answer = bytes.ReplaceAll(answer, []byte("2026-11-24T18:30:00Z"), nil) // our example of an instant
			if bytes.HasPrefix(answer, []byte(`{"error":`)) && number.Match(answer) {
				t.Errorf("%s repeats a number: %s", name, answer)
			}
		}
	}
	for _, line := range []string{
		`{"+12125550100":1}`, `{"places":[{"state":"+12125550100"}]}`, `{"class":"2125550100"}`, `{"consent":{"+1 (212) 555-0100":1}}`,
		`{"２１２５５５０１００":1}`, `{"now":"2125550100"}`, `{"number":"212 555 O1OO 2125550100"}`, `+12125550100`, `2125550100`, `{"v":2125550100}`, `{"v":1}2125550100`,
	} {
		if answer := newChecker(t, "send").Answer(nil, []byte(line)); !bytes.HasPrefix(answer, []byte(`{"error":`)) || number.Match(bytes.ReplaceAll(answer, []byte("2026-11-24T18:30:00Z"), nil)) {
			t.Errorf("%s: %s", line, answer)
		}
	}
}
