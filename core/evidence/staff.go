package evidence

import (
	"maps"
	"slices"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/internal/jcs"
)

// What staff do, as StaffActionBody has it.
const (
	CampaignApproved = "campaign_approved"
	// CampaignUnscheduled: it is a draft again, and nothing of it had left.
	CampaignUnscheduled = "campaign_unscheduled"
	CampaignPaused      = "campaign_paused"
	CampaignResumed     = "campaign_resumed"
	CampaignCancelled   = "campaign_cancelled"
	WinnerChosen        = "winner_chosen" // of two texts, for the rest of the guests
	SignedUp            = "signed_up"
	SettingsChanged     = "settings_changed"
	UnknownSettled      = "unknown_settled" // said what became of a text that may have gone out
	BusinessClosed      = "business_closed"
	TermsAccepted       = "terms_accepted" // the versions are in the details, with the hash of each text
	// DeletionAsked: the account is erased after thirty days, unless that is withdrawn.
	DeletionAsked     = "account_deletion_asked"
	DeletionWithdrawn = "account_deletion_withdrawn"
	KeywordAdded      = "keyword_added"
	KeywordRetired    = "keyword_retired"
	NumberOrdered     = "number_ordered"
	ProfilePutRight   = "profile_put_right" // the carrier's settings made as we expect them
	RegistrationSent  = "registration_sent"
	// RegistrationChanged: the carrier says something else of it now. Nobody at the
	// business did that.
	RegistrationChanged = "registration_changed"
	ThreadReplied       = "thread_replied" // a person answered a guest
	ThreadAssigned      = "thread_assigned"
	ThreadClosed        = "thread_closed"
	ThreadReopened      = "thread_reopened"
	PersonInvited       = "person_invited"
	PersonJoined        = "person_joined"
	PersonRemoved       = "person_removed" // out of the team, by an owner or by themselves
	RoleChanged         = "role_changed"
	// DataExported: what is held of a guest was written out, for whom it is about.
	DataExported = "data_exported"
	// TokenCreated and TokenRevoked: what a program did with the token names the
	// token's id as who did it.
	TokenCreated = "token_created"
	TokenRevoked = "token_revoked"
	// What is done with where events go. WebhookOff may be by nobody: it was failing
	// for days.
	WebhookAdded   = "webhook_added"
	WebhookRemoved = "webhook_removed"
	WebhookRotated = "webhook_secret_rotated"
	WebhookOn      = "webhook_on"
	WebhookOff     = "webhook_off"
	// NumberShown: somebody looked at a guest's number in full, on purpose.
	NumberShown = "number_shown"
)

// A StaffActionBody is what a person at the business did.
type StaffActionBody struct {
	Head   `json:"-"`
	Action string `json:"action"`
	By     string `json:"by"` // the user's id
	// Details are what it was done with: of a campaign its text and times, of
	// settings the values that changed.
	Details map[string]string `json:"details"`
}

// NewStaffAction is the record of an action. campaign may be zero. Names of
// details are ASCII.
func NewStaffAction(s Seed, b core.BusinessID, at time.Time, by core.UserID, action string, campaign core.CampaignID, details map[string]string) Record {
	return newAction(s, Head{Business: b, Kind: KindStaffAction, At: at, Campaign: campaign}, by, action, details)
}

// NewGuestAction is the record of an action about one guest.
func NewGuestAction(s Seed, p core.Pair, at time.Time, by core.UserID, action string) Record {
	return newAction(s, Head{Business: p.Business, Kind: KindStaffAction, At: at, Number: p.Number}, by, action, nil)
}

func newAction(s Seed, h Head, by core.UserID, action string, details map[string]string) Record {
	return write(s, h, 1024, func(o *jcs.Object) {
		o.Str("action", action)
		o.Str("by", by.String())
		o.Open("details")
		for _, k := range slices.Sorted(maps.Keys(details)) {
			o.Str(k, details[k])
		}
		o.Shut()
	})
}

// ParseStaffAction reads the body of a record of kind KindStaffAction.
func ParseStaffAction(r Record) (StaffActionBody, error) {
	h, b, err := parse[StaffActionBody]("evidence.ParseStaffAction", r.Body, KindStaffAction)
	b.Head = h
	return b, err
}

// An ErasureBody says that records were erased. It does not say whose.
type ErasureBody struct {
	Head    `json:"-"`
	By      string   `json:"by"`
	Reason  string   `json:"reason"`
	Records []string `json:"records"`
}

// NewErasure is the record that the records of the ids were erased. by is zero
// for a program that does so when the time has come.
func NewErasure(s Seed, b core.BusinessID, at time.Time, by core.UserID, reason string, ids []core.RecordID) Record {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = id.String()
	}
	slices.Sort(names)
	return write(s, Head{Business: b, Kind: KindErasure, At: at}, 512+40*len(ids), func(o *jcs.Object) {
		o.Str("by", by.String())
		o.Str("reason", reason)
		o.Strs("records", names)
	})
}

// ParseErasure reads the body of a record of kind KindErasure.
func ParseErasure(r Record) (ErasureBody, error) {
	h, b, err := parse[ErasureBody]("evidence.ParseErasure", r.Body, KindErasure)
	b.Head = h
	return b, err
}

// A HoldBody says that what is known of a guest, or of the whole business where
// Number is zero, must not be erased, or that it may be again.
type HoldBody struct {
	Head   `json:"-"`
	By     string `json:"by"`
	Placed bool   `json:"placed"` // false: the hold is over
	Reason string `json:"reason"`
}

// NewHold is the record of a hold on a guest, or on the business where the
// number of p is zero.
func NewHold(s Seed, p core.Pair, at time.Time, by core.UserID, placed bool, reason string) Record {
	return write(s, Head{Business: p.Business, Kind: KindHold, At: at, Number: p.Number}, 512, func(o *jcs.Object) {
		o.Str("by", by.String())
		o.Bool("placed", placed)
		o.Str("reason", reason)
	})
}

// ParseHold reads the body of a record of kind KindHold.
func ParseHold(r Record) (HoldBody, error) {
	h, b, err := parse[HoldBody]("evidence.ParseHold", r.Body, KindHold)
	b.Head = h
	return b, err
}
