package flow_test

import (
	"context"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// A visitor is somebody with a browser without scripts: it keeps cookies,
// follows redirects and sends forms, as it finds them in the page.
type visitor struct {
	t      *testing.T
	base   string
	client *http.Client
	agent  string
}

func visit(t *testing.T, base, agent string) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{t: t, base: base, client: &http.Client{Jar: jar}, agent: agent}
}

// A page is what came back.
type page struct {
	status int
	path   string
	body   string
}

func (v *visitor) do(method, path string, form url.Values) page {
	v.t.Helper()
	req, err := http.NewRequestWithContext(v.t.Context(), method, v.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		v.t.Fatal(err)
	}
	req.Header.Set("User-Agent", v.agent)
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Origin", v.base)
		req.Header.Set("Referer", v.base+"/")
	}
	res, err := v.client.Do(req)
	if err != nil {
		v.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return page{res.StatusCode, res.Request.URL.Path, string(body)}
}

func (v *visitor) get(path string) page {
	v.t.Helper()
	p := v.do(http.MethodGet, path, nil)
	if p.status != http.StatusOK {
		v.t.Fatalf("%s answers %d, want 200", path, p.status)
	}
	return p
}

var token = regexp.MustCompile(`name="csrf_token" value="([^"]+)"`)

// submit sends the form at from to path, with the token that is in the page.
func (v *visitor) submit(from, path string, form url.Values) page {
	v.t.Helper()
	m := token.FindStringSubmatch(v.get(from).body)
	if m == nil {
		v.t.Fatalf("%s has no form", from)
	}
	form.Set("csrf_token", html.UnescapeString(m[1]))
	return v.do(http.MethodPost, path, form)
}

// listen opens the report's stream and returns its first event's name. The
// stream stays open until the test ends.
func (v *visitor) listen(path string) string {
	v.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	v.t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, v.base+path, nil)
	if err != nil {
		v.t.Fatal(err)
	}
	res, err := v.client.Do(req)
	if err != nil {
		v.t.Fatal(err)
	}
	v.t.Cleanup(func() { _ = res.Body.Close() })
	first := make([]byte, len("event: report"))
	if _, err := io.ReadFull(res.Body, first); err != nil {
		v.t.Fatalf("%s streams nothing: %v", path, err)
	}
	return strings.TrimPrefix(string(first), "event: ")
}

var tag = regexp.MustCompile(`<[^>]*>`)

// texts are what the elements with the test id say, up to the end of the first
// element of the same name within.
func (p page) texts(id string) (all []string) {
	find := regexp.MustCompile(`(?s)<(\w+)[^>]*data-testid="` + regexp.QuoteMeta(id) + `"[^>]*>`)
	for _, m := range find.FindAllStringSubmatchIndex(p.body, -1) {
		rest := p.body[m[1]:]
		if end := strings.Index(rest, "</"+p.body[m[2]:m[3]]+">"); end >= 0 {
			rest = rest[:end]
		}
		all = append(all, strings.Join(strings.Fields(html.UnescapeString(tag.ReplaceAllString(rest, " "))), " "))
	}
	return all
}

func (p page) text(id string) string { return strings.Join(p.texts(id), " | ") }

// href is where the link with the test id leads.
func (p page) href(id string) string {
	for _, find := range []string{`<a[^>]*href="([^"]*)"[^>]*data-testid="` + id + `"`, `<a[^>]*data-testid="` + id + `"[^>]*href="([^"]*)"`} {
		if m := regexp.MustCompile(find).FindStringSubmatch(p.body); m != nil {
			return html.UnescapeString(m[1])
		}
	}
	return ""
}
