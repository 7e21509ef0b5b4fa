package browser_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// A tab is one page of a browser of its own: nobody is signed in there yet.
// Whatever the page complains about in its console, such as an exception, a file
// that does not load, or a violation of the content policy, fails the test.
type tab struct {
	t    *testing.T // that is at work with it: a subtest of root, or root
	root *testing.T
	name string
	ctx  context.Context

	mu       sync.Mutex
	expected string // a complaint that the test provokes
}

func newTab(t *testing.T, name string) *tab {
	t.Helper()
	ctx, stop := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	b := &tab{t: t, root: t, name: name, ctx: ctx}
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("%s: the browser opens no tab: %v", name, err)
	}
	messages := chromedp.Console(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for m, err := range messages {
			if err != nil {
				return
			}
			if m.IsException() || m.Type == chromedp.ConsoleError || m.Type == chromedp.ConsoleWarning {
				b.complain(m.Text, m.URL)
			}
		}
	}()
	t.Cleanup(func() { stop(); <-done })
	return b
}

func (b *tab) complain(text, url string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.expected == "" || !strings.Contains(text, b.expected) {
		b.root.Errorf("%s: the console says: %s (%s)", b.name, text, url)
	}
}

// expect allows complaints that contain text, which the test provokes.
func (b *tab) expect(text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.expected = text
}

// id selects by test id, which words and looks may change around.
func id(name string) chromedp.CSS { return chromedp.CSS(`[data-testid="` + name + `"]`) }

func (b *tab) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.t.Fatalf("%s cannot %s: %v\n%s", b.name, what, err, b.said())
	}
}

func (b *tab) open(url string) {
	b.t.Helper()
	b.do("open "+url, chromedp.Navigate(url))
}

func (b *tab) click(name string) {
	b.t.Helper()
	b.do("click "+name, chromedp.Click(id(name)))
}

// write types into a field once its page is there to the end: until then the
// browser numbers its nodes anew, and the number that was found names none.
func (b *tab) write(name, text string) {
	b.t.Helper()
	b.until("the page with "+name+" has loaded", fmt.Sprintf(`document.readyState === "complete" && document.querySelector('[data-testid="%[1]s"]') !== null`, name))
	b.do("write into "+name, chromedp.SendKeys(id(name), text))
}

func (b *tab) press(keys string) {
	b.t.Helper()
	b.do("press a key", chromedp.KeyEvent(keys))
}

// eval returns what an expression is in the page.
func eval[T any](b *tab, js string) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](js, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("%s cannot tell %s: %v", b.name, js, err)
	}
	return v
}

// until waits for an expression to be true. Pages may come and go meanwhile.
func (b *tab) until(what, js string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	tick := time.NewTicker(30 * time.Millisecond)
	defer tick.Stop()
	for {
		if ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("Boolean("+js+")")); err == nil && ok {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			b.t.Fatalf("%s waited in vain until %s.\n%s", b.name, what, b.said())
		}
	}
}

// shows waits until an element with the test id says the words.
func (b *tab) shows(name, words string) {
	b.t.Helper()
	b.until(fmt.Sprintf("%s says %q", name, words), fmt.Sprintf(
		`[...document.querySelectorAll('[data-testid="%s"]')].some((e) => e.innerText.includes(%s))`, name, quote(words)))
}

// texts are what the elements with the test id say.
func (b *tab) texts(name string) []string {
	b.t.Helper()
	return eval[[]string](b, fmt.Sprintf(`[...document.querySelectorAll('[data-testid="%s"]')].map((e) => e.innerText)`, name))
}

// text is what the only one of them says.
func (b *tab) text(name string) string {
	b.t.Helper()
	all := b.texts(name)
	if len(all) != 1 {
		b.t.Fatalf("%s shows %d of %s, want 1.\n%s", b.name, len(all), name, b.said())
	}
	return all[0]
}

// said is what the page shows, for the message of a failure.
func (b *tab) said() string {
	ctx, cancel := context.WithTimeout(b.ctx, 5*time.Second)
	defer cancel()
	s, err := chromedp.Run(ctx, chromedp.Evaluate[string](`location.href + "\n" + document.body.innerText.slice(0, 2000)`))
	if err != nil {
		return ""
	}
	return "The page is " + s
}

func (b *tab) resize(width, height int64) {
	b.t.Helper()
	b.do("be resized", chromedp.EmulateViewport(width, height))
}

func (b *tab) scheme(scheme string) {
	b.t.Helper()
	params := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
	}}
	if _, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, params); err != nil {
		b.t.Fatal(err)
	}
}

func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string is always JSON
	}
	return string(b)
}
