package signin_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/access"
)

// codes stands for an authenticator app: its code is the step of time.
type codes struct{}

func (codes) Enrol(secret []byte, account string) (string, string) {
	return "otpauth://" + account, string(secret)
}

func (codes) Step(_ []byte, code string, now time.Time) (int64, bool) {
	step := now.Unix() / 30
	return step, code == fmt.Sprint(step)
}

func (w world) code() string { return fmt.Sprint(w.clock.now.Unix() / 30) }

func (w world) addApp(t *testing.T) []string {
	t.Helper()
	secret, _, _ := w.NewApp(w.luna)
	if _, err := w.AddApp(t.Context(), w.luna.ID, secret, "000000"); !errors.Is(err, core.Invalid) {
		t.Errorf("an app with a wrong code: %v", err)
	}
	list, err := w.AddApp(t.Context(), w.luna.ID, secret, w.code())
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// A code counts once, and so does the one that set the app up.
func TestThreatACodeCountsOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if app, key, err := w.Asks(t.Context(), w.luna.ID); app || key || err != nil {
		t.Errorf("a second step is asked for where none is set up: %v, %v, %v", app, key, err)
	}
	w.addApp(t)
	if _, err := w.Code(t.Context(), w.luna.ID, w.code()); !errors.Is(err, core.Denied) {
		t.Errorf("the code that set it up: %v", err)
	}
	w.clock.now = w.clock.now.Add(30 * time.Second)
	if u, err := w.Code(t.Context(), w.luna.ID, " "+w.code()+" "); err != nil || u.ID != w.luna.ID {
		t.Errorf("the next code: %v", err)
	}
	if _, err := w.Code(t.Context(), w.luna.ID, w.code()); !errors.Is(err, core.Denied) {
		t.Errorf("the same once more: %v", err)
	}
}

func TestRecoveryCodes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	list := w.addApp(t)
	if len(list) != access.RecoveryCodes || len(list[0]) != 19 {
		t.Fatalf("%d codes like %q", len(list), list[0])
	}
	typed := " " + strings.ToUpper(strings.ReplaceAll(list[3], "-", " "))
	if _, err := w.Code(t.Context(), w.luna.ID, typed); err != nil {
		t.Errorf("a recovery code: %v", err)
	}
	if _, err := w.Code(t.Context(), w.luna.ID, list[3]); !errors.Is(err, core.Denied) {
		t.Errorf("the same once more: %v", err)
	}
	again, err := w.Recover(t.Context(), w.luna.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Code(t.Context(), w.luna.ID, list[4]); !errors.Is(err, core.Denied) {
		t.Errorf("one of the set before: %v", err)
	}
	if _, err := w.Code(t.Context(), w.luna.ID, again[0]); err != nil {
		t.Errorf("one of the new set: %v", err)
	}
}

func TestThreatCodesAreNotGuessed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.addApp(t)
	for i := range 8 {
		if _, err := w.Code(t.Context(), w.luna.ID, fmt.Sprint(i)); !errors.Is(err, core.Denied) {
			t.Fatal(err)
		}
	}
	w.clock.now = w.clock.now.Add(time.Minute)
	if _, err := w.Code(t.Context(), w.luna.ID, w.code()); !errors.Is(err, core.Denied) || !strings.Contains(core.MessageOf(err), "Too many") {
		t.Errorf("the ninth try: %v", err)
	}
	w.clock.now = w.clock.now.Add(15 * time.Minute)
	if _, err := w.Code(t.Context(), w.luna.ID, w.code()); err != nil {
		t.Errorf("a quarter of an hour later: %v", err)
	}
}

// A step is taken away by who knows the password; a link by e-mail takes none.
func TestThreatASecondStepStays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	list := w.addApp(t)
	s, err := w.Safety(t.Context(), w.luna.ID)
	if err != nil {
		t.Fatal(err)
	}
	var app access.FactorID
	for _, f := range s.Factors {
		if f.Kind == access.TOTP {
			app = f.ID
		}
	}
	if err := w.Remove(t.Context(), w.luna.ID, app, "guess"); !errors.Is(err, core.Denied) {
		t.Errorf("without the password: %v", err)
	}
	ls, err := w.Forgot(t.Context(), w.luna.Email, "")
	if _, err := w.Reset(t.Context(), secret(t, w.letters(t, ls, err)), "agave under the moon"); err != nil {
		t.Fatal(err)
	}
	if asked, _, err := w.Asks(t.Context(), w.luna.ID); err != nil || !asked {
		t.Errorf("after a reset the second step is gone: %v", err)
	}
	if err := w.Remove(t.Context(), w.luna.ID, access.FactorID{9}, "agave under the moon"); !errors.Is(err, core.NotFound) {
		t.Errorf("one that is none: %v", err)
	}
	if err := w.Remove(t.Context(), w.luna.ID, app, "agave under the moon"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Code(t.Context(), w.luna.ID, list[0]); !errors.Is(err, core.Denied) {
		t.Errorf("a recovery code after the last step was taken away: %v", err)
	}
}
