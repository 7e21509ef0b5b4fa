package site_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jobfluss/nexo/adapters/system"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/inbox"
	"github.com/jobfluss/nexo/core/intake"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
)

// plain is a carrier whose webhooks are "id from to body".
type plain struct{}

func (plain) Verify(func(string) string, []byte, time.Time) error { return nil }

func (plain) Parse(body []byte, received time.Time) inbox.Event {
	f := strings.SplitN(string(body), " ", 4)
	return inbox.Event{
		ID: f[0], Provider: "plain", Kind: inbox.Inbound, Received: received, Raw: body,
		Text: &inbox.Text{CarrierID: f[0], From: core.MustNumber(f[1]), To: core.MustNumber(f[2]), Body: f[3], At: received},
	}
}

// says makes a guest write, and has it read.
func (w *world) says(n core.Number, b account.Business, text string) {
	w.t.Helper()
	in := &intake.Service{Store: w.web.Database.Store, Provider: plain{}, Clock: w.clock, IDs: system.UUIDs{}, Salts: system.Salts{}}
	body := fmt.Sprintf("%v %s %s %s", w.web.IDs.New(), n.E164(), b.Sender.E164(), text)
	if _, err := in.Accept(w.t.Context(), func(string) string { return "" }, []byte(body)); err != nil {
		w.t.Fatal(err)
	}
	if _, err := in.Step(w.t.Context(), 100); err != nil {
		w.t.Fatal(err)
	}
}

var threadLink = regexp.MustCompile(`href="(/inbox/[0-9a-f-]{36})`)

// talk is the address of the newest conversation.
func (b *browser) talk() string {
	b.w.t.Helper()
	m := threadLink.FindStringSubmatch(b.get("/inbox?show=all").must(200).body)
	if m == nil {
		b.w.t.Fatal("the inbox lists no conversation")
	}
	return m[1]
}

// guestPage is the address of the newest guest's page.
func (b *browser) guestPage() string {
	b.w.t.Helper()
	m := regexp.MustCompile(`href="(/subscribers/[^"/?]+)"`).FindStringSubmatch(b.get("/subscribers").must(200).body)
	if m == nil {
		b.w.t.Fatal("there is no guest")
	}
	return m[1]
}

var keyField = regexp.MustCompile(`name="key" value="([^"]+)"`)

// answer sends the form of a conversation, as often as said.
func (b *browser) answer(talk, text string, times int) page {
	b.w.t.Helper()
	open := b.get(talk)
	csrf, key := tokenField.FindStringSubmatch(open.body), keyField.FindStringSubmatch(open.body)
	if csrf == nil || key == nil {
		b.w.t.Fatalf("%s has no form", talk)
	}
	var p page
	for range times {
		p = b.post(talk, talk+"/reply", url.Values{"csrf_token": {unescape(csrf[1])}, "key": {key[1]}, "body": {text}})
	}
	return p
}

func TestInboxJourney(t *testing.T) {
	w := newWorld(t)
	b, biz := w.venue("luna@lunas.example", "(512) 555-0190", "LUNA")
	b.get("/inbox").must(200, "Nobody has written yet")
	w.says(guestNumber(1), biz, "Do you have a table for 4?")
	home := b.get("/").must(200, "1 conversation to read")
	if home.text("nav-unread") == "" {
		t.Error("the navigation has no counter")
	}
	list := b.get("/inbox").must(200)
	if rows := list.texts("thread-row"); len(rows) != 1 || !strings.Contains(rows[0], "Do you have a table for 4?") || !strings.Contains(rows[0], "1 new text") {
		t.Fatalf("the list is %q", rows)
	}
	talk := b.talk()
	p := b.get(talk).must(200, "Do you have a table for 4?", "You can answer until Fri 27 Nov, 12:00 pm")
	if got := p.text("nav-unread"); got != "" {
		t.Errorf("the counter says %q on the page that is read", got)
	}
	p = b.answer(talk, "Yes, at 8. See you!", 3).must(200)
	if lines := p.texts("line-staff"); len(lines) != 1 || !strings.Contains(lines[0], "Yes, at 8. See you!") || !strings.Contains(lines[0], "Waiting") {
		t.Errorf("three clicks made %q", lines)
	}
	if _, err := w.dispatch.Step(t.Context()); err != nil {
		t.Fatal(err)
	}
	if line := b.get(talk).text("line-staff"); !strings.Contains(line, "Sent") || !strings.Contains(line, "Me") {
		t.Errorf("after it left the answer is %q", line)
	}
	if w.event(biz, guestNumber(1), consent.Granted, "LUNA", noon); !b.get(b.guestPage()).has(talk) {
		t.Error("the guest's page does not lead to the conversation")
	}
	if row := b.get("/inbox").text("thread-row"); !strings.Contains(row, "You: Yes, at 8. See you!") {
		t.Errorf("the list says %q", row)
	}
}

func TestWordsOfAReplyAreChecked(t *testing.T) {
	w := newWorld(t)
	b, biz := w.venue("luna@lunas.example", "(512) 555-0190", "LUNA")
	w.says(guestNumber(1), biz, "Where are you?")
	talk := b.talk()
	p := b.answer(talk, "Look at bit.ly/abc", 1).must(http.StatusUnprocessableEntity)
	if !strings.Contains(p.text("body-problem"), "shorteners") || p.text("reply-body") != "Look at bit.ly/abc" {
		t.Errorf("the problem is %q, and of what was typed is left %q", p.text("body-problem"), p.text("reply-body"))
	}
	if got := b.answer(talk, " ", 1).must(http.StatusUnprocessableEntity).text("body-problem"); got != "Write something first." {
		t.Errorf("an empty answer: %q", got)
	}
	if got := b.submit(talk, talk+"/check", url.Values{"body": {"Look at bit.ly/abc “soon”"}}).must(200).texts("finding"); len(got) != 2 {
		t.Errorf("as it is typed: %q", got)
	}
	b.submit(talk, talk+"/reply", url.Values{"body": {"See you — soon"}, "fix": {"plain"}}).must(200, ">See you - soon<")
}

func TestComposerIsLocked(t *testing.T) {
	w := newWorld(t)
	b, biz := w.venue("luna@lunas.example", "(512) 555-0190", "LUNA")
	n := guestNumber(1)
	w.event(biz, n, consent.Granted, "LUNA", noon.Add(-time.Hour))
	w.says(n, biz, "Are you open?")
	talk := b.talk()
	if got := b.get(talk).text("locked"); got != "" {
		t.Fatalf("locked, though the guest has just asked: %q", got)
	}
	w.clock.now = noon.Add(73 * time.Hour)
	b.get(talk).must(200, "They last wrote Tue 24 Nov, 12:00 pm")
	if p := b.answer(talk, "Sorry, yes", 1).must(http.StatusForbidden); p.text("reply-body") != "Sorry, yes" || !strings.Contains(p.text("locked"), "The answer would come too late") {
		t.Errorf("the refusal says %q and keeps %q", p.text("locked"), p.text("reply-body"))
	}
	w.says(n, biz, "STOP")
	p := b.get(talk).must(200, "texting START")
	if got := p.text("locked"); !strings.Contains(got, "Opted out Fri 27 Nov, 1:00 pm") {
		t.Errorf("of an opted-out guest it says %q", got)
	}
	b.answer(talk, "Come back", 1).must(http.StatusForbidden)
	if ms := w.texts(biz, n, message.Reply); len(ms) != 0 {
		t.Errorf("%d replies are planned", len(ms))
	}
}

// texts are the texts of a class to a guest.
func (w *world) texts(b account.Business, n core.Number, c message.Class) (out []message.Message) {
	w.update(func(ctx context.Context, tx store.Tx) error {
		ms, err := tx.Messages.ForPair(ctx, core.Pair{Business: b.ID, Number: n}, 100)
		for _, m := range ms {
			if m.Class == c {
				out = append(out, m)
			}
		}
		return err
	})
	return out
}

// What may be an opt-out is asked about where it is read.
func TestDoubtInTheConversation(t *testing.T) {
	w := newWorld(t)
	b, biz := w.venue("luna@lunas.example", "(512) 555-0190", "LUNA")
	n := guestNumber(1)
	w.event(biz, n, consent.Granted, "LUNA", noon.Add(-time.Hour))
	w.says(n, biz, "✋")
	talk := b.talk()
	p := b.get(talk).must(200, "Did this guest opt out?")
	last := regexp.MustCompile(`name="last" value="([^"]+)"`).FindStringSubmatch(p.body)
	action := regexp.MustCompile(`action="(/optouts/doubts/[^"]+)"`).FindStringSubmatch(p.body)
	if last == nil || action == nil {
		t.Fatal("there are no buttons to decide with")
	}
	p = b.submit(talk, action[1], url.Values{"last": {last[1]}, "do": {"undo"}, "back": {talk}}).must(200)
	if p.path != talk || p.text("thread-doubt") != "" || p.text("locked") != "" {
		t.Errorf("afterwards %s says %q, %q", p.path, p.text("thread-doubt"), p.text("locked"))
	}
}

func TestAssignNoteCloseAndSearch(t *testing.T) {
	w := newWorld(t)
	b, biz := w.venue("luna@lunas.example", "(512) 555-0190", "LUNA")
	w.says(guestNumber(1), biz, "Is the patio open?")
	w.says(guestNumber(2), biz, "Do you have tacos?")
	talk := b.talk()
	user := regexp.MustCompile(`<option value="([0-9a-f-]{36})"`).FindStringSubmatch(b.get(talk).body)
	if user == nil {
		t.Fatal("nobody can be chosen")
	}
	b.submit(talk, talk+"/assign", url.Values{"to": {user[1]}}).must(200)
	key := func() string { return keyField.FindStringSubmatch(b.get(talk).body)[1] }
	b.submit(talk, talk+"/note", url.Values{"key": {key()}, "note": {"A regular"}}).must(200, "A regular", "Note, never sent")
	b.submit(talk, talk+"/note", url.Values{"key": {key()}, "note": {" "}}).must(http.StatusUnprocessableEntity, "Write something first.")
	for query, want := range map[string]int{
		"": 2, "?show=mine": 1, "?show=unassigned": 1, "?show=closed": 0, "?q=patio": 1, "?q=regular": 1, "?q=0102": 1, "?q=nothing": 0, "?show=x": 2, "?q=%25": 2,
	} {
		if got := len(b.get("/inbox" + query).must(200).texts("thread-row")); got != want {
			t.Errorf("/inbox%s lists %d, want %d", query, got, want)
		}
	}
	b.get("/inbox?q=nothing").must(200, "Nothing found")
	b.submit(talk, talk+"/close", url.Values{}).must(200, "It opens again when the guest writes")
	if got := len(b.get("/inbox").texts("thread-row")); got != 1 {
		t.Errorf("%d are open after one was closed, want 1", got)
	}
	b.submit(talk, talk+"/reopen", url.Values{}).must(200)
	if got := len(b.get("/inbox").texts("thread-row")); got != 2 {
		t.Errorf("%d are open after it was opened again, want 2", got)
	}
	b.get("/inbox?at=x&after=y").must(http.StatusNotFound)
}

func TestInboxPages(t *testing.T) {
	w := newWorld(t)
	b, biz := w.venue("luna@lunas.example", "(512) 555-0190", "LUNA")
	for i := range 35 {
		w.says(guestNumber(i), biz, fmt.Sprintf("Text %d", i))
		w.clock.now = w.clock.now.Add(time.Second)
	}
	first := b.get("/inbox").must(200)
	next := regexp.MustCompile(`href="(/inbox\?[^"]*after=[^"]+)"`).FindStringSubmatch(first.body)
	if next == nil {
		t.Fatal("there is no next page")
	}
	rows := append(first.texts("thread-row"), b.get(unescape(next[1])).must(200).texts("thread-row")...)
	if len(rows) != 35 || !strings.Contains(rows[34], "Text 0") {
		t.Errorf("two pages list %d", len(rows))
	}
}

// Promise 10: another venue's conversation is not there.
func TestPromise10InboxOfOthers(t *testing.T) {
	w := newWorld(t)
	b, biz := w.venue("luna@lunas.example", "(512) 555-0190", "LUNA")
	eve, _ := w.venue("eve@sol.example", "(512) 555-0191", "SOL")
	w.says(guestNumber(1), biz, "Do you have a table?")
	talk := b.talk()
	eve.get(talk).must(http.StatusNotFound)
	for _, act := range []string{"reply", "note", "assign", "close", "reopen", "read"} {
		form := url.Values{"key": {w.web.IDs.New().String()}, "body": {"Hi"}, "note": {"Hi"}, "heard": {"1"}}
		eve.submit("/inbox", talk+"/"+act, form).must(http.StatusNotFound)
	}
	if rows := eve.get("/inbox?show=all").texts("thread-row"); len(rows) != 0 {
		t.Errorf("another venue sees %q", rows)
	}
	b.get("/inbox/nonsense").must(http.StatusNotFound)
	w.browser().get(talk).must(200, "Sign in")
	if strings.Contains(w.log.String(), guestNumber(1).E164()) {
		t.Error("the log has a phone number")
	}
}

// A part of a page that came over a stream.
type part struct{ Part, HTML string }

// stream opens what a page listens to, and sends what comes until it ends.
func (b *browser) stream(ctx context.Context, path string) (<-chan part, int) {
	b.w.t.Helper()
	m := regexp.MustCompile(`data-stream="([^"]+)"`).FindStringSubmatch(b.get(path).body)
	if m == nil {
		b.w.t.Fatalf("%s listens to nothing", path)
	}
	return b.streamAt(ctx, unescape(m[1]))
}

func (b *browser) streamAt(ctx context.Context, address string) (<-chan part, int) {
	b.w.t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, b.w.server.URL+address, nil)
	if err != nil {
		b.w.t.Fatal(err)
	}
	resp, err := b.client.Do(req)
	if err != nil {
		b.w.t.Fatal(err)
	}
	parts := make(chan part, 100)
	go func() {
		defer close(parts)
		defer resp.Body.Close()
		kind := ""
		lines := bufio.NewScanner(resp.Body)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			if e, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				kind = e
			}
			if d, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				p := part{Part: kind}
				if kind == "part" {
					_ = json.Unmarshal([]byte(d), &p)
				}
				parts <- p
			}
		}
	}()
	return parts, resp.StatusCode
}

// next waits for a part that has the words.
func next(t *testing.T, parts <-chan part, name, words string) {
	t.Helper()
	late := time.After(30 * time.Second)
	for {
		select {
		case p, open := <-parts:
			if !open {
				t.Fatalf("the stream ended before %s with %q", name, words)
			}
			if p.Part == name && strings.Contains(unescape(p.HTML), words) {
				return
			}
		case <-late:
			t.Fatalf("no %s with %q", name, words)
		}
	}
}

func TestInboxIsLive(t *testing.T) {
	w := newWorld(t)
	b, biz := w.venue("luna@lunas.example", "(512) 555-0190", "LUNA")
	n := guestNumber(1)
	home, _ := b.stream(t.Context(), "/")
	list, _ := b.stream(t.Context(), "/inbox")
	w.says(n, biz, "Do you have a table?")
	next(t, home, "unread", "1 conversation to read")
	next(t, list, "threads", "Do you have a table?")
	talk := b.talk()
	open, _ := b.stream(t.Context(), talk)
	w.says(n, biz, "For four")
	next(t, open, "lines", "For four")
	b.answer(talk, "Yes", 1)
	next(t, open, "lines", "Yes")
	if _, err := w.dispatch.Step(t.Context()); err != nil {
		t.Fatal(err)
	}
	next(t, open, "lines", "Sent")
	w.says(n, biz, "STOP")
	next(t, open, "lock", "Opted out")

	// A change between the page and its stream is not missed.
	late := b.get("/inbox").body
	w.says(guestNumber(2), biz, "Hello?")
	m := regexp.MustCompile(`data-stream="([^"]+)"`).FindStringSubmatch(late)
	again, _ := b.streamAt(t.Context(), unescape(m[1]))
	next(t, again, "threads", "Hello?")

	// Another venue hears nothing, and who signs out hears no more.
	eve, _ := w.venue("eve@sol.example", "(512) 555-0191", "SOL")
	theirs, _ := eve.stream(t.Context(), "/inbox")
	b.submit("/", "/signout", url.Values{}).must(200)
	w.says(n, biz, "Anybody?")
	for _, s := range []<-chan part{home, list, open, again} {
		for p := range s {
			if strings.Contains(p.HTML, "Anybody?") {
				t.Error("a text went to somebody who had signed out")
			}
		}
	}
	if len(theirs) != 0 {
		t.Errorf("another venue heard %d times", len(theirs))
	}
}

func TestStreamsAreBounded(t *testing.T) {
	w := newWorld(t)
	b, _ := w.venue("luna@lunas.example", "(512) 555-0190", "LUNA")
	ctx, leave := context.WithCancel(t.Context())
	for i := range 9 {
		_, status := b.stream(ctx, "/")
		want := 200
		if i == 8 {
			want = http.StatusServiceUnavailable
		}
		if status != want {
			t.Errorf("stream %d answers %d, want %d", i+1, status, want)
		}
	}
	leave()
	b.get("/inbox/live").must(http.StatusNotFound)
}
