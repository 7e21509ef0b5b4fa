package site

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/a-h/templ"
	"github.com/justinas/nosurf"

	"github.com/jobfluss/nexo/apps/web/ui"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/store"
)

// marks are how far the conversations of businesses have come.
func (s *site) marks(ctx context.Context, bs []core.BusinessID) (m map[core.BusinessID]int64, err error) {
	err = s.Database.Store.View(ctx, func(ctx context.Context, tx store.Tx) error {
		m, err = tx.Threads.Marks(ctx, bs)
		return err
	})
	return m, err
}

// stillHere is how often a quiet stream says that it is there, and looks whether
// the session is.
const stillHere = 15 * time.Second

// errBusy makes a browser come again later.
var errBusy = core.E("site.live", core.Unavailable, "Too many pages are open. This one does not move by itself.")

// liveURL is where a page hears of changes. It names the mark that the page was
// made at, so that nothing between the page and the stream is missed.
func (v *visit) liveURL(thread string) string {
	q := url.Values{"mark": {strconv.FormatInt(v.mark, 10)}}
	if v.req.URL.Path != "/inbox" && thread == "" {
		return "/inbox/live?" + q.Encode() // only the counter
	}
	q.Set("list", "1")
	if thread != "" {
		q.Set("thread", thread)
	}
	for _, k := range []string{"show", "q", "at", "after"} {
		if x := v.req.URL.Query().Get(k); x != "" {
			q.Set(k, x)
		}
	}
	return "/inbox/live?" + q.Encode()
}

// liveInbox sends the parts of a page that have changed, as server-sent events:
// the counter, the list, the conversation. It ends when the session does: before
// anything is sent, it looks.
func (s *site) liveInbox(v *visit) error {
	mark, err := strconv.ParseInt(v.req.URL.Query().Get("mark"), 10, 64)
	if err != nil {
		return errNotFound
	}
	if last, err := strconv.ParseInt(v.req.Header.Get("Last-Event-ID"), 10, 64); err == nil {
		mark = last // the stream was cut: nothing is sent twice
	}
	in := s.hub.join(v.biz.ID, v.user.ID, mark)
	if in == nil {
		return errBusy
	}
	defer s.hub.leave(in)
	out := http.NewResponseController(v.w)
	_ = out.SetWriteDeadline(time.Time{}) // a stream outlives the server's time limit
	h := v.w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	v.w.WriteHeader(http.StatusOK)
	if _, err := fmt.Fprint(v.w, ": here\n\n"); err != nil || out.Flush() != nil {
		return nil // the browser has gone
	}
	quiet := time.NewTicker(stillHere)
	defer quiet.Stop()
	for {
		changed := int64(-1)
		select {
		case <-v.ctx().Done():
			return nil
		case <-s.o.Stop:
			return nil
		case changed = <-in.moved:
		case <-quiet.C:
		}
		if !v.signedIn() {
			_ = event(v.w, "over", "")
			_ = out.Flush()
			return nil
		}
		if changed < 0 {
			_, err = fmt.Fprint(v.w, ": still here\n\n")
		} else {
			err = v.sendParts(changed)
		}
		if err != nil || out.Flush() != nil {
			return nil // the browser comes again by itself
		}
	}
}

// signedIn reports whether the session is still there, and still this user's. A
// store that does not answer leaves it open.
func (v *visit) signedIn() bool {
	// The request's own context has the session as it was.
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	ctx, err := v.s.sessions.Load(ctx, v.s.sessions.Token(v.ctx()))
	if err != nil {
		return true
	}
	if v.s.sessions.GetString(ctx, keyUser) != v.user.ID.String() {
		return false
	}
	err = v.view(func(ctx context.Context, tx store.Tx) error {
		if _, err := v.s.SignIn.Here(ctx, tx, v.here.ID, v.user.ID); err != nil {
			return err
		}
		u, err := tx.Accounts.User(ctx, v.user.ID)
		if err == nil {
			v.user = u
		}
		return err
	})
	return !errors.Is(err, core.NotFound)
}

// sendParts sends what has changed on the page.
func (v *visit) sendParts(mark int64) error {
	err := v.view(func(ctx context.Context, tx store.Tx) (err error) {
		v.unread, err = tx.Threads.Unread(ctx, v.biz.ID)
		return err
	})
	if err != nil {
		return err
	}
	parts := map[string]templ.Component{"unread": ui.UnreadCount(v.unread, v.say("nav.unread", "n", v.unread))}
	get := v.req.URL.Query()
	if get.Get("list") != "" {
		list, err := v.threadList(get.Get("thread"), get.Get("thread") == "")
		if err != nil {
			return err
		}
		parts["threads"] = threadsPart(list)
	}
	if err := v.threadParts(get.Get("thread"), parts); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(parts)) { // lines before the lock below them
		if err := v.sendPart(name, parts[name], mark); err != nil {
			return err
		}
	}
	return nil
}

// threadParts are those of an open conversation.
func (v *visit) threadParts(id string, parts map[string]templ.Component) error {
	if id == "" {
		return nil
	}
	u, err := core.ParseUUID(id)
	if err != nil {
		return errNotFound
	}
	talk, err := v.s.Converse.Show(v.ctx(), v.user, core.ThreadID(u))
	if err != nil {
		return err
	}
	x := v.threadView(talk, composer{})
	parts["standing"] = ui.Tag(x.State)
	parts["lines"], parts["lock"] = linesPart(x), lockPart(nosurf.Token(v.req.Request), x)
	return nil
}

func (v *visit) sendPart(name string, c templ.Component, mark int64) error {
	var b bytes.Buffer
	if err := c.Render(v.ctx(), &b); err != nil {
		return err
	}
	data, err := json.Marshal(struct {
		Part string `json:"part"`
		HTML string `json:"html"`
	}{name, b.String()})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(v.w, "id: %d\nevent: part\ndata: %s\n\n", mark, data)
	return err
}
