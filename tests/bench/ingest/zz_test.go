package ingest_test

import (
	"testing"
	"time"
	"context"
	"os"
	"strings"
	"strconv"
	"syscall"
	"path/filepath"
	"github.com/jobfluss/nexo/core/inbox"
	"github.com/jobfluss/nexo/tests/pgtest"
)

func goCPU() time.Duration { var u syscall.Rusage; syscall.Getrusage(0, &u); return time.Duration(u.Utime.Nano()+u.Stime.Nano()) }
func pgCPU() (us, sy time.Duration) {
	fs, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, f := range fs {
		b, err := os.ReadFile(f)
		if err != nil || !strings.Contains(string(b), "(postgres)") { continue }
		w := strings.Fields(string(b)[strings.LastIndex(string(b), ")")+2:])
		u, _ := strconv.Atoi(w[11]); s, _ := strconv.Atoi(w[12])
		us += time.Duration(u)*10*time.Millisecond
		sy += time.Duration(s)*10*time.Millisecond
	}
	return
}

func BenchmarkZ(b *testing.B) {
	r := newRig(b, pgtest.URL(b), b.TempDir())
	n := 1
	for _, size := range []int{1, 32, 128, 256} {
		groups := 8192/size
		if size == 1 { groups = 500 }
		var all [][]inbox.Event
		for range groups {
			es := make([]inbox.Event, size)
			for i := range es {
				if n%stopEvery == 0 { n++ }
				es[i] = r.in.Intake.Provider.Parse(r.carrier.body(n), time.Now())
				n++
			}
			all = append(all, es)
		}
		start := time.Now()
		g0 := goCPU(); u0, s0 := pgCPU()
		for _, es := range all {
			for _, a := range r.in.Intake.AcceptAll(context.Background(), es) { if a.Err != nil || !a.Fresh { b.Fatal(a) } }
		}
		d := time.Duration(groups*size)
		u1, s1 := pgCPU()
		b.Logf("size %d: per event: wall %v go %v pg user %v sys %v", size, time.Since(start)/d, (goCPU()-g0)/d, (u1-u0)/d, (s1-s0)/d)
	}
}
