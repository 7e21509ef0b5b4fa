package site

import (
	"net/http"

	"github.com/uptrace/bunrouter"

	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/optout"
	"github.com/jobfluss/nexo/core/privacy"
)

// A leaveView is the page of an opt-out link.
type leaveView struct {
	Action, Brand, Number string
	Sender, Help          string
	OptedOut              bool
	Asked                 string // what was just asked about the guest's own data; "" for nothing
}

// leave shows what the link does. Looking changes nothing: mail programs and
// messengers open links before people do.
func (s *site) leave(w http.ResponseWriter, req bunrouter.Request) error {
	in, err := s.OptOut.Open(req.Context(), req.Param("token"))
	if err != nil {
		return err
	}
	s.alone(w)
	view := leaveOf(in, req.URL.Path)
	if k, _ := privacy.ParseKind(req.URL.Query().Get("asked")); k == privacy.Export || k == privacy.Delete {
		view.Asked = k.String()
	}
	return render(w, req.Context(), http.StatusOK, leavePage(view))
}

// left opts out. The link is all that it takes: who holds it may stop the texts
// and ask the venue about the guest's data, and sees none of it.
func (s *site) left(w http.ResponseWriter, req bunrouter.Request) error {
	if err := s.OptOut.ByLink(req.Context(), req.Param("token")); err != nil {
		return err
	}
	s.alone(w)
	return see(w, req.Request, req.URL.Path)
}

// alone keeps a link from search engines and from the addresses that other sites
// are told.
func (s *site) alone(w http.ResponseWriter) {
	w.Header().Set("X-Robots-Tag", "noindex, nofollow")
	w.Header().Set("Referrer-Policy", "no-referrer")
}

func leaveOf(in optout.Invitation, path string) leaveView {
	return leaveView{
		Action: path, Brand: in.Business.Name, Number: in.Number.Masked(), Sender: consent.Pretty(in.Business.Sender),
		Help: in.Business.HelpContact, OptedOut: in.OptedOut,
	}
}
