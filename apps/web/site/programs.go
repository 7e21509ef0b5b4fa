package site

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/jobfluss/nexo/apps/web/ui"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/grant"
	"github.com/jobfluss/nexo/core/token"
)

// programRoutes are the pages about the API: its tokens.
func (s *site) programRoutes(get, post func(path string, f func(*visit) error)) {
	get("/settings/api", s.programs)
	post("/settings/api/tokens", s.createToken)
	post("/settings/api/tokens/:id/revoke", s.revokeToken)
}

// A tokenRow is one token in the list.
type tokenRow struct {
	Name, Prefix, Scopes, Used, Made, Revoke string
	State                                    ui.Badge
	Live                                     bool
}

// A tokenForm is what is typed about a new token.
type tokenForm struct {
	Name, Bad string
	Days      int
	Scopes    []string
}

type programsView struct {
	Tokens []tokenRow
	Form   tokenForm
	May    bool   // the user may make tokens
	Secret string // of the token that was just made: shown once
	All    []scopeChoice
	Days   []int
}

type scopeChoice struct {
	Name, Say string
	Chosen    bool
}

// tokenDays are the choices of how long a token lasts.
var tokenDays = []int{7, 30, 90, grant.MostDays - 1}

func (s *site) programs(v *visit) error {
	return v.showPrograms(http.StatusOK, tokenForm{Days: 90}, "")
}

func (v *visit) showPrograms(code int, f tokenForm, secret string) error {
	ts, err := v.s.Grants.List(v.ctx(), v.biz.ID)
	if err != nil {
		return err
	}
	view := programsView{Form: f, Secret: secret, May: v.need(account.Manager) == nil, Days: tokenDays}
	for _, name := range token.All.Names() {
		view.All = append(view.All, scopeChoice{Name: name, Say: v.say("api.scope." + name), Chosen: slices.Contains(f.Scopes, name)})
	}
	now := v.s.Clock.Now()
	for _, t := range ts {
		view.Tokens = append(view.Tokens, v.tokenRow(t, now))
	}
	return v.showWith(code, programsPage(v.page("settings", "api.title"), view))
}

func (v *visit) tokenRow(t token.Token, now time.Time) tokenRow {
	r := tokenRow{
		Name: t.Name, Prefix: t.Prefix + "…", Scopes: t.Scopes.String(), Made: v.when(t.Created), Live: t.Live(now),
		Used: v.say("api.never"), Revoke: "/settings/api/tokens/" + t.ID.String() + "/revoke",
	}
	if !t.Used.IsZero() {
		r.Used = v.say("api.used", "when", v.when(t.Used))
	}
	switch {
	case !t.Revoked.IsZero():
		r.State = ui.Badge{Icon: "stop", Text: v.say("api.revoked", "when", v.when(t.Revoked))}
	case !r.Live:
		r.State = ui.Badge{Icon: "wait", Text: v.say("api.expired", "when", v.when(t.Expires))}
	default:
		r.State = ui.Badge{Tone: "good", Icon: "check", Text: v.say("api.until", "when", v.when(t.Expires))}
	}
	return r
}

// createToken shows the secret in its answer, and keeps it nowhere: not in the
// session either.
func (s *site) createToken(v *visit) error {
	if err := v.req.ParseForm(); err != nil {
		return err
	}
	f := tokenForm{Name: v.req.PostFormValue("name"), Scopes: v.req.PostForm["scope"]}
	f.Days, _ = strconv.Atoi(v.req.PostFormValue("days")) // none is a mistake that is told
	scopes, err := token.ParseScopes(f.Scopes)
	var secret string
	if err == nil {
		_, secret, err = s.Grants.Create(v.ctx(), v.user, grant.Draft{Name: f.Name, Scopes: scopes, Days: f.Days})
	}
	if errors.Is(err, core.Invalid) || errors.Is(err, core.Conflict) {
		f.Bad = core.MessageOf(err)
		return v.showPrograms(http.StatusUnprocessableEntity, f, "")
	}
	if err != nil {
		return err
	}
	return v.showPrograms(http.StatusOK, tokenForm{Days: 90}, secret)
}

func (s *site) revokeToken(v *visit) error {
	id, err := core.ParseUUID(v.req.Param("id"))
	if err != nil {
		return errNotFound
	}
	if err := s.Grants.Revoke(v.ctx(), v.user, token.ID(id)); err != nil {
		return err
	}
	v.flash("good", v.say("api.revoked.done"))
	return v.see("/settings/api")
}
