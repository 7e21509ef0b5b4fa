package media_test

import (
	"strings"
	"testing"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/media"
	"github.com/jobfluss/nexo/core/media/mediatest"
)

func TestMemory(t *testing.T) { mediatest.Run(t, &mediatest.Memory{}) }

func TestKindOf(t *testing.T) {
	for bytes, want := range map[string]media.Kind{
		"\xff\xd8\xff\xe0\x00\x10JFIF": media.JPEG,
		"\x89PNG\r\n\x1a\n\x00":        media.PNG,
		"GIF89a\x01":                   media.GIF,
		"RIFF\x00\x00\x00\x00WEBPVP8 ": media.WebP,
		"\x00\x00\x00\x18ftypmp42\x00": media.MP4,
		"\x00\x00\x00\x18ftyp3gp5\x00": media.ThreeGP,
		"ID3\x03":                      media.MP3,
		"\xff\xfb\x90\x00":             media.MP3,
		"#!AMR\n":                      media.AMR,
		"%PDF-1.7":                     media.PDF,
		"begin:vcard\r\n":              media.VCard,
		"":                             media.NoKind,
		"<svg xmlns='http://www.w3.org/2000/svg'><script/>": media.NoKind,
		"<!DOCTYPE html>":          media.NoKind,
		"MZ\x90":                   media.NoKind,
		"RIFF\x00\x00\x00\x00WAVE": media.NoKind,
		"\x00\x00\x00\x18ftypheic": media.NoKind,
		" \xff\xd8\xff":            media.NoKind,
	} {
		if got := media.KindOf([]byte(bytes)); got != want {
			t.Errorf("%q is of kind %d, want %d", bytes, got, want)
		}
	}
}

// Whatever comes: what is served is of a type of the list, and nothing that a
// browser would run.
func FuzzKindOf(f *testing.F) {
	f.Add([]byte("GIF89a<script>"))
	f.Add([]byte("<html>"))
	f.Fuzz(func(t *testing.T, b []byte) {
		k := media.KindOf(b)
		typ := k.ContentType()
		if (k == media.NoKind) != (typ == "") || strings.Contains(typ, "html") || strings.Contains(typ, "svg") || strings.Contains(typ, "xml") || strings.Contains(typ, "script") {
			t.Errorf("kind %d is served as %q", k, typ)
		}
	})
}

func TestKeysStayInTheirPlace(t *testing.T) {
	m := media.Medium{ID: core.MediumID{1, 0xff}, Business: core.BusinessID{2}}
	if !media.ValidKey(m.Key()) || m.Key() == (media.Medium{ID: m.ID, Business: core.BusinessID{3}}).Key() {
		t.Errorf("the key %q", m.Key())
	}
	for _, k := range []string{"", "/", m.Key() + "/", "../" + m.Key(), strings.ToUpper(m.Key()), m.Key()[1:]} {
		if media.ValidKey(k) {
			t.Errorf("%q is taken for a key", k)
		}
	}
	if media.Kind(99).ContentType() != "" {
		t.Error("a kind that is none has a type")
	}
}
