package site

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jobfluss/nexo/apps/web/ui"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/converse"
	"github.com/jobfluss/nexo/core/guest"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/thread"
)

// A threadRow is one conversation in the list.
type threadRow struct {
	URL, Number, Last, When string
	Assignee                string
	Tags                    []string
	Unread                  int
	Closed, Current         bool
}

// An inboxView is the list of conversations.
type inboxView struct {
	Tabs    []tab
	Show, Q string
	Rows    []threadRow
	Next    string // address of the next page; "" at the end
	None    bool   // no guest has ever written
}

// threadsPerPage is how many conversations a list has.
const threadsPerPage = 30

func (s *site) inbox(v *visit) error {
	list, err := v.threadList("", true)
	if err != nil {
		return err
	}
	f := v.page("inbox", "inbox.title")
	f.Live = v.liveURL("")
	return v.show(inboxPage(f, list))
}

// inboxQuery reads from the address which conversations are shown.
func (v *visit) inboxQuery() (thread.Query, inboxView, error) {
	get := v.req.URL.Query()
	view := inboxView{Q: strings.TrimSpace(get.Get("q"))}
	q := thread.Query{Search: thread.ParseSearch(view.Q)}
	var ok bool
	if q.Filter, ok = thread.ParseFilter(get.Get("show")); !ok {
		q.Filter = thread.Opened
		if view.Q != "" {
			q.Filter = thread.All // who looks for something, looks everywhere
		}
	}
	view.Show = q.Filter.String()
	if at := get.Get("at"); at != "" {
		when, err := time.Parse(time.RFC3339Nano, at)
		id, err2 := core.ParseUUID(get.Get("after"))
		if err != nil || err2 != nil {
			return q, view, errNotFound
		}
		q.After = thread.Cursor{At: when, ID: id}
	}
	return q, view, nil
}

// inboxURL is an address within the inbox that keeps what the list is narrowed
// to.
func inboxURL(path, show, q string) string {
	x := url.Values{}
	if show != thread.Opened.String() || q != "" {
		x.Set("show", show)
	}
	if q != "" {
		x.Set("q", q)
	}
	if len(x) == 0 {
		return path
	}
	return path + "?" + x.Encode()
}

// threadList reads the list. current is the conversation that is open, and paged
// whether the address says where the list begins.
func (v *visit) threadList(current string, paged bool) (inboxView, error) {
	q, view, err := v.inboxQuery()
	if err != nil {
		return view, err
	}
	if !paged {
		q.After = thread.Cursor{}
	}
	p, err := v.s.Converse.List(v.ctx(), v.user, q, threadsPerPage)
	if err != nil {
		return view, err
	}
	view.Tabs = v.inboxTabs(q.Filter, view.Q, p.Counts)
	for _, t := range p.Threads {
		view.Rows = append(view.Rows, v.threadRow(t, p, view, current))
	}
	if p.More {
		last := p.Threads[len(p.Threads)-1]
		u := inboxURL("/inbox", view.Show, view.Q)
		sep := "?"
		if strings.Contains(u, "?") {
			sep = "&"
		}
		view.Next = u + sep + url.Values{"at": {last.At.UTC().Format(time.RFC3339Nano)}, "after": {last.ID.String()}}.Encode()
	}
	if len(p.Threads) == 0 && view.Q == "" && q.After.IsZero() {
		view.None, err = v.neverWritten()
	}
	return view, err
}

// neverWritten reports whether the venue has no conversation at all.
func (v *visit) neverWritten() (none bool, err error) {
	err = v.view(func(ctx context.Context, tx store.Tx) error {
		ts, err := tx.Threads.List(ctx, v.biz.ID, thread.Query{}, 1)
		none = len(ts) == 0
		return err
	})
	return none, err
}

func (v *visit) inboxTabs(current thread.Filter, q string, c thread.Counts) []tab {
	var out []tab
	for _, f := range []struct {
		filter thread.Filter
		n      int
	}{{thread.Opened, c.Open}, {thread.WithUnread, c.Unread}, {thread.Mine, c.Mine}, {thread.Unassigned, c.Unassigned}, {thread.Ended, -1}, {thread.All, -1}} {
		out = append(out, tab{inboxURL("/inbox", f.filter.String(), q), v.say("inbox.tab." + f.filter.String()), f.n, f.filter == current})
	}
	return out
}

func (v *visit) threadRow(t thread.Thread, p converse.Page, in inboxView, current string) threadRow {
	r := threadRow{
		URL: inboxURL("/inbox/"+t.ID.String(), in.Show, in.Q), Number: t.Number.Masked(), Last: t.Last, When: v.clockOrDay(t.At),
		Assignee: v.personName(p.Users, t.Assignee), Unread: t.Unread(), Closed: t.State == thread.Closed, Current: t.ID.String() == current,
		Tags: tagNames(p.Tags[t.Number].Tags),
	}
	if t.By == thread.Staff {
		r.Last = v.say("inbox.you", "text", t.Last)
	}
	if r.Last == "" {
		r.Last = v.say("inbox.picture")
	}
	return r
}

func tagNames(tags []guest.Tag) []string {
	out := make([]string, len(tags))
	for i, t := range tags {
		out[i] = string(t)
	}
	return out
}

// clockOrDay is an instant as a list has it: the time today, the day before that.
func (v *visit) clockOrDay(at time.Time) string {
	loc := located(v.biz.Zone)
	now, there := v.s.Clock.Now().In(loc), at.In(loc)
	if there.Year() == now.Year() && there.YearDay() == now.YearDay() {
		return there.Format("3:04 pm")
	}
	if now.Sub(at) > 300*24*time.Hour {
		return there.Format("2 Jan 2006")
	}
	return there.Format("Mon 2 Jan")
}

// personName is "" for nobody.
func (v *visit) personName(users map[core.UserID]account.User, id core.UserID) string {
	u, ok := users[id]
	switch {
	case id.IsZero():
		return ""
	case !ok:
		return v.say("moves.gone")
	case id == v.user.ID:
		return v.say("inbox.me")
	case u.Name != "":
		return u.Name
	}
	return u.Email
}

// people are the choices of who looks after a conversation.
func (v *visit) people(users map[core.UserID]account.User) []ui.Option {
	out := []ui.Option{{Value: "", Label: v.say("thread.nobody")}}
	for _, u := range users {
		if u.Role >= account.Staff {
			out = append(out, ui.Option{Value: u.ID.String(), Label: v.personName(users, u.ID)})
		}
	}
	slices.SortFunc(out[1:], func(a, b ui.Option) int { return strings.Compare(a.Label, b.Label) })
	return out
}

// threadID reads the id in the address. One that is none is like one that is not
// there.
func (v *visit) threadID() (core.ThreadID, error) {
	id, err := core.ParseUUID(v.req.Param("id"))
	if err != nil {
		return core.ThreadID{}, errNotFound
	}
	return core.ThreadID(id), nil
}

// backTo is the conversation after something was done with it.
func (v *visit) backTo(id core.ThreadID) error {
	return v.see(inboxURL("/inbox/"+id.String(), v.listShown(), v.req.URL.Query().Get("q")) + "#end")
}

// listShown is what the list beside a conversation is narrowed to.
func (v *visit) listShown() string {
	_, view, err := v.inboxQuery()
	if err != nil {
		return thread.Opened.String()
	}
	return view.Show
}

// reply sends what staff wrote. What may not be sent is shown again, as typed,
// with what to do.
func (s *site) reply(v *visit) error {
	id, err := v.threadID()
	if err != nil {
		return err
	}
	body := strings.TrimSpace(newlines(v.req.PostFormValue("body")))
	pic, err := v.picture()
	if err != nil {
		return err
	}
	if fix := v.req.PostFormValue("fix"); fix != "" {
		return v.showThread(http.StatusOK, id, composer{Body: v.mended(body, fix), Picture: pic})
	}
	if do := v.req.PostFormValue("do"); do == "check" || do == "unpicture" {
		return v.showThread(http.StatusOK, id, composer{Body: body, Picture: pic})
	}
	if pic.Problem != "" {
		return v.showThread(http.StatusUnprocessableEntity, id, composer{Body: body, Picture: pic})
	}
	key, err := core.ParseUUID(v.req.PostFormValue("key"))
	if err != nil {
		return errForged
	}
	err = s.Converse.Reply(v.ctx(), v.user, id, key, body, pic.refs()...)
	var p converse.Problem
	var no *converse.Refused
	switch {
	case errors.As(err, &p):
		return v.showThread(http.StatusUnprocessableEntity, id, composer{Body: body, Problem: string(p), Picture: pic})
	case errors.As(err, &no):
		return v.showThread(http.StatusForbidden, id, composer{Body: body, Picture: pic}) // which says why
	case err != nil:
		return err
	}
	return v.backTo(id)
}

func (s *site) note(v *visit) error {
	id, err := v.threadID()
	if err != nil {
		return err
	}
	key, err := core.ParseUUID(v.req.PostFormValue("key"))
	if err != nil {
		return errForged
	}
	text := newlines(v.req.PostFormValue("note"))
	err = s.Converse.Note(v.ctx(), v.user, id, key, text)
	var p converse.Problem
	if errors.As(err, &p) {
		return v.showThread(http.StatusUnprocessableEntity, id, composer{Note: text, NoteProblem: string(p)})
	}
	if err != nil {
		return err
	}
	return v.backTo(id)
}

func (s *site) assign(v *visit) error {
	id, err := v.threadID()
	if err != nil {
		return err
	}
	var to core.UserID
	if x := v.req.PostFormValue("to"); x != "" {
		u, err := core.ParseUUID(x)
		if err != nil {
			return errNotFound
		}
		to = core.UserID(u)
	}
	if err := s.Converse.Assign(v.ctx(), v.user, id, to); err != nil {
		return err
	}
	return v.backTo(id)
}

// closeThread leads back to the list: what is closed is done.
func (s *site) closeThread(v *visit) error {
	id, err := v.threadID()
	if err != nil {
		return err
	}
	if err := s.Converse.Close(v.ctx(), v.user, id); err != nil {
		return err
	}
	v.flash("good", v.say("thread.closed"))
	return v.see(inboxURL("/inbox", v.listShown(), v.req.URL.Query().Get("q")))
}

func (s *site) reopenThread(v *visit) error {
	id, err := v.threadID()
	if err != nil {
		return err
	}
	if err := s.Converse.Reopen(v.ctx(), v.user, id); err != nil {
		return err
	}
	return v.backTo(id)
}

// seen is what an open page says when it shows texts that came in meanwhile.
func (s *site) seen(v *visit) error {
	id, err := v.threadID()
	if err != nil {
		return err
	}
	heard, err := strconv.Atoi(v.req.PostFormValue("heard"))
	if err != nil {
		return errNotFound
	}
	if err := s.Converse.See(v.ctx(), v.user, id, heard); err != nil {
		return err
	}
	v.w.WriteHeader(http.StatusNoContent)
	return nil
}

// checkReply looks at a reply while it is being written.
func (s *site) checkReply(v *visit) error {
	return v.show(replyFindings(v.replyCheck(newlines(v.req.PostFormValue("body")))))
}
