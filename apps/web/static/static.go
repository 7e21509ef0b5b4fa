// Package static holds the style sheets and scripts of the web app, embedded,
// and serves them under an address that names their content.
package static

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"strings"
)

//go:embed css js img
var files embed.FS

// Prefix begins the address of every file. It changes when any file does, so
// browsers may keep what they have for ever.
var Prefix = "/static/" + digest() + "/"

// URL returns the address of a file, as in URL("css/app.css").
func URL(name string) string { return Prefix + name }

// Text returns what a file says. A file that is not there is a bug in the
// caller.
func Text(name string) string {
	b, err := files.ReadFile(name)
	if err != nil {
		panic("static: " + err.Error())
	}
	return string(b)
}

// Handler serves the files under /static/.
func Handler() http.Handler {
	serve := http.StripPrefix(strings.TrimSuffix(Prefix, "/"), http.FileServerFS(files))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, Prefix) || strings.HasSuffix(r.URL.Path, "/") {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		serve.ServeHTTP(w, r)
	})
}

func digest() string {
	h := sha256.New()
	err := fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := files.ReadFile(path)
		h.Write([]byte(path))
		h.Write(b)
		return err
	})
	if err != nil {
		panic("static: " + err.Error()) // the files are compiled in: a bug in this package
	}
	return hex.EncodeToString(h.Sum(nil))[:12]
}
