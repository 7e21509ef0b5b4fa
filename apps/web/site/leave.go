package site

import (
	"net/http"

	"github.com/uptrace/bunrouter"

	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/optout"
)

// A leaveView is the page of an opt-out link.
type leaveView struct {
	Action, Brand, Number string
	Sender, Help          string
	OptedOut              bool
}

// leave shows what the link does. Looking changes nothing: mail programs and
// messengers open links before people do.
func (s *site) leave(w http.ResponseWriter, req bunrouter.Request) error {
	in, err := s.OptOut.Open(req.Context(), req.Param("token"))
	if err != nil {
		return err
	}
	s.alone(w)
	return render(w, req.Context(), http.StatusOK, leavePage(leaveOf(in, req.URL.Path)))
}

// left opts out. The link is all that it takes: who holds it may stop the texts,
// and nothing else.
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
