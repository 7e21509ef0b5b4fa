package spool_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/jobfluss/nexo/adapters/spool"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/intake"
)

// TestMain: called by TestOneProcessAtATime, this program is the other process.
func TestMain(m *testing.M) {
	if dir := os.Getenv("SPOOL_TEST_HOLD"); dir != "" {
		hold(dir)
	}
	os.Exit(m.Run())
}

var t0 = time.Date(2026, 11, 24, 15, 10, 1, 123456000, time.UTC)

func event(i int) intake.Spooled {
	return intake.Spooled{
		ID: fmt.Sprintf("telnyx:%d", i), Provider: "telnyx", Received: t0.Add(time.Duration(i) * time.Second),
		Raw: fmt.Appendf(nil, `{"n":%d,"odd":"%s"}`, i, "\x00\xff\xfe\xffNX"[:i%7]),
	}
}

func urgent(i int) intake.Spooled {
	e := event(i)
	e.Urgent = true
	return e
}

func open(t testing.TB, c spool.Config) *spool.Spool {
	t.Helper()
	s, err := spool.Open(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func add(t testing.TB, s *spool.Spool, es ...intake.Spooled) {
	t.Helper()
	if err := s.Add(es); err != nil {
		t.Fatal(err)
	}
}

// drain takes out everything, n at a time.
func drain(t testing.TB, s *spool.Spool, n int) (out []intake.Spooled) {
	t.Helper()
	for {
		es, err := s.Next(n)
		if err != nil {
			t.Fatal(err)
		}
		if len(es) == 0 {
			return out
		}
		out = append(out, es...)
		if err := s.Done(len(es), nil); err != nil {
			t.Fatal(err)
		}
	}
}

func ids(es []intake.Spooled) []string {
	out := []string{}
	for _, e := range es {
		out = append(out, strings.TrimPrefix(e.ID, "telnyx:"))
	}
	return out
}

// files are the names of what is in a folder.
func files(t testing.TB, dir, pattern string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

func TestOptOutsFirstThenInOrder(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "made", "if missing")
	s := open(t, spool.Config{Dir: dir, Segment: 200})
	add(t, s, event(1), urgent(2), event(3))
	add(t, s, urgent(4))
	add(t, s, event(5), event(6), event(7))
	if st := s.Stat(); st.Events != 7 || !st.Oldest.Equal(event(1).Received) || st.Bytes <= 0 || st.Aside+st.Torn != 0 {
		t.Errorf("Stat: %+v", st)
	}
	es, err := s.Next(1)
	if err != nil || !cmp.Equal(es, []intake.Spooled{urgent(2)}) {
		t.Fatalf("Next: %+v, %v", es, err)
	}
	if again, _ := s.Next(1); !cmp.Equal(again, es) {
		t.Errorf("Next before Done gives %v, want the same event again", ids(again))
	}
	if err := s.Done(1, nil); err != nil {
		t.Fatal(err)
	}
	// An opt-out that comes meanwhile overtakes.
	if es, _ = s.Next(10); !slices.Equal(ids(es), []string{"4"}) {
		t.Errorf("then %v, want the other opt-out", ids(es))
	}
	add(t, s, urgent(8))
	if err := s.Done(1, nil); err != nil {
		t.Fatal(err)
	}
	if got := ids(drain(t, s, 2)); !slices.Equal(got, []string{"8", "1", "3", "5", "6", "7"}) {
		t.Errorf("the rest came out as %v", got)
	}
	if st := s.Stat(); st.Events != 0 || st.Bytes != 0 || !st.Oldest.IsZero() {
		t.Errorf("Stat of an empty spool: %+v", st)
	}
	if left := files(t, dir, "*.spool"); len(left) != 0 {
		t.Errorf("of an empty spool the files %v are left", left)
	}
}

func TestComesBackWholeAfterARestart(t *testing.T) {
	t.Parallel()
	c := spool.Config{Dir: t.TempDir(), Segment: 300}
	s := open(t, c)
	var want []intake.Spooled
	for i := range 20 {
		want = append(want, event(i))
		add(t, s, event(i))
	}
	// Half of a segment is done: after a restart it comes again.
	if _, err := s.Next(2); err != nil {
		t.Fatal(err)
	}
	if err := s.Done(2, nil); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Add([]intake.Spooled{event(99)}); !errors.Is(err, core.Unavailable) {
		t.Errorf("Add to a closed spool: %v", err)
	}
	if _, err := s.Next(1); !errors.Is(err, core.Unavailable) {
		t.Errorf("Next of a closed spool: %v", err)
	}
	s = open(t, c)
	if st := s.Stat(); st.Events != len(want) || !st.Oldest.Equal(t0) {
		t.Errorf("Stat after a restart: %+v", st)
	}
	add(t, s, event(20))
	if diff := cmp.Diff(append(want, event(20)), drain(t, s, 7)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestOnlyTheOwnerMayRead(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "spool")
	s := open(t, spool.Config{Dir: dir})
	add(t, s, event(1), urgent(2))
	if _, err := s.Next(1); err != nil {
		t.Fatal(err)
	}
	if err := s.Done(1, []int{0}); err != nil {
		t.Fatal(err)
	}
	if err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if info, _ := d.Info(); info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s may be read by others: %v", d.Name(), info.Mode())
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// segmentOf writes events and returns the bytes of their one file, its name, and
// where each record ends.
func segmentOf(t *testing.T, es ...intake.Spooled) (content []byte, name string, ends []int) {
	t.Helper()
	dir := t.TempDir()
	s := open(t, spool.Config{Dir: dir})
	for _, e := range es {
		add(t, s, e)
		ends = append(ends, int(s.Stat().Bytes))
	}
	paths := files(t, dir, "*.spool")
	content, err := os.ReadFile(paths[0])
	if err != nil || len(paths) != 1 {
		t.Fatal(paths, err)
	}
	return content, filepath.Base(paths[0]), ends
}

func put(t *testing.T, dir, name string, content []byte) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// A crash may cut the file off anywhere, and may leave zeros where it was
// already told to be longer. What was synced before comes out, and it goes on.
func TestCutOffAtEveryByte(t *testing.T) {
	t.Parallel()
	content, name, ends := segmentOf(t, event(1), event(2), event(3))
	root := t.TempDir()
	for _, zeros := range []int{0, 64} {
		for n := range len(content) + 1 {
			dir := filepath.Join(root, fmt.Sprint(zeros, "-", n))
			put(t, dir, name, append(slices.Clone(content[:n]), make([]byte, zeros)...))
			whole := 0
			for _, end := range ends {
				if n >= end {
					whole++
				}
			}
			s := open(t, spool.Config{Dir: dir})
			if st := s.Stat(); st.Events != whole {
				t.Errorf("cut off at %d with %d zeros: Stat says %d events, want %d", n, zeros, st.Events, whole)
			}
			add(t, s, event(9))
			want := append(ids([]intake.Spooled{event(1), event(2), event(3)}[:whole]), "9")
			if got := ids(drain(t, s, 2)); !slices.Equal(got, want) {
				t.Errorf("cut off at %d with %d zeros: got %v, want %v", n, zeros, got, want)
			}
			if st := s.Stat(); st.Torn > 1 || zeros == 0 && st.Aside != 0 {
				t.Errorf("cut off at %d with %d zeros: %+v", n, zeros, st)
			}
			_ = s.Close()
		}
	}
}

// Whatever byte a disk changes, it costs one event at most, and what is lost of
// it is set aside and told.
func TestEveryByteChanged(t *testing.T) {
	t.Parallel()
	es := []intake.Spooled{event(1), event(2), event(3)}
	content, name, ends := segmentOf(t, es...)
	first := ends[0] - (ends[1] - ends[0]) // where the header ends, give or take
	root := t.TempDir()
	for i := range content {
		for _, change := range []byte{0x01, 0x80, 0xff} {
			dir := filepath.Join(root, fmt.Sprintf("%d-%x", i, change))
			b := slices.Clone(content)
			b[i] ^= change
			put(t, dir, name, b)
			s := open(t, spool.Config{Dir: dir})
			got := drain(t, s, 10)
			st := s.Stat()
			_ = s.Close()
			for _, e := range got {
				if !slices.ContainsFunc(es, func(x intake.Spooled) bool { return cmp.Equal(x, e) }) {
					t.Errorf("byte %d: an event came out that nobody put in: %+v", i, e)
				}
			}
			lost := len(es) - len(got)
			if lost > 1 || lost == 1 && st.Aside != 1 {
				t.Errorf("byte %d: %v came out, %d set aside", i, ids(got), st.Aside)
			}
			if aside := files(t, dir, "aside-*"); len(aside) != st.Aside {
				t.Errorf("byte %d: Stat says %d set aside, there are %v", i, st.Aside, aside)
			}
			if i >= first+16 && lost == 0 {
				t.Errorf("byte %d: nobody noticed the change", i)
			}
		}
	}
}

func TestForeignFilesAreLeftAlone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"notes.txt", "urgent-x.spool", "others.spool", "aside-x.spool", "else-0000000001.spool"} {
		put(t, dir, name, []byte("hello"))
	}
	put(t, dir, "urgent-0000000007.spool", []byte("this is no segment"))
	s := open(t, spool.Config{Dir: dir})
	add(t, s, urgent(1))
	if got := ids(drain(t, s, 5)); !slices.Equal(got, []string{"1"}) {
		t.Errorf("got %v", got)
	}
	if st := s.Stat(); st.Aside != 1 {
		t.Errorf("what is no segment was not set aside: %+v", st)
	}
	if left := files(t, dir, "*"); len(left) != 7 { // five, one aside, the lock
		t.Errorf("left are %v", left)
	}
}

func TestBounded(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := spool.Config{Dir: dir, Max: 20_000, Segment: 1_000}
	s := open(t, c)
	big := func(i int, isUrgent bool) intake.Spooled {
		e := event(i)
		e.Raw, e.Urgent = bytes.Repeat([]byte("x"), 300), isUrgent
		return e
	}
	fill := func(isUrgent bool) (n int) {
		for i := range 1000 {
			err := s.Add([]intake.Spooled{big(i, isUrgent)})
			if err != nil {
				if !errors.Is(err, core.Unavailable) || !strings.Contains(core.MessageOf(err), "full") {
					t.Errorf("a full spool says %v", err)
				}
				return n
			}
			n++
		}
		t.Fatal("there is no end")
		return n
	}
	others := fill(false)
	urgents := fill(true)
	if others == 0 || urgents == 0 {
		t.Fatalf("%d events and then %d opt-outs fit: the last tenth is for opt-outs", others, urgents)
	}
	size := int64(0)
	for _, path := range files(t, dir, "*.spool") {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		size += info.Size()
	}
	if st := s.Stat(); size > c.Max || st.Bytes != size || st.Max != c.Max {
		t.Errorf("%d bytes are on the disk, Stat says %+v", size, st)
	}
	if got := drain(t, s, 50); len(got) != others+urgents {
		t.Errorf("%d came out, want %d", len(got), others+urgents)
	}
	if again := fill(false); again != others {
		t.Errorf("drained, it takes %d, want %d again", again, others)
	}
}

func TestTooLargeAnEventIsRefusedAndHarmsNobody(t *testing.T) {
	t.Parallel()
	s := open(t, spool.Config{Dir: t.TempDir()})
	huge := event(1)
	huge.Raw = make([]byte, 2<<20)
	if err := s.Add([]intake.Spooled{event(2), huge}); !errors.Is(err, core.Unavailable) {
		t.Errorf("Add of 2 MiB: %v", err)
	}
	largest := event(3)
	largest.Raw = make([]byte, 1<<20)
	add(t, s, largest)
	if got := drain(t, s, 5); len(got) != 1 || len(got[0].Raw) != 1<<20 {
		t.Errorf("got %v", ids(got))
	}
}

func TestRefusedIsSetAside(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := spool.Config{Dir: dir}
	s := open(t, c)
	for i := range 5 {
		add(t, s, event(i))
	}
	if _, err := s.Next(4); err != nil {
		t.Fatal(err)
	}
	if err := s.Done(5, nil); !errors.Is(err, core.Internal) {
		t.Errorf("Done of more than was given: %v", err)
	}
	if err := s.Done(4, []int{1, 2}); err != nil {
		t.Fatal(err)
	}
	drain(t, s, 5)
	if st := s.Stat(); st.Aside != 2 || st.Events != 0 || st.Bytes == 0 {
		t.Errorf("Stat: %+v, want two aside", st)
	}
	_ = s.Close()
	s = open(t, c)
	if st := s.Stat(); st.Aside != 2 {
		t.Errorf("after a restart Stat says %+v, want two aside", st)
	}
	_ = s.Close()
	// A person may put it back by its name.
	for i, path := range files(t, dir, "aside-*") {
		if err := os.Rename(path, filepath.Join(dir, fmt.Sprintf("others-%010d.spool", 100+i))); err != nil {
			t.Fatal(err)
		}
	}
	s = open(t, c)
	if got := ids(drain(t, s, 5)); len(got) != 2 {
		t.Errorf("put back, %v came out", got)
	}
}

// hold is the other process: it adds an event, says so, and waits to be killed.
func hold(dir string) {
	s, err := spool.Open(spool.Config{Dir: dir})
	if err == nil {
		err = s.Add([]intake.Spooled{urgent(1), event(2)})
	}
	fmt.Println("added", err)
	_, _ = bufio.NewReader(os.Stdin).ReadString('\n')
	os.Exit(3)
}

func TestOneProcessAtATime(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	other := exec.Command(self)
	other.Env = append(os.Environ(), "SPOOL_TEST_HOLD="+dir)
	in, err := other.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := other.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	if line, _ := bufio.NewReader(out).ReadString('\n'); line != "added <nil>\n" {
		t.Fatalf("the other process says %q", line)
	}
	if s, err := spool.Open(spool.Config{Dir: dir}); !errors.Is(err, core.Conflict) || s != nil {
		t.Errorf("a second process opens the same folder: %v", err)
	}
	if err := other.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = other.Wait()
	s := open(t, spool.Config{Dir: dir})
	if got := ids(drain(t, s, 5)); !slices.Equal(got, []string{"1", "2"}) {
		t.Errorf("after the other was killed, %v came out", got)
	}
}

func TestFolderThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := spool.Open(spool.Config{Dir: filepath.Join(file, "spool")}); !errors.Is(err, core.Invalid) || !strings.Contains(core.MessageOf(err), "NEXO_SPOOL") {
		t.Errorf("a folder in a file: %v", err)
	}
}
