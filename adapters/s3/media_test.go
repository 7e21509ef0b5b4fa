package s3

import (
	"errors"
	"net/http"
	"testing"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/media"
	"github.com/jobfluss/nexo/core/media/mediatest"
)

func TestMedia(t *testing.T) {
	_, c := open(t, "s3cret")
	mediatest.Run(t, &Media{c: c})
}

// Later may be better, but not where the key is wrong.
func TestMediaThatAreRefused(t *testing.T) {
	key := media.Medium{}.Key()
	b, c := open(t, "s3cret")
	b.status = http.StatusServiceUnavailable
	if err := (&Media{c: c}).Put(t.Context(), key, []byte("x")); !errors.Is(err, core.Unavailable) {
		t.Errorf("Put to a busy bucket: %v, want Unavailable", err)
	}
	_, wrong := open(t, "another")
	m := &Media{c: wrong}
	_, err := m.Get(t.Context(), key)
	for what, err := range map[string]error{"Get": err, "Put": m.Put(t.Context(), key, nil), "Delete": m.Delete(t.Context(), key)} {
		if !errors.Is(err, core.Denied) {
			t.Errorf("%s with a wrong key: %v, want Denied", what, err)
		}
	}
	if _, err := OpenMedia(Config{}); !errors.Is(err, core.Invalid) {
		t.Errorf("OpenMedia of nothing: %v, want Invalid", err)
	}
}
