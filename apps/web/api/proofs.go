package api

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humabunrouter"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/grant"
	"github.com/jobfluss/nexo/core/proof"
	"github.com/jobfluss/nexo/core/token"
)

func (a *API) proofs() {
	const tag, about = "Proof packs", "A zip file that proves, without us, what was sent and why. Anybody can check it with nexo verify. It names numbers in full."
	register(a, op{id: "get-subscriber-proof", method: http.MethodGet, path: "/subscribers/{id}/proof", tag: tag, summary: "The proof pack of a subscriber", about: about, scope: token.ReadProofs, zip: true}, a.guestProof)
	register(a, op{id: "get-campaign-proof", method: http.MethodGet, path: "/campaigns/{id}/proof", tag: tag, summary: "The proof pack of a campaign", about: about, scope: token.ReadProofs, zip: true}, a.campaignProof)
}

func (a *API) guestProof(ctx context.Context, g grant.Grant, in *SubscriberPath) (*huma.StreamResponse, error) {
	n, err := guestOf(g, in.ID)
	if err != nil {
		return nil, err
	}
	return a.pack("proof", func(w io.Writer) (proof.Manifest, error) {
		return a.w.Proof.Number(ctx, w, core.Pair{Business: g.Business.ID, Number: n})
	})
}

func (a *API) campaignProof(ctx context.Context, g grant.Grant, in *CampaignPath) (*huma.StreamResponse, error) {
	c, err := a.campaign(ctx, g, in.ID)
	if err != nil {
		return nil, err
	}
	return a.pack("campaign-proof", func(w io.Writer) (proof.Manifest, error) {
		return a.w.Proof.Campaign(ctx, w, g.Business.ID, c.ID)
	})
}

// pack makes a pack whole before the first byte leaves: the database does not wait
// for a slow reader, and what fails is a problem and not half a file.
func (a *API) pack(name string, write func(io.Writer) (proof.Manifest, error)) (*huma.StreamResponse, error) {
	if a.w.Proof == nil || a.w.Proof.Signer == nil {
		return nil, core.E("api.pack", core.Unavailable, "there is no key to sign proof packs with; whoever runs this names one in NEXO_EVIDENCE_KEY_FILE")
	}
	f, err := os.CreateTemp("", "nexo-proof-*")
	if err != nil {
		return nil, core.Wrap("api.pack", core.Unavailable, "", err)
	}
	gone := func() { _ = f.Close(); _ = os.Remove(f.Name()) }
	m, err := write(f)
	if err != nil {
		gone()
		return nil, err
	}
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		defer gone()
		r, w := humabunrouter.Unwrap(ctx)
		_ = http.NewResponseController(w).SetWriteDeadline(time.Time{}) // a slow line may take its time
		h := w.Header()
		h.Set("Content-Type", "application/zip")
		h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="%s-%s.zip"`, name, m.Created.Format("2006-01-02-150405")))
		http.ServeContent(w, r.Request, "", time.Time{}, f)
	}}, nil
}
