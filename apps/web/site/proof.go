package site

import (
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
)

// canProve reports whether the user may have packs, and the program can make them.
// A pack names the guest's number in full, which no page does.
func (v *visit) canProve() bool {
	return v.user.Role >= account.Manager && v.s.Proof != nil && v.s.Proof.Signer != nil
}

// guestProof answers with the proof pack of a guest. The pack is made whole before
// the first byte leaves, so that the database does not wait for a slow reader, and
// what fails is a page and not half a file.
func (s *site) guestProof(v *visit) error {
	n, err := v.seal.open(v.req.Param("ref"))
	if err != nil {
		return err
	}
	if err := v.need(account.Manager); err != nil {
		return err
	}
	if !v.canProve() {
		return core.E("site.guestProof", core.Unavailable, v.say("proof.nokey"))
	}
	f, err := os.CreateTemp("", "nexo-proof-*")
	if err != nil {
		return core.Wrap("site.guestProof", core.Unavailable, "", err)
	}
	defer func() { _ = f.Close(); _ = os.Remove(f.Name()) }()
	m, err := s.Proof.Number(v.ctx(), f, core.Pair{Business: v.biz.ID, Number: n})
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
