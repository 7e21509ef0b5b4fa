package site

import (
	"context"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/access"
)

// The cookie by which a browser is known again. It opens nothing: it says that a
// wrong password was typed where the right one was before.
const deviceCookie = "nexo_device"

func (s *site) deviceName() string {
	if s.secure {
		return "__Host-" + deviceCookie
	}
	return deviceCookie
}

// device is what the browser was given when it came in last.
func (s *site) device(r *http.Request) string {
	c, err := r.Cookie(s.deviceName())
	if err != nil || len(c.Value) > 100 {
		return ""
	}
	return c.Value
}

func (s *site) setDevice(w http.ResponseWriter, secret string) {
	http.SetCookie(w, &http.Cookie{
		Name: s.deviceName(), Value: secret, Path: "/", MaxAge: 400 * 24 * 3600, // the most that browsers keep
		HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteLaxMode,
	})
}

// addressOf is the network that a request comes from: who opened the connection
// or, where that is a trusted proxy, the last address in X-Forwarded-For that is
// none. Of an IPv6 address it is what one customer gets, /64.
func (s *site) addressOf(r *http.Request) string {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return ""
	}
	a := peer.Addr().Unmap()
	if s.trusts(a) {
		hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		for i := len(hops) - 1; i >= 0; i-- {
			hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
			if err != nil {
				break
			}
			if a = hop.Unmap(); !s.trusts(a) {
				break
			}
		}
	}
	if a.Is6() {
		p, _ := a.WithZone("").Prefix(64) // 64 fits every IPv6 address
		a = p.Addr()
	}
	return a.String()
}

func (s *site) trusts(a netip.Addr) bool {
	for _, p := range s.o.Proxies {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// tidyEvery is how often old sign-ins, links and notices are taken away.
const tidyEvery = time.Hour

func (s *site) tidy(life context.Context) {
	tick := time.NewTicker(tidyEvery)
	defer tick.Stop()
	for {
		select {
		case <-life.Done():
			return
		case <-tick.C:
		}
		if err := s.SignIn.Sweep(life); err != nil && life.Err() == nil {
			s.o.Log.WarnContext(life, "old sign-ins are not taken away; trying again in an hour", "err", err)
		}
	}
}

// A securityView is what the page shows.
type securityView struct {
	Sessions []sessionView
	Notices  []noticeView
}

type sessionView struct {
	ID, Device, Begun, Seen string
	Here                    bool
}

type noticeView struct{ What, Detail, When string }

func (s *site) security(v *visit) error {
	all, err := s.SignIn.Safety(v.ctx(), v.user.ID)
	if err != nil {
		return err
	}
	var x securityView
	for _, in := range all.Sessions {
		x.Sessions = append(x.Sessions, sessionView{
			ID: in.ID.String(), Device: in.Device, Begun: v.when(in.Begun), Seen: v.when(in.Seen), Here: in.ID == v.here.ID,
		})
	}
	for _, n := range all.Notices {
		x.Notices = append(x.Notices, noticeView{What: v.say("security." + string(n.Kind)), Detail: n.Detail, When: v.when(n.At)})
	}
	return v.show(securityPage(v.page("settings", "security.title"), x))
}

// endSignIns ends one sign-in, or all but this.
func (s *site) endSignIns(v *visit) error {
	text, ids := "security.ended.all", []access.SessionID(nil)
	if typed := v.req.PostFormValue("id"); typed != "" {
		id, err := core.ParseUUID(typed)
		if err != nil {
			return errNotFound
		}
		text, ids = "security.ended", []access.SessionID{access.SessionID(id)}
	}
	if err := s.SignIn.End(v.ctx(), v.user.ID, v.here.ID, ids...); err != nil {
		return err
	}
	v.flash("good", v.say(text))
	return v.see("/settings/security")
}
