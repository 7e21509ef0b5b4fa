package onboard_test

import (
	"context"
	"encoding/binary"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/onboard"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/store/memstore"
)

type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

// counter makes ids that differ in every part, as real ones do.
type counter struct{ n uint64 }

func (c *counter) New() core.UUID {
	c.n++
	var u core.UUID
	binary.BigEndian.PutUint64(u[:8], c.n)
	binary.BigEndian.PutUint64(u[8:], c.n*0x9E3779B97F4A7C15)
	return u
}

func (c *counter) Salt() evidence.Salt { return evidence.Salt(c.New()) }

// plain stands for a password hash.
type plain struct{}

func (plain) Hash(p string) (string, error)    { return "hash of " + p, nil }
func (plain) Check(hash, password string) bool { return hash == "hash of "+password }

type world struct {
	*onboard.Service
	clock *clock
}

func newWorld(t *testing.T) world {
	t.Helper()
	c, ids := &clock{time.Date(2026, 11, 24, 20, 0, 0, 0, time.UTC)}, &counter{}
	return world{onboard.New(memstore.New(), plain{}, c, ids, ids), c}
}

func luna() onboard.Form {
	return onboard.Form{
		BusinessName: "Luna's Cantina", LegalName: "Luna Hospitality LLC", Street: "1 Congress Ave", City: "Austin", State: "TX", ZIP: "78701",
		Website: "lunas.example", HelpContact: "help@lunas.example", PublicURL: "https://texts.example/", MonthlyTexts: "6", Registered: true,
		OwnerName: "Luna", Email: "Luna@Lunas.example", Password: "tacos and mezcal", Keyword: "luna", Sender: "(512) 555-0100",
	}
}

func (w world) read(t *testing.T, f func(context.Context, store.Tx) error) {
	t.Helper()
	if err := w.Store.View(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

func TestSignUpGivesAVenueThatGuestsCanJoin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	user, biz, err := w.SignUp(t.Context(), luna())
	if err != nil {
		t.Fatal(err)
	}
	if user.Email != "luna@lunas.example" || user.Role != account.Owner || user.Business != biz.ID {
		t.Errorf("owner is %q, %v", user.Email, user.Role)
	}
	if biz.Status != account.Active || biz.Sender != core.MustNumber("+15125550100") || biz.Zone.String() != "America/Chicago" || biz.MonthlyTexts != 6 {
		t.Errorf("business is %v, %v, %d texts", biz.Status, biz.Zone, biz.MonthlyTexts)
	}
	w.read(t, func(ctx context.Context, tx store.Tx) error {
		k, err := tx.Accounts.Keyword(ctx, biz.Sender, "LUNA")
		if err != nil {
			return err
		}
		if len(k.Code) != 8 || biz.TermsURL != "https://texts.example/t/"+k.Code || biz.PrivacyURL != "https://texts.example/p/"+k.Code {
			t.Errorf("code %q, terms %q, privacy %q", k.Code, biz.TermsURL, biz.PrivacyURL)
		}
		ds, err := tx.Consent.Disclosures(ctx, biz.ID, "LUNA")
		if err != nil {
			return err
		}
		if len(ds) != 1 || ds[0].Version != consent.Disclose(biz, "LUNA", w.clock.now).Version {
			t.Fatalf("%d disclosures are stored, want the one that guests are shown", len(ds))
		}
		for _, must := range []string{"LUNA", "(512) 555-0100", "Luna's Cantina", "Luna Hospitality LLC", "6 texts", "STOP", "HELP", biz.TermsURL, biz.PrivacyURL, "not a condition"} {
			if !strings.Contains(ds[0].Text, must) {
				t.Errorf("the disclosure lacks %q", must)
			}
		}
		return nil
	})
}

// Who signed up, and who changed what from what, can be proven.
func TestWhatStaffSetIsOnRecord(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, biz, err := w.SignUp(t.Context(), luna())
	if err != nil {
		t.Fatal(err)
	}
	f := luna()
	f.MonthlyTexts, f.HelpContact = "4", "hola@lunas.example"
	w.clock.now = w.clock.now.Add(time.Hour)
	for range 2 { // the second time nothing changes
		if _, err := w.UpdateBusiness(t.Context(), biz.ID, core.UserID{7}, f); err != nil {
			t.Fatal(err)
		}
	}
	f.MonthlyTexts = "many"
	if _, err := w.UpdateBusiness(t.Context(), biz.ID, core.UserID{7}, f); err == nil {
		t.Fatal("a mistake was saved")
	}
	got := w.actions(t, biz.ID)
	if len(got) != 2 {
		t.Fatalf("%d actions are on record, want the sign-up and one change", len(got))
	}
	up, change := got[0], got[1]
	if up.Action != evidence.SignedUp || up.By != owner.ID.String() || !up.At.Equal(biz.Created) || up.Details["monthly_texts"] != "6" ||
		up.Details["sender"] != "+15125550100" || len(up.Details["disclosure_LUNA"]) != 64 {
		t.Errorf("the sign-up is on record as %v by %v with %v", up.Action, up.By, up.Details)
	}
	want := map[string]string{"monthly_texts": "4", "was_monthly_texts": "6", "help_contact": "hola@lunas.example", "was_help_contact": "help@lunas.example"}
	for k, v := range want {
		if change.Details[k] != v {
			t.Errorf("%s is on record as %q, want %q", k, change.Details[k], v)
		}
	}
	if change.Action != evidence.SettingsChanged || change.By != (core.UserID{7}).String() || len(change.Details) != len(want)+1 || change.Details["disclosure_LUNA"] == up.Details["disclosure_LUNA"] {
		t.Errorf("the change is on record as %v by %v with %v", change.Action, change.By, change.Details)
	}
}

// actions are what staff did, as it is sealed.
func (w world) actions(t *testing.T, b core.BusinessID) (out []evidence.StaffActionBody) {
	t.Helper()
	err := w.Store.Update(t.Context(), func(ctx context.Context, tx store.Tx) error {
		rs, err := tx.Evidence.Unsealed(ctx, 100)
		if err != nil {
			return err
		}
		var leaves []evidence.Leaf
		for i, r := range rs {
			leaves = append(leaves, evidence.Leaf{Index: int64(i), Business: r.Business, Seq: int64(i + 1), Commitment: r.Commitment})
		}
		if err := tx.Evidence.Seal(ctx, rs, leaves, nil, evidence.Checkpoint{Size: int64(len(rs))}); err != nil {
			return err
		}
		rs, _, err = tx.Evidence.OfBusiness(ctx, b, 0, 100)
		for _, r := range rs {
			a, err := evidence.ParseStaffAction(r)
			if err != nil {
				return err
			}
			out = append(out, a)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestMistakesStandBesideTheirFields(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		edit  func(*onboard.Form)
		field string
		says  string
	}{
		"no name":          {func(f *onboard.Form) { f.BusinessName = "  " }, onboard.FieldBusinessName, "name"},
		"no street":        {func(f *onboard.Form) { f.Street = "" }, onboard.FieldStreet, "street"},
		"no city":          {func(f *onboard.Form) { f.City = "" }, onboard.FieldCity, "city"},
		"state of Canada":  {func(f *onboard.Form) { f.State = "ON" }, onboard.FieldState, "state"},
		"no state":         {func(f *onboard.Form) { f.State = "" }, onboard.FieldState, "state"},
		"ZIP of letters":   {func(f *onboard.Form) { f.ZIP = "ABCDE" }, onboard.FieldZIP, "five-digit"},
		"ZIP elsewhere":    {func(f *onboard.Form) { f.ZIP = "10001" }, onboard.FieldZIP, "not in TX"},
		"no help":          {func(f *onboard.Form) { f.HelpContact = "" }, onboard.FieldHelp, "HELP"},
		"half a help mail": {func(f *onboard.Form) { f.HelpContact = "help@" }, onboard.FieldHelp, "whole"},
		"short help phone": {func(f *onboard.Form) { f.HelpContact = "555-0100" }, onboard.FieldHelp, "ten digits"},
		"script address":   {func(f *onboard.Form) { f.Website = "javascript://x.y/%0aalert(1)" }, onboard.FieldWebsite, "web address"},
		"terms of a word":  {func(f *onboard.Form) { f.TermsURL = "terms" }, onboard.FieldTerms, "web address"},
		"privacy w/ space": {func(f *onboard.Form) { f.PrivacyURL = "a b.example" }, onboard.FieldPrivacy, "web address"},
		"no texts a month": {func(f *onboard.Form) { f.MonthlyTexts = "0" }, onboard.FieldMonthly, "1 to 60"},
		"many texts":       {func(f *onboard.Form) { f.MonthlyTexts = "a few" }, onboard.FieldMonthly, "number"},
		"no rhythm":        {func(f *onboard.Form) { f.RhythmTexts = "0" }, onboard.FieldRhythmTexts, "1 to 24"},
		"endless rhythm":   {func(f *onboard.Form) { f.RhythmHours = "721" }, onboard.FieldRhythmHours, "1 to 720"},
		"no owner":         {func(f *onboard.Form) { f.OwnerName = "" }, onboard.FieldOwnerName, "name"},
		"half an e-mail":   {func(f *onboard.Form) { f.Email = "luna@lunas" }, onboard.FieldEmail, "e-mail"},
		"short password":   {func(f *onboard.Form) { f.Password = "elevenchars" }, onboard.FieldPassword, "12"},
		"endless password": {func(f *onboard.Form) { f.Password = strings.Repeat("x", 1001) }, onboard.FieldPassword, "1,000"},
		"common password":  {func(f *onboard.Form) { f.Password = "password12345" }, onboard.FieldPassword, "tried first"},
		"venue's password": {func(f *onboard.Form) { f.Password = "LunasCantina1" }, onboard.FieldPassword, "tried first"},
		"e-mail password":  {func(f *onboard.Form) { f.Password = "luna@lunas.example" }, onboard.FieldPassword, "e-mail"},
		"short keyword":    {func(f *onboard.Form) { f.Keyword = "LU" }, onboard.FieldKeyword, "3 to 15"},
		"foreign keyword":  {func(f *onboard.Form) { f.Keyword = "ЛУНА" }, onboard.FieldKeyword, "A to Z"},
		"number keyword":   {func(f *onboard.Form) { f.Keyword = "2026" }, onboard.FieldKeyword, "letter"},
		"keyword STOP":     {func(f *onboard.Form) { f.Keyword = "stop" }, onboard.FieldKeyword, "Try"},
		"short sender":     {func(f *onboard.Form) { f.Sender = "555-0100" }, onboard.FieldSender, "ten digits"},
		"foreign sender":   {func(f *onboard.Form) { f.Sender = "+442079460000" }, onboard.FieldSender, "US number"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := luna()
			c.edit(&f)
			_, _, err := newWorld(t).SignUp(t.Context(), f)
			var bad onboard.Problems
			if !errors.As(err, &bad) || !errors.Is(err, core.Invalid) {
				t.Fatalf("error is %v, want Problems of kind Invalid", err)
			}
			if len(bad) != 1 || !strings.Contains(bad[c.field], c.says) {
				t.Errorf("problems are %v; want one beside %s that says %q", bad, c.field, c.says)
			}
			if strings.Contains(err.Error(), f.Password) && f.Password != "" {
				t.Error("the error repeats the password")
			}
		})
	}
}

func TestAZIPCodeOnALineAsksForTheZone(t *testing.T) {
	t.Parallel()
	f := luna()
	// Northern Indiana: most of it keeps Eastern time, Starke County Central.
	f.City, f.State, f.ZIP = "Knox", "IN", "46534"
	w := newWorld(t)
	_, _, err := w.SignUp(t.Context(), f)
	var bad onboard.Problems
	if !errors.As(err, &bad) || bad[onboard.FieldZone] == "" || len(bad) != 1 {
		t.Fatalf("error is %v; want the zone to be asked for", err)
	}
	f.Zone = "America/Los_Angeles"
	if _, _, err := w.SignUp(t.Context(), f); !errors.As(err, &bad) {
		t.Errorf("a zone that is not there: %v", err)
	}
	f.Zone = "America/Chicago"
	_, biz, err := w.SignUp(t.Context(), f)
	if err != nil || biz.Zone.String() != "America/Chicago" {
		t.Errorf("with the zone chosen: %v, %v", biz.Zone, err)
	}
}

func TestWhatIsTakenIsSaidBesideItsField(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if _, _, err := w.SignUp(t.Context(), luna()); err != nil {
		t.Fatal(err)
	}
	_, _, err := w.SignUp(t.Context(), luna())
	var bad onboard.Problems
	if !errors.As(err, &bad) || bad[onboard.FieldEmail] == "" || bad[onboard.FieldSender] == "" {
		t.Errorf("error is %v; want e-mail and number to be taken", err)
	}
}

func TestSettingsMakeAnotherDisclosure(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, old, err := w.SignUp(t.Context(), luna())
	if err != nil {
		t.Fatal(err)
	}
	f := luna()
	if old.Rhythm != account.DefaultRhythm {
		t.Errorf("a new venue's rhythm is %+v, want one text in twelve hours", old.Rhythm)
	}
	f.RhythmTexts, f.RhythmHours = " 3 ", "48"
	f.MonthlyTexts, f.Sender, f.Keyword, f.Password = "2", "", "", ""
	biz, err := w.UpdateBusiness(t.Context(), old.ID, core.UserID{7}, f)
	if err != nil {
		t.Fatal(err)
	}
	if biz.Rhythm != (account.Rhythm{Texts: 3, Hours: 48}) {
		t.Errorf("the rhythm became %+v", biz.Rhythm)
	}
	if biz.Sender != old.Sender || biz.Status != old.Status || biz.TermsURL != old.TermsURL || biz.MonthlyTexts != 2 {
		t.Errorf("after the change: %+v", biz)
	}
	w.read(t, func(ctx context.Context, tx store.Tx) error {
		ds, err := tx.Consent.Disclosures(ctx, biz.ID, "LUNA")
		if err != nil {
			return err
		}
		if len(ds) != 2 {
			t.Errorf("%d disclosures are stored, want the old one and the new", len(ds))
		}
		_, err = tx.Consent.Disclosure(ctx, biz.ID, consent.Disclose(biz, "LUNA", w.clock.now).Version)
		return err
	})
	if _, err := w.UpdateBusiness(t.Context(), core.BusinessID{1}, core.UserID{7}, f); !errors.Is(err, core.NotFound) {
		t.Errorf("a business that is not there: %v, want NotFound", err)
	}
}

func TestFold(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{" luna ": "LUNA", "taco-tuesday": "TACOTUESDAY", "Luna's 21": "LUNAS21", "O’Malley": "OMALLEY"} {
		if got := onboard.Fold(typed); got != want {
			t.Errorf("Fold(%q) = %q, want %q", typed, got, want)
		}
	}
}

// Who added and who retired a keyword can be proven; a word is never another's.
func TestKeywordsOnRecord(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, biz, err := w.SignUp(t.Context(), luna())
	if err != nil {
		t.Fatal(err)
	}
	if err := w.RetireKeyword(t.Context(), owner.ID, biz.ID, "LUNA"); !errors.Is(err, core.Conflict) {
		t.Errorf("the only keyword: %v", err)
	}
	for range 2 { // added, retired, and brought back
		if _, err := w.AddKeyword(t.Context(), owner.ID, biz.ID, "patio", "Patio"); err != nil {
			t.Fatal(err)
		}
		if _, err := w.AddKeyword(t.Context(), owner.ID, biz.ID, "patio", "Patio"); !errors.Is(err, core.Invalid) {
			t.Errorf("a word that is in use: %v", err)
		}
		if err := w.RetireKeyword(t.Context(), owner.ID, biz.ID, "PATIO"); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.RetireKeyword(t.Context(), owner.ID, biz.ID, "PATIO"); !errors.Is(err, core.NotFound) {
		t.Errorf("retired twice: %v", err)
	}
	if _, err := w.AddKeyword(t.Context(), owner.ID, biz.ID, "stop", ""); !errors.Is(err, core.Invalid) {
		t.Errorf("a word that stops: %v", err)
	}
	var got []string
	for _, a := range w.actions(t, biz.ID)[1:] {
		if got = append(got, a.Action+" "+a.Details["keyword"]); a.By != owner.ID.String() {
			t.Errorf("done by %s", a.By)
		}
	}
	if want := "keyword_added PATIO, keyword_retired PATIO, keyword_added PATIO, keyword_retired PATIO"; strings.Join(got, ", ") != want {
		t.Errorf("on record: %v", got)
	}
}

// A venue without a number signs up with the keyword that waits for one.
func TestSignUpWithoutANumber(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	f := luna()
	f.Sender, f.NewNumber, f.Registered = "", true, false
	owner, biz, err := w.SignUp(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	w.read(t, func(ctx context.Context, tx store.Tx) error {
		l, err := tx.Registration.Line(ctx, biz.ID)
		if l.Keyword != "LUNA" || !strings.HasSuffix(biz.TermsURL, "/t/"+l.Code) || !l.Due.Equal(w.clock.now) {
			t.Errorf("what waits is %+v", l)
		}
		return err
	})
	if _, err := w.AddKeyword(t.Context(), owner.ID, biz.ID, "patio", ""); !errors.Is(err, core.Invalid) {
		t.Errorf("a keyword of no number: %v", err)
	}
	again, err := w.UpdateBusiness(t.Context(), biz.ID, owner.ID, f)
	if err != nil || again.TermsURL != biz.TermsURL || !again.Sender.IsZero() {
		t.Errorf("saved as %q, %v", again.TermsURL, err)
	}
	// Two may wait for the same word.
	f.Email = "max@max.example"
	if _, _, err := w.SignUp(t.Context(), f); err != nil {
		t.Errorf("a second venue without a number: %v", err)
	}
	f.NewNumber, f.Email = false, "sol@sol.example"
	if _, _, err := w.SignUp(t.Context(), f); !errors.Is(err, core.Invalid) {
		t.Errorf("no number, and none wanted: %v", err)
	}
}
