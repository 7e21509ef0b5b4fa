package proof_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/proof"
)

// packs are one of each kind, and the town that they are of.
var packs = sync.OnceValues(func() (*town, [2][]byte) {
	w := newTown(panics{})
	w.Join(guest(0), guest(1), guest(2))
	w.Says(guest(1), "STOP")
	w.Hear()
	w.Send()
	w.Clock.Add(time.Minute)
	c := w.Campaign()
	w.Send()
	w.sealAll()
	return w, [2][]byte{w.number(guest(1)), w.campaign(c.ID)}
})

type panics struct{}

func (panics) Helper()                   {}
func (panics) Fatalf(f string, a ...any) { panic(f) }
func (panics) Errorf(f string, a ...any) { panic(f) }

// refused demands that a pack is found wanting, with a reason, and without a crash.
func refused(t interface{ Fatalf(string, ...any) }, what string, pack []byte) string {
	w, _ := packs()
	r, err := w.verify(pack)
	if err == nil {
		t.Fatalf("%s was not found", what)
	}
	if core.KindOf(err) != core.Invalid || core.MessageOf(err) == "" {
		t.Fatalf("%s: %v is no reason", what, err)
	}
	if last := r.Checks[len(r.Checks)-1]; last.OK || last.Detail == "" {
		t.Fatalf("%s: the report ends with %+v", what, last)
	}
	return core.MessageOf(err)
}

func TestAnyFlippedByteIsFound(t *testing.T) {
	t.Parallel()
	_, ps := packs()
	rapid.Check(t, func(t *rapid.T) {
		pack := bytes.Clone(rapid.SampledFrom(ps[:]).Draw(t, "pack"))
		at := rapid.IntRange(0, len(pack)-1).Draw(t, "at")
		pack[at] ^= byte(rapid.IntRange(1, 255).Draw(t, "bits"))
		refused(t, "a flipped byte", pack)
	})
}

// Headers and signatures are where formats have bits that nobody reads.
func TestEachByteOfTheEndsIsBound(t *testing.T) {
	t.Parallel()
	_, ps := packs()
	for _, pack := range ps {
		n := len(pack)
		for i := range n {
			if i > 200 && i < n-1000 {
				continue
			}
			forged := bytes.Clone(pack)
			forged[i] ^= 1
			refused(t, "a flipped bit", forged)
		}
	}
}

func TestAnyCutOrAddedPartIsFound(t *testing.T) {
	t.Parallel()
	_, ps := packs()
	rapid.Check(t, func(t *rapid.T) {
		pack := rapid.SampledFrom(ps[:]).Draw(t, "pack")
		from := rapid.IntRange(0, len(pack)-1).Draw(t, "from")
		to := rapid.IntRange(from+1, len(pack)).Draw(t, "to")
		refused(t, "a part that was cut out", slices.Delete(bytes.Clone(pack), from, to))
		refused(t, "a part that was put in", slices.Insert(bytes.Clone(pack), from, pack[from:to]...))
	})
}

func parts(t interface{ Fatalf(string, ...any) }, pack []byte) []proof.Part {
	ps, err := proof.Parts(pack)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return ps
}

func TestAnyChangedFileIsFound(t *testing.T) {
	t.Parallel()
	_, ps := packs()
	rapid.Check(t, func(t *rapid.T) {
		files := parts(t, rapid.SampledFrom(ps[:]).Draw(t, "pack"))
		i := rapid.IntRange(0, len(files)-1).Draw(t, "file")
		switch rapid.IntRange(0, 4).Draw(t, "act") {
		case 0:
			refused(t, "a missing file", proof.Join(slices.Delete(slices.Clone(files), i, i+1)))
		case 1:
			j := rapid.IntRange(0, len(files)-2).Draw(t, "other")
			if j >= i {
				j++
			}
			files[i], files[j] = files[j], files[i]
			refused(t, "a changed order of files", proof.Join(files))
		case 2:
			files[i].Data = append(slices.Clone(files[i].Data), ' ')
			refused(t, "a longer file", proof.Join(files))
		case 3:
			files[i].Name += "x"
			refused(t, "another name", proof.Join(files))
		case 4:
			refused(t, "a file that is there twice", proof.Join(slices.Insert(slices.Clone(files), i, files[i])))
		}
	})
}

// lines changes the lines of one file.
func lines(files []proof.Part, name string, edit func([]string) []string) []proof.Part {
	out := slices.Clone(files)
	for i := range out {
		if out[i].Name == name {
			ls := strings.SplitAfter(string(out[i].Data), "\n")
			out[i].Data = []byte(strings.Join(edit(ls[:len(ls)-1]), ""))
		}
	}
	return out
}

// Whoever has the key can sign what he likes. What was sealed he cannot change.
func TestForgedByTheKeysOwner(t *testing.T) {
	t.Parallel()
	w, ps := packs()
	files := parts(t, ps[0])
	forge := func(edit func([]string) []string, m func(*proof.Manifest)) []byte {
		return proof.Join(proof.Sign(lines(files, "records.jsonl", edit), w.proof.Signer, m))
	}
	if _, err := w.verify(forge(func(ls []string) []string { return ls }, nil)); err != nil {
		t.Fatalf("signed again without a change: %v", err)
	}
	t.Run("bodies", func(t *testing.T) {
		t.Parallel()
		rapid.Check(t, func(t *rapid.T) {
			refused(t, "a changed letter", forge(func(ls []string) []string {
				i := rapid.IntRange(0, len(ls)-1).Draw(t, "line")
				b := []byte(ls[i])
				at := rapid.IntRange(0, len(b)-2).Draw(t, "at")
				b[at] ^= byte(rapid.IntRange(1, 255).Draw(t, "bits"))
				ls[i] = string(b)
				return ls
			}, nil))
		})
	})
	t.Run("order", func(t *testing.T) {
		t.Parallel()
		rapid.Check(t, func(t *rapid.T) {
			refused(t, "a changed order", forge(func(ls []string) []string {
				i := rapid.IntRange(0, len(ls)-2).Draw(t, "line")
				ls[i], ls[i+1] = ls[i+1], ls[i]
				return ls
			}, nil))
		})
	})
	t.Run("left out", func(t *testing.T) {
		t.Parallel()
		rapid.Check(t, func(t *rapid.T) {
			refused(t, "a record that is missing", forge(func(ls []string) []string {
				i := rapid.IntRange(0, len(ls)-1).Draw(t, "line")
				return slices.Delete(ls, i, i+1)
			}, nil))
		})
	})
	for _, c := range []struct {
		name, want string
		edit       func(*proof.Manifest)
	}{
		{"number", "about another number", func(m *proof.Manifest) { m.Number = guest(2).E164() }},
		{"business", "", func(m *proof.Manifest) { m.Business[3]++ }},
		{"log", "of another log", func(m *proof.Manifest) { m.Size++ }},
		{"counts", "are not those that manifest.json counts", func(m *proof.Manifest) { m.Counts["decision"]++ }},
	} {
		got := refused(t, c.name, forge(func(ls []string) []string { return ls }, c.edit))
		if !strings.Contains(got, c.want) {
			t.Errorf("%s: %q does not say %q", c.name, got, c.want)
		}
	}
}

// A certificate must count what is there.
func TestForgedCertificate(t *testing.T) {
	t.Parallel()
	w, ps := packs()
	files := parts(t, ps[1])
	edit := func(old, now string) []proof.Part {
		return lines(files, "audience.jsonl", func(ls []string) []string {
			for i := range ls {
				if strings.Contains(ls[i], old) {
					ls[i] = strings.Replace(ls[i], old, now, 1)
					return ls
				}
			}
			t.Fatalf("no line has %s", old)
			return nil
		})
	}
	sign := func(ps []proof.Part, m func(*proof.Manifest)) []byte {
		return proof.Join(proof.Sign(ps, w.proof.Signer, m))
	}
	move := func(from, to string) func(*proof.Manifest) {
		return func(m *proof.Manifest) {
			m.States[from]--
			if m.States[from] == 0 {
				delete(m.States, from)
			}
			m.States[to]++
		}
	}
	for _, c := range []struct {
		name, want string
		pack       []byte
	}{
		{"a text that was sent counts as waiting", "a record says that it was handed", sign(edit(`"state":"sent"`, `"state":"planned"`), move("sent", "planned"))},
		{"a refused text counts as sent", "no record says that it was allowed", sign(edit(`"state":"blocked"`, `"state":"sent"`), move("blocked", "sent"))},
		{"states that do not sum", "the audience is not the one", sign(files, move("sent", "blocked"))},
		{"a greater audience", "the audience is not the one", sign(files, func(m *proof.Manifest) { m.Audience++ })},
		{"a reason more", "the audience is not the one", sign(files, func(m *proof.Manifest) { m.Reasons["blocked x"] = 1 })},
		{"a text left out", "", sign(lines(files, "audience.jsonl", func(ls []string) []string { return ls[1:] }), nil)},
		{"another campaign", "another campaign", sign(files, func(m *proof.Manifest) { m.Campaign[0]++ })},
	} {
		if got := refused(t, c.name, c.pack); !strings.Contains(got, c.want) {
			t.Errorf("%s: %q does not say %q", c.name, got, c.want)
		}
	}
}

func TestForeignKey(t *testing.T) {
	t.Parallel()
	w, ps := packs()
	other, vkey := keys(t, 7)
	for _, pack := range ps {
		got := refused(t, "a pack that another key signed", proof.Join(proof.Sign(parts(t, pack), other, nil)))
		if !strings.Contains(got, "none of the keys that you trust") {
			t.Errorf("the reason is %q", got)
		}
		if _, err := verify(pack, vkey); !errors.Is(err, core.Invalid) {
			t.Errorf("under a key that did not sign it: %v", err)
		}
		if _, err := verify(pack, vkey, w.key); err != nil {
			t.Errorf("while a key is being replaced: %v", err)
		}
	}
}

// zipped is an archive as others make them.
func zipped(method uint16, parts ...proof.Part) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range parts {
		f, err := z.CreateHeader(&zip.FileHeader{Name: p.Name, Method: method})
		if err == nil {
			_, err = f.Write(p.Data)
		}
		if err != nil {
			panic(err)
		}
	}
	_ = z.Close()
	return b.Bytes()
}

func TestHostilePacks(t *testing.T) {
	w, ps := packs()
	files := parts(t, ps[0])
	zeros := make([]byte, 10<<20)
	many := make([]proof.Part, 5000)
	for i := range many {
		many[i].Name = "f" + strings.Repeat("x", i%50) + strings.Repeat("y", i/50)
	}
	signed := func(name string, data []byte) []byte {
		out := slices.Clone(files)
		for i := range out {
			if out[i].Name == name {
				out[i].Data = data
			}
		}
		return proof.Join(proof.Sign(out, w.proof.Signer, nil))
	}
	deep := []byte(`{"index":0,"seq":1,"salt":"` + strings.Repeat("0", 32) + `","commitment":"` + strings.Repeat("0", 64) + `","proof":"","body":` + strings.Repeat("[", 500_000) + "}\n")
	for _, c := range []struct {
		name, want string
		pack       []byte
	}{
		{"nothing", "this is no pack", nil},
		{"text", "this is no pack", bytes.Repeat([]byte("no "), 100)},
		{"a zip bomb", "compressed", zipped(zip.Deflate, proof.Part{Name: "manifest.json", Data: zeros})},
		{"a path that leads out", "no path may lead out", zipped(zip.Store, proof.Part{Name: "../../etc/passwd", Data: []byte("x")})},
		{"an absolute path", "no path may lead out", zipped(zip.Store, proof.Part{Name: "/etc/passwd", Data: []byte("x")})},
		{"a path as Windows has it", "no path may lead out", zipped(zip.Store, proof.Part{Name: `..\x`, Data: []byte("x")})},
		{"a name twice", "two files named", proof.Join([]proof.Part{{Name: "a"}, {Name: "a"}})},
		{"too many files", "more than", proof.Join(many)},
		{"no manifest", "no manifest.json", proof.Join([]proof.Part{{Name: "a"}})},
		{"a huge manifest", "must not have more", proof.Join([]proof.Part{{Name: "manifest.json", Data: zeros}, {Name: "manifest.sig"}})},
		{"a huge signature", "must not have more", proof.Join([]proof.Part{{Name: "manifest.json"}, {Name: "manifest.sig", Data: zeros}})},
		{"a line without an end", "longer than", signed("records.jsonl", zeros)},
		{"nested values", "", signed("records.jsonl", deep)},
		{"a huge rulebook", "must not have more", signed(lawOf(files), zeros)},
		{"no rulebook", "is no rulebook", signed(lawOf(files), []byte("{}"))},
		{"other words shown", "not those of its version", signed(disclosureOf(files), []byte("x"))},
		{"words of texts that nobody decided", "texts.jsonl", signed("texts.jsonl", []byte(`{"message":"00000000-0000-0000-0000-000000000001","text":"x"}`+"\n"))},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if got := refused(t, c.name, c.pack); !strings.Contains(got, c.want) {
			t.Errorf("%s: %q does not say %q", c.name, got, c.want)
		}
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > 40<<20 {
			t.Errorf("%s: took %d MB", c.name, used>>20)
		}
	}
}

func lawOf(files []proof.Part) string        { return named(files, "law/") }
func disclosureOf(files []proof.Part) string { return named(files, "disclosures/") }

func named(files []proof.Part, prefix string) string {
	for _, f := range files {
		if strings.HasPrefix(f.Name, prefix) {
			return f.Name
		}
	}
	return ""
}

func FuzzVerify(f *testing.F) {
	w, ps := packs()
	for _, pack := range ps {
		f.Add(pack)
		f.Add(pack[:len(pack)/2])
	}
	f.Add(zipped(zip.Deflate, proof.Part{Name: "manifest.json", Data: []byte("{}")}))
	f.Fuzz(func(t *testing.T, pack []byte) {
		r, err := w.verify(pack)
		if err == nil && !slices.ContainsFunc(ps[:], func(p []byte) bool { return bytes.Equal(p, pack) }) {
			t.Fatalf("a pack that nobody made was accepted:\n%s", says(r))
		}
		if err != nil && core.KindOf(err) != core.Invalid {
			t.Fatalf("%v", err)
		}
	})
}
