package site

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/uptrace/bunrouter"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/picture"
)

// A pictureForm is the part of a form with which a picture is chosen.
type pictureForm struct {
	Ready   bool   // pictures can be sent at all
	Ref     string // of the one that is chosen; "" for none
	Problem string
}

// maxUpload bounds a form with a picture in it.
const maxUpload = picture.MaxUpload + maxForm

// mayUpload reports whether a request is a form that may have a picture in it.
func mayUpload(r *http.Request) bool {
	if r.Method != http.MethodPost || !strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		return false
	}
	path := r.URL.Path
	return path == "/campaigns/new" || strings.HasPrefix(path, "/campaigns/") && strings.HasSuffix(path, "/edit") ||
		strings.HasPrefix(path, "/inbox/") && strings.HasSuffix(path, "/reply")
}

// picture reads what is chosen: a file, or what was chosen before and is named in
// the form. What is wrong with the file is said beside it; the error is of ours.
func (v *visit) picture() (pictureForm, error) {
	f := pictureForm{Ready: v.s.Pictures.Ready(), Ref: v.req.PostFormValue("pictured")}
	if _, ok := picture.Parse(f.Ref); !ok || v.req.PostFormValue("do") == "unpicture" {
		f.Ref = ""
	}
	file, _, err := v.req.FormFile("picture")
	if err != nil { // there is none
		return f, nil
	}
	defer func() { _ = file.Close() }()
	b, err := io.ReadAll(io.LimitReader(file, picture.MaxUpload+1))
	if err != nil {
		return f, core.Wrap("site.picture", core.Invalid, "The picture did not come through. Choose it again.", err)
	}
	if len(b) == 0 {
		return f, nil
	}
	if err := v.need(account.Staff); err != nil {
		return f, err
	}
	ref, err := v.s.Pictures.Keep(v.ctx(), v.biz.ID, b)
	if errors.Is(err, core.Invalid) {
		f.Problem = core.MessageOf(err)
		return f, nil
	}
	if err == nil {
		f.Ref = ref.String()
	}
	return f, err
}

// refs are the pictures of a text.
func (f pictureForm) refs() []string {
	if f.Ref == "" {
		return nil
	}
	return []string{f.Ref}
}

func (v *visit) pictureOf(refs []string) pictureForm {
	f := pictureForm{Ready: v.s.Pictures.Ready()}
	if len(refs) > 0 {
		f.Ref = refs[0]
	}
	return f
}

// pictureURL is where the venue's people see a picture that they send.
func pictureURL(ref string) string { return "/pictures/" + ref }

// pictureShown serves a picture to the people of the venue that sends it.
func (s *site) pictureShown(v *visit) error {
	r, ok := picture.Parse(v.req.Param("ref"))
	if !ok {
		return errNotFound
	}
	b, err := s.Pictures.Open(v.ctx(), v.biz.ID, r)
	if err != nil {
		return err
	}
	servePicture(v.w, v.req.Request, r, b, "private, max-age=3600")
	return nil
}

// pictureFetched serves a picture to the carrier, by a link that only a text which
// leaves has, and that ends after a day.
func (s *site) pictureFetched(w http.ResponseWriter, req bunrouter.Request) error {
	b, r, ok := s.Pictures.Links.Open(req.Param("token"), s.Clock.Now())
	if !ok {
		return errNotFound
	}
	bytes, err := s.Pictures.Open(req.Context(), b, r)
	if err != nil {
		return err
	}
	s.alone(w)
	servePicture(w, req.Request, r, bytes, "private, no-store")
	return nil
}

func servePicture(w http.ResponseWriter, req *http.Request, r picture.Ref, b []byte, cache string) {
	h := w.Header()
	h.Set("Content-Type", r.Kind.ContentType())
	h.Set("Content-Length", strconv.Itoa(len(b)))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cache-Control", cache)
	w.WriteHeader(http.StatusOK)
	if req.Method != http.MethodHead {
		_, _ = w.Write(b) // who asked has gone: nobody to tell
	}
}
