package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/decide"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/law"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/place"
	"github.com/jobfluss/nexo/core/replay"
	"github.com/jobfluss/nexo/core/store"
	"github.com/jobfluss/nexo/core/store/memstore"
)

var (
	replayBusiness = core.BusinessID{1}
	replayCampaign = core.CampaignID{2}
	replayEvening  = time.Date(2026, 12, 9, 1, 30, 0, 0, time.UTC) // 7:30 pm in Austin, 8:30 pm in Miami
)

// decided is a venue with one text each to a phone in Austin and to one in Miami.
// Broken records say otherwise than the engine does.
func decided(t *testing.T, broken bool) *replay.Service {
	t.Helper()
	st := memstore.New()
	err := st.Update(t.Context(), func(ctx context.Context, tx store.Tx) error {
		var rs []evidence.Record
		for i, to := range []struct{ number, state, zone string }{{"+15125550101", "TX", "America/Chicago"}, {"+13055550101", "FL", "America/New_York"}} {
			f := decide.Facts{
				Now: replayEvening, Class: decide.Marketing, Profile: law.Default, Places: []place.Place{{State: place.MustState(to.state), Zone: place.MustZone(to.zone)}},
				Consent:         decide.Consent{State: decide.Active, Since: replayEvening.AddDate(0, -1, 0), Scope: decide.ScopeMarketing, Disclosed: true, Verified: true},
				SuppressionRead: true, RecentSince: replayEvening.AddDate(0, 0, -31), Caps: []decide.Cap{{Count: 8, Window: 30 * 24 * time.Hour, Source: "the promise in the disclosure"}},
				Content: decide.Content{Checked: true}, Account: decide.Account{Active: true, Registered: true}, NotAfter: replayEvening.Add(20 * time.Hour),
			}
			d := decide.US().Decide(&f)
			if broken {
				d.Verdict = decide.Block
			}
			m := message.Message{ID: core.MessageID{byte(10 + i)}, Business: replayBusiness, Campaign: replayCampaign, To: core.MustNumber(to.number), Class: message.Marketing}
			rs = append(rs, evidence.NewDecision(evidence.Seed{ID: core.RecordID{byte(20 + i)}}, m, f.Now, &f, &d))
		}
		return errors.Join(tx.Accounts.AddBusiness(ctx, account.Business{ID: replayBusiness, Name: "Luna's"}), tx.Evidence.Append(ctx, rs))
	})
	if err != nil {
		t.Fatal(err)
	}
	return &replay.Service{Store: st, Judge: replay.NewJudge(law.US())}
}

func replayText(t *testing.T, s *replay.Service, id core.MessageID, in replayInput) (string, error) {
	t.Helper()
	sup, err := in.supposition()
	if err != nil {
		return "", err
	}
	var out bytes.Buffer
	err = replayMessageCmd{replayInput: in, ID: id.String()}.message(t.Context(), s, core.BusinessID{}, sup, &out)
	return out.String(), err
}

func replayAll(t *testing.T, s *replay.Service, in replayInput) (string, error) {
	t.Helper()
	sup, err := in.supposition()
	if err != nil {
		return "", err
	}
	var out bytes.Buffer
	err = replayCampaignCmd{replayInput: in, ID: replayCampaign.String()}.campaign(t.Context(), s, core.BusinessID{}, sup, &out)
	return out.String(), err
}

// fits fails where a line is too wide for a terminal or shows a number.
func fits(t *testing.T, out string) {
	t.Helper()
	for line := range strings.Lines(out) {
		if utf8.RuneCountInString(strings.TrimRight(line, "\n")) > columns {
			t.Errorf("a line of more than %d columns: %s", columns, line)
		}
	}
	if strings.Contains(out, "5555010") {
		t.Error("it shows a whole phone number")
	}
}

func TestReplayMessage(t *testing.T) {
	s := decided(t, false)
	out, err := replayText(t, s, core.MessageID{10}, replayInput{})
	if err != nil {
		t.Fatal(err)
	}
	fits(t, out)
	for _, want := range []string{"(•••) •••-0101", "the same comes out: it may go now", "passes consent: The guest agreed on", "47 CFR"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	out, err = replayText(t, s, core.MessageID{10}, replayInput{At: "2026-12-09T04:00:00Z", Profile: "strict"})
	if err != nil {
		t.Fatal(err)
	}
	fits(t, out)
	for _, want := range []string{"By the strict reading, at Wed 9 Dec 2026, 04:00:00 UTC, the answer is wait: waiting until 9:00 am in Texas", "What changes:", "hours in TX, America/Chicago", "was:   send.", "would: wait.", "findings stay as they are", "later opt-out"} {
		if !strings.Contains(strings.Join(strings.Fields(out), " "), strings.Join(strings.Fields(want), " ")) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
}

func TestReplayCampaign(t *testing.T) {
	s := decided(t, false)
	out, err := replayAll(t, s, replayInput{})
	if err != nil || !strings.Contains(out, "Sent 1, waiting 1, blocked 0.") {
		t.Errorf("taken again: %v\n%s", err, out)
	}
	out, err = replayAll(t, s, replayInput{Profile: "federal"})
	if err != nil {
		t.Fatal(err)
	}
	fits(t, out)
	for _, want := range []string{core.MessageID{11}.String(), "wait -> send: It may go now.", "1 text is decided otherwise", "send          1         2", "1 from wait to send", "1: send without hours.late"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	if strings.Contains(out, core.MessageID{10}.String()) {
		t.Error("a text that is decided as it was is in the list")
	}
}

func TestReplayJSON(t *testing.T) {
	s := decided(t, false)
	out, err := replayText(t, s, core.MessageID{11}, replayInput{JSON: true, Profile: "federal"})
	var text textJSON
	if err != nil || json.Unmarshal([]byte(out), &text) != nil || len(text.Decisions) != 1 || !text.Decisions[0].Agrees || text.Decisions[0].Supposed == nil {
		t.Errorf("a text: %v\n%s", err, out)
	}
	out, err = replayAll(t, s, replayInput{JSON: true, Profile: "federal"})
	lines := strings.Split(strings.TrimSpace(out), "\n")
	var d differenceJSON
	var sum struct{ Sum sumJSON }
	if err != nil || len(lines) != 2 || json.Unmarshal([]byte(lines[0]), &d) != nil || json.Unmarshal([]byte(lines[1]), &sum) != nil {
		t.Fatalf("a campaign: %v\n%s", err, out)
	}
	if d.Was.Verdict != "wait" || d.Is.Verdict != "send" || sum.Sum.Texts != 2 || sum.Sum.Moved["wait_to_send"] != 1 {
		t.Errorf("a campaign: %s", out)
	}
	if strings.Contains(out, "5550101") {
		t.Error("it shows a whole phone number")
	}
}

// A decision that does not come out again is shown, and ends the program with a
// failure.
func TestReplayBroken(t *testing.T) {
	s := decided(t, true)
	out, err := replayText(t, s, core.MessageID{10}, replayInput{})
	if !errors.Is(err, core.Conflict) || !strings.Contains(out, "TAKEN AGAIN, IT IS ANOTHER: send") {
		t.Errorf("a text: %v\n%s", err, out)
	}
	fits(t, out)
	out, err = replayAll(t, s, replayInput{})
	if !errors.Is(err, core.Conflict) || !strings.Contains(err.Error(), "2 decisions do not come out again") || !strings.Contains(out, "OTHERWISE") {
		t.Errorf("a campaign: %v\n%s", err, out)
	}
	fits(t, out)
}

func TestReplayFlags(t *testing.T) {
	for name, in := range map[string]replayInput{"--profile": {Profile: "lax"}, "--at": {At: "yesterday"}} {
		if _, err := in.supposition(); !errors.Is(err, core.Invalid) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := (replayInput{Business: "luna"}).business(); !errors.Is(err, core.Invalid) {
		t.Errorf("--business: %v", err)
	}
	if _, err := (replayInput{Rulebook: []string{"main.go"}}).books(); !errors.Is(err, core.Invalid) {
		t.Errorf("--rulebook of something else: %v", err)
	}
	if _, err := replayText(t, decided(t, false), core.MessageID{99}, replayInput{}); !errors.Is(err, core.NotFound) {
		t.Errorf("a text that there is not: %v", err)
	}
}
