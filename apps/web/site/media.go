package site

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/converse"
	"github.com/jobfluss/nexo/core/media"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/thread"
)

// A mediumView is a picture or the like in a conversation.
type mediumView struct {
	Show string // picture, video, sound or file; "" for what is not there, of which Say says why
	URL  string
	Kind string
	Say  string
}

// mediaOf are what came with a text, and how many more there were that nothing is
// known of: where pictures are not fetched.
func (v *visit) mediaOf(i thread.Item, k converse.Talk) (out []mediumView, missing int) {
	if v.s.Media == nil {
		return nil, i.Media
	}
	for _, m := range k.Media[i.ID] {
		x := mediumView{URL: "/inbox/" + m.Thread.String() + "/media/" + m.ID.String(), Kind: m.Kind.ContentType(), Show: "file"}
		switch {
		case m.State == media.Waiting:
			x = mediumView{Say: v.say("media.waits")}
		case m.State != media.Kept:
			x = mediumView{Say: v.say("media.refused")}
		case m.Kind.Picture():
			x.Show = "picture"
		case m.Kind.Video():
			x.Show = "video"
		case m.Kind.Sound():
			x.Show = "sound"
		}
		out = append(out, x)
	}
	return out, max(0, i.Media-len(out))
}

// medium serves what a guest sent. Its type is the one that its bytes have, of a
// short list; whatever a browser makes of it, nothing in it runs or loads.
func (s *site) medium(v *visit) error {
	talk, err := v.threadID()
	if err != nil {
		return err
	}
	id, err := core.ParseUUID(v.req.Param("medium"))
	if err != nil || s.Media == nil {
		return errNotFound
	}
	var m media.Medium
	err = v.view(func(ctx context.Context, tx store.Tx) error {
		m, err = tx.Media.Medium(ctx, v.biz.ID, core.MediumID(id))
		return err
	})
	if err != nil {
		return err
	}
	if m.Thread != talk || m.State != media.Kept || m.Kind.ContentType() == "" {
		return errNotFound
	}
	b, err := s.Media.Get(v.ctx(), m.Key())
	if errors.Is(err, core.Denied) {
		return core.Wrap("site.medium", core.Unavailable, "", err) // an operator must look, not the venue
	}
	if err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Type", m.Kind.ContentType())
	h.Set("Content-Length", strconv.Itoa(len(b)))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cache-Control", "private, max-age=3600")
	if !m.Kind.Picture() && !m.Kind.Video() && !m.Kind.Sound() {
		h.Set("Content-Disposition", "attachment")
	}
	v.w.WriteHeader(http.StatusOK)
	if v.req.Method != http.MethodHead {
		_, _ = v.w.Write(b) // the browser has gone: nobody to tell
	}
	return nil
}
