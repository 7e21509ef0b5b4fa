// Package check_test measures how fast `nexo check hours` answers, on one core:
// lines read, decided, explained and written.
package check_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/jobfluss/nexo/apps/internal/check"
)

const lines = 100_000

// BenchmarkHours answers 100,000 lines: numbers of many area codes, with and
// without a ZIP code, at every hour of every day of a year. A checker is one
// goroutine; the limit on the others is for the garbage collector.
func BenchmarkHours(b *testing.B) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	in := questions()
	for range b.N {
		c, err := check.New("hours", check.Options{})
		if err != nil {
			b.Fatal(err)
		}
		start := time.Now()
		report, err := c.Run(context.Background(), bytes.NewReader(in), io.Discard)
		took := time.Since(start)
		if err != nil || report.Lines != lines || report.Errors != 0 {
			b.Fatalf("%+v, %v", report, err)
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
