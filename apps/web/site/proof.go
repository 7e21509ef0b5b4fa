package site

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/proof"
)

// canProve reports whether the user may have packs, and the program can make them.
// A pack names the guest's number in full, which no page does.
func (v *visit) canProve() bool {
	return v.user.Role >= account.Manager && v.s.Proof != nil && v.s.Proof.Signer != nil
}

// guestProof answers with the proof pack of a guest.
func (s *site) guestProof(v *visit) error {
	n, err := v.seal.open(v.req.Param("ref"))
	if err != nil {
		return err
	}
	return v.pack(func(w io.Writer) (proof.Manifest, error) {
		return s.Proof.Number(v.ctx(), w, core.Pair{Business: v.biz.ID, Number: n})
	})
}

// campaignProof answers with the proof pack of a campaign.
func (s *site) campaignProof(v *visit) error {
	c, err := v.campaign()
	if err != nil {
		return err
	}
	return v.pack(func(w io.Writer) (proof.Manifest, error) { return s.Proof.Campaign(v.ctx(), w, v.biz.ID, c.ID) })
}

// pack sends what make writes. It is made whole before the first byte leaves, so
// that the database does not wait for a slow reader, and what fails is a page and
// not half a file.
func (v *visit) pack(make func(io.Writer) (proof.Manifest, error)) error {
	if err := v.need(account.Manager); err != nil {
		return err
	}
	if !v.canProve() {
		return core.E("site.pack", core.Unavailable, v.say("proof.nokey"))
	}
	f, err := os.CreateTemp("", "nexo-proof-*")
	if err != nil {
		return core.Wrap("site.pack", core.Unavailable, "", err)
	}
	defer func() { _ = f.Close(); _ = os.Remove(f.Name()) }()
	m, err := make(f)
	if err != nil {
		return err
	}
	_ = http.NewResponseController(v.w).SetWriteDeadline(time.Time{}) // a slow line may take its time
	h := v.w.Header()
	h.Set("Content-Type", "application/zip")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="proof-%s.zip"`, m.Created.Format("2006-01-02-150405")))
	http.ServeContent(v.w, v.req.Request, "", time.Time{}, f)
	return nil
}

// showNumber shows a guest's number in full, once, after it is on record that
// somebody looked.
func (s *site) showNumber(v *visit) error {
	if err := v.need(account.Staff); err != nil {
		return err
	}
	n, err := v.seal.open(v.req.Param("ref"))
	if err != nil {
		return err
	}
	if err := s.Rights.Show(v.ctx(), v.user.ID, core.Pair{Business: v.biz.ID, Number: n}); err != nil {
		return err
	}
	view, err := v.guestView(n)
	if err != nil {
		return err
	}
	view.Full = consent.Pretty(n)
	return v.show(guestPage(v.page("subscribers", "guest.title"), view))
}
