// Package check_test measures how fast `nexo check hours` answers, on one core:
// lines read, decided, explained and written, the program's start among it.
package check_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/jobfluss/nexo/tests/programs"
)

const lines = 100_000

// BenchmarkHours answers 100,000 lines: numbers of many area codes, with and
// without a ZIP code, at every hour of every day of a year. A checker is one
// goroutine; the limit on the others is for the garbage collector.
func BenchmarkHours(b *testing.B) {
	dir := b.TempDir()
	if err := programs.Build(dir, "nexo"); err != nil {
		b.Fatal(err)
	}
	in := questions()
	for range b.N {
		cmd := exec.Command(filepath.Join(dir, "nexo"), "check", "hours")
		cmd.Env = append(os.Environ(), "GOMAXPROCS=1")
		cmd.Stdin = bytes.NewReader(in)
		start := time.Now()
		out, err := cmd.Output()
		took := time.Since(start)
		if n := bytes.Count(out, []byte("\n")); err != nil || n != lines || bytes.Contains(out, []byte(`"error"`)) {
			b.Fatalf("%d lines came back, %v", n, err)
		}
		fmt.Fprintf(os.Stdout, "\nBENCH check_hours_lines_per_s %.0f\n", lines/took.Seconds())
	}
}

func questions() []byte {
	areas := []int{212, 305, 813, 850, 928, 208, 605, 701, 416, 787, 907, 808, 800, 617, 512, 713, 215, 412, 503, 206}
	zips := []string{"", `,"zip":"33101"`, `,"zip":"85001","profile":"strict"`, `,"margin_minutes":15`}
	first := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var b bytes.Buffer
	for i := range lines {
		at := first.Add(time.Duration(i*5) * time.Minute)
		fmt.Fprintf(&b, `{"number":"+1%d55501%02d","at":"%s"%s}`+"\n", areas[i%len(areas)], i%100, at.Format(time.RFC3339), zips[i%len(zips)])
	}
	return b.Bytes()
}
