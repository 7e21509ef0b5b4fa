package optout_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/optout"
)

const (
	secret  = "a secret of at least thirty-two characters"
	another = "some other secret, and as long as the first"
	code    = "0123abcz"
)

var guest = core.MustNumber("+15125550142")

func links(t interface{ Fatal(...any) }, secrets ...string) *optout.Links {
	l, err := optout.NewLinks("https://nexo.example/", secrets...)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestALinkIsShortAndSaysNothing(t *testing.T) {
	l := links(t, secret)
	u := l.URL(code, guest)
	if !strings.HasPrefix(u, "https://nexo.example/o/") || len(u) != len("https://nexo.example/o/")+26 {
		t.Errorf("the link is %s", u)
	}
	if strings.Contains(u, "555") && strings.Contains(u, "0142") || strings.Contains(u, code) {
		t.Errorf("the link %s shows whose it is", u)
	}
	if u != l.URL(code, guest) {
		t.Error("one guest has two links")
	}
	// It must mean the same in years: this one is in texts already.
	if got, want := l.Token(code, guest), "jfsa3k7wgdzr1ry5ga9fykwcyr"; got != want {
		t.Errorf("the token is %s, want %s as ever", got, want)
	}
}

func TestALinkOpensUnderAnOldSecretToo(t *testing.T) {
	old := links(t, another).Token(code, guest)
	if c, n, ok := links(t, secret, another).Open(strings.ToUpper(old)); !ok || c != code || n != guest {
		t.Errorf("after a new secret, the old link opens %s, %v, %v", c, n, ok)
	}
	if _, _, ok := links(t, secret).Open(old); ok {
		t.Error("a link opens under a secret that did not make it")
	}
}

func TestWithoutASecretThereAreNoLinks(t *testing.T) {
	var none *optout.Links
	for _, l := range []*optout.Links{none, links(t)} {
		if l.Token(code, guest) != "" {
			t.Error("a link was made without a secret")
		}
		if _, _, ok := l.Open(links(t, secret).Token(code, guest)); ok {
			t.Error("a link was opened without a secret")
		}
	}
	if _, err := optout.NewLinks("", "too short"); err == nil {
		t.Error("a short secret was taken")
	}
	if links(t, secret).Token("not a code", guest) != "" || links(t, secret).Token(code, core.Number{}) != "" {
		t.Error("a link was made to nothing")
	}
}

// What is not exactly one of our tokens opens nothing.
func TestAnAlteredLinkOpensNothing(t *testing.T) {
	l := links(t, secret)
	rapid.Check(t, func(t *rapid.T) {
		n := core.MustNumber(fmt.Sprintf("+1512555%04d", rapid.IntRange(100, 199).Draw(t, "guest")))
		tok := l.Token(code, n)
		if c, m, ok := l.Open(tok); !ok || c != code || m != n {
			t.Fatalf("%s opens %s, %v, %v", tok, c, m, ok)
		}
		b := []byte(tok)
		i := rapid.IntRange(0, len(b)-1).Draw(t, "at")
		x := rapid.SampledFrom([]byte("0123456789abcdefghjkmnpqrstvwxyz-_ iLO%")).Draw(t, "sign")
		if b[i] == x {
			return
		}
		b[i] = x
		if c, m, ok := l.Open(string(b)); ok {
			t.Fatalf("the altered %s opens %s, %v", b, c, m)
		}
	})
}

func FuzzOpen(f *testing.F) {
	l := links(f, secret)
	good := l.Token(code, guest)
	for _, s := range []string{good, "", strings.Repeat("0", 26), strings.Repeat("z", 26), good + "0", "ÿ" + good[2:]} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if c, n, ok := l.Open(s); ok && l.Token(c, n) != strings.ToLower(s) {
			t.Errorf("%q opens as something whose link it is not", s)
		}
	})
}
