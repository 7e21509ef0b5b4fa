package onboard

import (
	"context"
	"strconv"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/store"
)

// acted records what a person did with the venue's details.
func (s *Service) acted(ctx context.Context, tx store.Tx, b core.BusinessID, by core.UserID, at time.Time, action string, what map[string]string) error {
	return tx.Evidence.Append(ctx, []evidence.Record{
		evidence.NewStaffAction(evidence.NewSeed(s.IDs, s.Salts), b, at, by, action, core.CampaignID{}, what),
	})
}

// details are the settings that differ, each with its new value, and its old one
// under "was_"; and the disclosures that follow from them, by keyword. A venue
// that is new has no old values.
func details(old, now account.Business, ds []consent.Disclosure) map[string]string {
	out := make(map[string]string)
	was := settings(old)
	for k, v := range settings(now) {
		if v == was[k] {
			continue
		}
		if out[k] = v; !old.ID.IsZero() {
			out["was_"+k] = was[k]
		}
	}
	for _, d := range ds {
		out["disclosure_"+d.Keyword] = d.Version.String()
	}
	return out
}

// settings are what a venue can set, by name.
func settings(b account.Business) map[string]string {
	return map[string]string{
		"name": b.Name, "legal_name": b.LegalName, "street": b.Street, "city": b.City, "state": b.State.String(), "zip": b.ZIP, "zone": b.Zone.String(),
		"website": b.Website, "terms_url": b.TermsURL, "privacy_url": b.PrivacyURL, "help_contact": b.HelpContact,
		"monthly_texts": number(b.MonthlyTexts), "rhythm_texts": number(b.Rhythm.Texts), "rhythm_hours": number(b.Rhythm.Hours),
		"serves_alcohol": yes(b.ServesAlcohol), "sender": b.Sender.E164(), "status": b.Status.String(), "registered": yes(b.Registered),
		"att_class": b.Class.String(), "tmobile_tier": number(int(b.Tier)),
	}
}

// number and yes write nothing for what is not set.
func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}
