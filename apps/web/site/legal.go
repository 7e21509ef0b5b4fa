package site

import (
	"net/http"
	"regexp"
	"strings"

	"github.com/justinas/nosurf"
	"github.com/uptrace/bunrouter"

	"github.com/jobfluss/nexo/core/terms"
)

// A cookie is one that the site sets. Whoever sets another one says so here: a test
// compares what browsers are given with this list.
type cookie struct {
	Name string // without the prefix __Host-, which it has where the site is https
	Say  string // the tail of the key of what it is for
	Days int
}

// cookies are all of them: what signing in needs, and nothing that follows anybody.
var cookies = []cookie{
	{Name: sessionCookie, Say: "session", Days: 14},
	{Name: deviceCookie, Say: "device", Days: 400},
	{Name: nosurf.CookieName, Say: "csrf", Days: nosurf.MaxAge / (24 * 60 * 60)},
}

// sessionCookie names the cookie of who is signed in.
const sessionCookie = "nexo_session"

// A block is one line of a document: what it is, and what it says.
type block struct {
	Kind  string // title, date, chapter, section, text or list
	Text  string
	Items []string // of a list
}

var (
	chapter = regexp.MustCompile(`^\d+\. `)
	section = regexp.MustCompile(`^\d+\.\d+ `)
)

// blocks reads a document, which is written in lines.
func blocks(text string) (out []block) {
	for i, l := range strings.Split(strings.TrimSpace(text), "\n") {
		b := block{Kind: "text", Text: strings.TrimSpace(l)}
		item, list := strings.CutPrefix(l, "- ")
		switch {
		case b.Text == "":
			continue
		case i == 0:
			b.Kind = "title"
		case i == 1:
			b.Kind = "date"
		case list:
			if n := len(out); n > 0 && out[n-1].Kind == "list" {
				out[n-1].Items = append(out[n-1].Items, item)
				continue
			}
			b = block{Kind: "list", Items: []string{item}}
		case section.MatchString(l):
			b.Kind = "section"
		case chapter.MatchString(l):
			b.Kind = "chapter"
		}
		out = append(out, b)
	}
	return out
}

// legal shows what customers agree to, the newest or as it was, the cookies, and
// what Californians may ask.
func (s *site) legal(w http.ResponseWriter, req bunrouter.Request) error {
	w.Header().Set("Cache-Control", publicFor)
	switch doc := req.Param("doc"); doc {
	case "cookies":
		return render(w, req.Context(), http.StatusOK, cookiesPage(s.secure))
	case "california":
		return render(w, req.Context(), http.StatusOK, californiaPage())
	default:
		vs := terms.Versions(terms.Doc(doc))
		for _, v := range vs {
			if date := req.Param("date"); date == "" || date == v.Date {
				return render(w, req.Context(), http.StatusOK, legalPage(blocks(v.Text), v, vs))
			}
		}
	}
	w.Header().Del("Cache-Control")
	return errNotFound
}

// agreeTo is where people accept what is open, from any page.
func (s *site) agreeTo(v *visit) error {
	if err := s.Agree.Accept(v.ctx(), v.user); err != nil {
		return err
	}
	v.flash("good", v.say("agree.done"))
	return v.see(local(v.req.PostFormValue("back")))
}
