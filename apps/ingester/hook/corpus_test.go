package hook_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/template"
	"time"

	"github.com/jobfluss/nexo/adapters/system"
	"github.com/jobfluss/nexo/adapters/telnyx"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/inbox"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
)

// other is a guest of both venues who never writes.
const other = "+15125550142"

// A hostile is one case of testdata/hostile.txt.
type hostile struct {
	name   string
	posts  []post
	kept   []string // kind and note
	barred []string // venues
}

type post struct {
	path, how, body string
	want            int
}

func readCorpus(t testing.TB) []hostile {
	t.Helper()
	f, err := os.Open("testdata/hostile.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var cases []hostile
	var body *[]string
	var c *hostile
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		word, rest, _ := strings.Cut(lines.Text(), " ")
		switch {
		case word == "==":
			cases = append(cases, hostile{name: rest})
			c, body = &cases[len(cases)-1], nil
		case c == nil: // what comes before explains
		case word == "post":
			path, how, _ := strings.Cut(rest, " ")
			c.posts, body = append(c.posts, post{path: path, how: how}), &[]string{}
		case word == "want":
			p := &c.posts[len(c.posts)-1]
			p.body = strings.Join(*body, "\n")
			body = nil
			if p.want, err = strconv.Atoi(rest); err != nil {
				t.Fatalf("%s: want %q", c.name, rest)
			}
		case body != nil:
			*body = append(*body, lines.Text())
		case word == "kept":
			c.kept = append(c.kept, rest)
		case word == "barred":
			c.barred = append(c.barred, rest)
		case word != "":
			t.Fatalf("%s: what is %q?", c.name, lines.Text())
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return cases
}

func TestHostileWebhooks(t *testing.T) {
	t.Parallel()
	cases := readCorpus(t)
	if len(cases) < 70 {
		t.Errorf("only %d cases were read", len(cases))
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, options{})
			token := w.settle()
			for i, p := range c.posts {
				body, path := w.fill(p.body, token), w.fill(p.path, token)
				if got := w.postAs(path, p.how, body); got != p.want {
					t.Errorf("post %d is answered with %d, want %d", i+1, got, p.want)
				}
			}
			w.act()
			w.compare(c)
		})
	}
}

// settle makes the two numbers members of both venues, and returns the token of
// a text on its way to the one that never writes.
func (w *world) settle() message.Token {
	w.t.Helper()
	joined := time.Now().Add(-24 * time.Hour)
	m := message.Message{
		ID: core.MessageID(system.UUIDs{}.New()), Business: w.rosa.ID, To: core.MustNumber(other), From: w.rosa.Sender,
		Class: message.Marketing, Body: "Rosa's: tacos. Reply STOP to opt out", Segments: 1, Key: message.Key{1}, State: message.Planned,
		Due: time.Now(), NotAfter: time.Now().Add(time.Hour), Planned: time.Now(),
	}
	w.update(func(ctx context.Context, tx store.Tx) error {
		var errs []error
		for _, b := range []account.Business{w.luna, w.rosa} {
			d := consent.Disclose(b, "TACOS", joined)
			errs = append(errs, tx.Consent.PutDisclosure(ctx, d))
			if b.ID == w.luna.ID {
				errs = append(errs, tx.Accounts.AddKeyword(ctx, account.Keyword{Word: "TACOS", Business: b.ID, Number: b.Sender, Code: "luna", Created: joined}))
			}
			for _, n := range []string{guest, other} {
				errs = append(errs, tx.Consent.Append(ctx, []consent.Event{{
					ID: core.EventID(system.UUIDs{}.New()), Business: b.ID, Number: core.MustNumber(n), Kind: consent.Granted,
					Method: consent.ByKeyword, Scope: consent.Marketing, At: joined, Recorded: joined,
					Evidence: consent.Evidence{Disclosure: d.Version, Keyword: "TACOS", RawText: "TACOS", To: b.Sender},
				}}))
			}
		}
		_, err := tx.Messages.Plan(ctx, []message.Message{m})
		return errors.Join(append(errs, err)...)
	})
	return m.Token()
}

// fill fills a template in.
func (w *world) fill(text string, token message.Token) string {
	w.t.Helper()
	at := func(ago string) (string, error) {
		d, err := time.ParseDuration(ago)
		return time.Now().Add(d).UTC().Format(time.RFC3339Nano), err
	}
	tmpl, err := template.New("").Funcs(template.FuncMap{
		"repeat": strings.Repeat,
		"bytes": func(s string) (string, error) {
			b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
			return string(b), err
		},
		"text": texted,
		"at":   at,
		"textAt": func(id, from, to, body, ago string) (string, error) {
			when, err := at(ago)
			return strings.Replace(texted(id, from, to, body), `"payload":{`, `"payload":{"received_at":"`+when+`",`, 1), err
		},
	}).Parse(text)
	if err != nil {
		w.t.Fatal(err)
	}
	var b bytes.Buffer
	if err := tmpl.Execute(&b, map[string]string{"Guest": guest, "Other": other, "Luna": luna, "Rosa": rosa, "Token": string(token)}); err != nil {
		w.t.Fatal(err)
	}
	return b.String()
}

// postAs posts a body with the headers that a way of signing gives it.
func (w *world) postAs(path, how, body string) int {
	w.t.Helper()
	now := time.Now()
	good := signed(body, now)
	var code int
	switch how {
	case "signed":
		code, _ = w.send(path, body, good)
	case "unsigned":
		code, _ = w.send(path, body, nil)
	case "stranger":
		key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{8}, ed25519.SeedSize))
		good[telnyx.SignatureHeader] = base64.StdEncoding.EncodeToString(ed25519.Sign(key, []byte(good[telnyx.TimestampHeader]+"|"+body)))
		code, _ = w.send(path, body, good)
	case "altered":
		code, _ = w.send(path, strings.Replace(body, "hello", "STOP", 1), good)
	case "padded":
		code, _ = w.send(path, body+" ", good)
	case "moved":
		good[telnyx.TimestampHeader] = strconv.FormatInt(now.Unix()+1, 10)
		code, _ = w.send(path, body, good)
	case "timeless":
		delete(good, telnyx.TimestampHeader)
		code, _ = w.send(path, body, good)
	case "malformed":
		for _, s := range []string{"x", "", strings.Repeat("A", 88), strings.Repeat("A", 20_000), good[telnyx.SignatureHeader] + "=", "-_" + good[telnyx.SignatureHeader][2:]} {
			if code, _ = w.send(path, body, map[string]string{telnyx.TimestampHeader: good[telnyx.TimestampHeader], telnyx.SignatureHeader: s}); code != http.StatusUnauthorized {
				return code
			}
		}
	case "twice":
		code = w.sendTwice(path, body, good)
	case "stale":
		code, _ = w.send(path, body, signed(body, now.Add(-telnyx.Tolerance-2*time.Second)))
	case "old":
		code, _ = w.send(path, body, signed(body, now.Add(-telnyx.Tolerance+20*time.Second)))
	case "future":
		code, _ = w.send(path, body, signed(body, now.Add(telnyx.Tolerance+20*time.Second)))
	case "stripe":
		code, _ = w.send(path, body, stripeSigned(body, now))
	case "stripe-stale":
		code, _ = w.send(path, body, stripeSigned(body, now.Add(-302*time.Second)))
	case "stripe-future":
		code, _ = w.send(path, body, stripeSigned(body, now.Add(320*time.Second)))
	case "chunked":
		code = w.sendReader(path, io.MultiReader(strings.NewReader(body)), good)
	default:
		w.t.Fatalf("nobody signs like %q", how)
	}
	return code
}

// sendTwice has a forged signature before the good one.
func (w *world) sendTwice(path, body string, good map[string]string) int {
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.server.URL+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set(telnyx.TimestampHeader, good[telnyx.TimestampHeader])
	req.Header.Add(telnyx.SignatureHeader, base64.StdEncoding.EncodeToString(make([]byte, 64)))
	req.Header.Add(telnyx.SignatureHeader, good[telnyx.SignatureHeader])
	return w.do(req)
}

// sendReader does not say how long the body is.
func (w *world) sendReader(path string, body io.Reader, headers map[string]string) int {
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.server.URL+path, body)
	if err != nil {
		w.t.Fatal(err)
	}
	for k, v := range headers {
		req.Header.Set(k, v)
	}
	return w.do(req)
}

func (w *world) do(req *http.Request) int {
	res, err := w.server.Client().Do(req)
	if err != nil {
		w.t.Error(err)
		return 0
	}
	_ = res.Body.Close()
	return res.StatusCode
}

// act lets the worker act on all that is due.
func (w *world) act() {
	w.t.Helper()
	for {
		r, err := w.in.Intake.Step(w.t.Context(), 10)
		if err != nil {
			w.t.Fatalf("the worker fails: %v", err)
		}
		if r.Handled == 0 {
			return
		}
	}
}

func (w *world) compare(c hostile) {
	w.t.Helper()
	var got []string
	for _, e := range w.kept() {
		got = append(got, e.Kind.String()+" "+e.Note)
		if strings.Contains(e.Note, "555") {
			w.t.Errorf("a number is in the note %q", e.Note)
		}
	}
	left := slices.Clone(got)
	for _, want := range c.kept {
		i := slices.IndexFunc(left, func(g string) bool { return strings.HasPrefix(g, want) })
		if i < 0 {
			w.t.Errorf("kept is %q, want %q among it", got, want)
			continue
		}
		left = slices.Delete(left, i, i+1)
	}
	if len(left) > 0 {
		w.t.Errorf("kept is also %q", left)
	}
	for venue, b := range map[string]account.Business{"luna": w.luna, "rosa": w.rosa} {
		if want, got := slices.Contains(c.barred, venue), w.barred(b, guest); got != want && !slices.Contains(c.barred, venue+"?") {
			w.t.Errorf("the guest is barred at %s: %v, want %v", venue, got, want)
		}
		w.mustBeUntouched(b)
	}
	if log := w.log.String(); strings.Contains(log, "555") {
		w.t.Errorf("a number is in the log:\n%s", log)
	}
}

// mustBeUntouched fails if anything happened to the guest who never writes.
func (w *world) mustBeUntouched(b account.Business) {
	w.t.Helper()
	var sub consent.Subscriber
	var ms []message.Message
	p := core.Pair{Business: b.ID, Number: core.MustNumber(other)}
	w.update(func(ctx context.Context, tx store.Tx) (err error) {
		sub, err = tx.Consent.Subscriber(ctx, p)
		return err
	})
	if ms = w.texts(b, other); len(ms) > 1 || len(ms) == 1 && ms[0].State != message.Planned {
		w.t.Errorf("%s: the texts of a guest who wrote nothing: %v", b.Name, ms)
	}
	if sub.Standing.State != consent.Active || w.barred(b, other) {
		w.t.Errorf("%s: a guest who wrote nothing is %v, barred %v", b.Name, sub.Standing.State, w.barred(b, other))
	}
}

// FuzzWebhook signs whatever it is given: nobody but its sender is ever barred,
// nothing panics, and what was answered with 200 is kept.
func FuzzWebhook(f *testing.F) {
	for _, c := range readCorpus(f) {
		for _, p := range c.posts {
			if len(p.body) < 1000 && !strings.Contains(p.body, "{{") {
				f.Add(p.body)
			}
		}
	}
	for _, text := range []string{"STOP", "hello", "TACOS"} {
		f.Add(texted("e1", guest, luna, text))
	}
	f.Add(receipt("e2"))
	f.Fuzz(func(t *testing.T, body string) {
		if strings.Contains(body, "5550142") {
			return // about the other
		}
		w := newWorld(t, options{noSpool: true})
		w.settle()
		e, err := w.in.Intake.Read(w.in.Intake.Provider, func(name string) string { return signed(body, time.Now())[name] }, []byte(body))
		if err != nil {
			t.Fatal(err)
		}
		if a := w.in.Intake.AcceptAll(t.Context(), []inbox.Event{e})[0]; a.Err != nil || !a.Fresh {
			t.Fatalf("not kept: %+v", a)
		}
		w.act()
		if len(w.kept()) != 1 {
			t.Fatal(fmt.Sprint(len(w.kept()), " are kept"))
		}
		w.mustBeUntouched(w.luna)
		w.mustBeUntouched(w.rosa)
		if w.barred(w.rosa, guest) && !strings.Contains(body, "5550199") {
			t.Fatal("barred at a venue that the text does not name")
		}
	})
}
