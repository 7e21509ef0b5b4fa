package site

import (
	"net/http"
	"time"

	"github.com/jobfluss/nexo/apps/web/site/words"
	"github.com/jobfluss/nexo/apps/web/ui"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/converse"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/sms"
	"github.com/jobfluss/nexo/core/thread"
)

// A lineRow is one thing in a conversation.
type lineRow struct {
	Side           string // guest, staff, machine or note
	Text, Who, How string
	When           string
	Went           string   // that it arrived, or left: what needs no badge
	Badge          ui.Badge // Text is "" for none
	Reason         string
	Media          []mediumView
	Pictures       []string // that the venue sent
	Missing        int      // pictures that are not here: not fetched, or not taken
}

// A lockView says whether a reply may go now: Why is "" where it may, and then
// Later says when, or until when.
type lockView struct {
	Locked     bool
	Why, Later string
}

// A composer is what staff write.
type composer struct {
	Body, Problem     string
	Note, NoteProblem string
	Key, NoteKey      string
	Check             check
	Kept              bool
	Picture           pictureForm
}

// A threadView is one conversation.
type threadView struct {
	ID, Number, GuestURL string
	State                ui.Badge
	Closed               bool
	Tags                 []string
	Lines                []lineRow
	Cut                  bool
	Heard                int
	People               []ui.Option
	Assignee             string
	Doubt                *doubtRow
	Lock                 lockView
	Compose              composer
	MayAct               bool
	Query                string // of the list beside it, with its question mark
	List                 inboxView
}

func (s *site) thread(v *visit) error {
	id, err := v.threadID()
	if err != nil {
		return err
	}
	c := composer{}
	if kept := s.sessions.PopString(v.ctx(), keyDraft); kept != "" {
		c.Body, c.Kept = kept, true
	}
	return v.showThread(http.StatusOK, id, c)
}

// showThread shows a conversation, which is then read.
func (v *visit) showThread(code int, id core.ThreadID, c composer) error {
	talk, err := v.s.Converse.Show(v.ctx(), v.user, id)
	if err != nil {
		return err
	}
	if err := v.read(talk); err != nil {
		return err
	}
	view := v.threadView(talk, c)
	if view.List, err = v.threadList(id.String(), false); err != nil {
		return err
	}
	f := v.page("inbox", "thread.title", "thread.js")
	f.Title = v.say("thread.with", "guest", view.Number)
	f.Live = v.liveURL(id.String())
	return v.showWith(code, threadPage(f, view))
}

// read notes that somebody sees the conversation. What only a machine asks for, a
// browser that looks ahead, is not seen by anybody.
func (v *visit) read(k converse.Talk) error {
	if k.Thread.Unread() == 0 || v.user.Role < account.Staff || v.req.Method == http.MethodHead || v.req.Header.Get("Sec-Purpose") != "" {
		return nil
	}
	if err := v.s.Converse.See(v.ctx(), v.user, k.Thread.ID, k.Thread.Heard); err != nil {
		return err
	}
	v.unread = max(0, v.unread-1)
	return nil
}

func (v *visit) threadView(k converse.Talk, c composer) threadView {
	t := k.Thread
	view := threadView{
		ID: t.ID.String(), Number: t.Number.Masked(), State: v.standing(k.Standing), Closed: t.State == thread.Closed, Tags: tagNames(k.Tags),
		Lines: v.lineRows(k), Cut: k.Cut, Heard: t.Heard, People: v.people(k.Users), Assignee: t.Assignee.String(),
		Lock: v.lock(k), Compose: c, MayAct: v.user.Role >= account.Staff,
	}
	if k.Standing.State == consent.Uncertain {
		view.State = ui.Badge{Tone: "warn", Icon: "ask", Text: v.say("standing.uncertain")}
	}
	if k.Guest {
		view.GuestURL = "/subscribers/" + v.seal.ref(t.Number)
	}
	if k.Doubt != nil {
		d := v.doubtRow(*k.Doubt)
		view.Doubt = &d
	}
	view.Compose.Key, view.Compose.NoteKey = v.s.Converse.NewKey().String(), v.s.Converse.NewKey().String()
	view.Compose.Check = v.replyCheck(c.Body)
	view.Compose.Picture.Ready = v.s.Pictures.Ready()
	view.Compose.Check.pictured(c.Picture.Ref != "")
	view.Query = inboxURL("", v.listShown(), v.req.URL.Query().Get("q"))
	return view
}

func (v *visit) lineRows(k converse.Talk) []lineRow {
	out := make([]lineRow, len(k.Lines))
	for i, l := range k.Lines {
		out[i] = v.lineRow(l, k)
	}
	return out
}

func (v *visit) lineRow(l converse.Line, k converse.Talk) lineRow {
	r := lineRow{When: v.when(l.At), Text: l.Item.Text, Who: v.personName(k.Users, l.Item.By)}
	switch {
	case l.Text != nil:
		r.Side, r.Text, r.How = "machine", l.Text.Body, v.say("text."+orNone(l.Text.Class.String()))
		r.Pictures = l.Text.Media
		if !l.Item.ID.IsZero() {
			r.Side, r.How = "staff", ""
		}
		r.Badge = v.messageBadge(*l.Text)
		switch l.Text.State {
		case message.Delivered, message.Sent, message.Sending:
			r.Went, r.Badge = r.Badge.Text, ui.Badge{}
		default:
			r.Reason = v.reason(l.Text.Reason, l.Text.ReasonAt)
		}
	case l.Item.Kind == thread.Noted:
		r.Side, r.How = "note", v.say("thread.note")
	default:
		r.Side = "guest"
		r.Media, r.Missing = v.mediaOf(l.Item, k)
		r.Badge = v.asBadge(l.Item.As)
	}
	return r
}

// asBadge says what a guest's text was read as; words for people need no badge.
func (v *visit) asBadge(a thread.As) ui.Badge {
	if a == thread.AsWords {
		return ui.Badge{}
	}
	b := ui.Badge{Icon: "info", Text: v.say("as." + a.String())}
	switch a {
	case thread.AsOptOut:
		b.Tone, b.Icon = "bad", "stop"
	case thread.AsDoubt:
		b.Tone, b.Icon = "warn", "ask"
	case thread.AsJoin:
		b.Tone, b.Icon = "good", "check"
	}
	return b
}

// lock puts the engine's verdict on a reply into words.
func (v *visit) lock(k converse.Talk) lockView {
	d := k.Reply.Verdict
	switch d.State {
	case message.Sending:
		return lockView{Later: v.say("thread.until", "when", v.when(k.Until))}
	case message.Planned:
		return lockView{Later: v.say("thread.waits", "why", v.reason(d.Reason, time.Time{}), "when", v.when(d.Due))}
	}
	l := lockView{Locked: true, Why: v.reason(d.Reason, d.ReasonAt)}
	if words.English.Has("locked." + d.Reason) {
		l.Later = v.say("locked."+d.Reason, "when", v.when(k.Thread.Asked))
	}
	return l
}

// replyCheck looks at the words of a reply: what it costs, and what is found in
// it.
func (v *visit) replyCheck(body string) check {
	c := check{Size: sms.Measure(body), Reach: 1, Empty: body == ""}
	if !c.Empty {
		c.Findings = v.findings(body, converse.Check(body, v.biz))
	}
	return c
}
