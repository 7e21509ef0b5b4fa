// Package campaign holds one text to many guests: what it says, to whom, when,
// and how far it is.
package campaign

import (
	"context"
	"slices"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/click"
)

// A Status is how far a campaign is. The zero Status is a draft.
type Status uint8

// The statuses. Their numbers are stored.
const (
	Draft     Status = iota
	Scheduled        // approved; starts at SendAt
	Sending          // messages are being planned or sent
	Paused           // nothing is claimed until it is resumed
	Finished         // nothing is left unexplained
	Cancelled
	Expired // its NotAfter came before its end
)

var statusNames = [...]string{"draft", "scheduled", "sending", "paused", "finished", "cancelled", "expired"}

func (s Status) String() string {
	if int(s) < len(statusNames) {
		return statusNames[s]
	}
	return statusNames[0]
}

// ParseStatus reads what String writes; any other text is Draft and false.
func ParseStatus(s string) (Status, bool) {
	for i, n := range statusNames {
		if n == s {
			return Status(i), true
		}
	}
	return Draft, false
}

// moves are all that are allowed. What is over has none.
var moves = [...][]Status{
	Draft:     {Scheduled, Cancelled},
	Scheduled: {Sending, Draft, Cancelled, Expired, Finished}, // finished: a series with nothing to come
	Sending:   {Paused, Finished, Cancelled, Expired},
	Paused:    {Sending, Finished, Cancelled, Expired}, // what was on its way may have been the last of it
	Expired:   nil,
}

// May reports whether a campaign may go from s to t.
func (s Status) May(t Status) bool { return int(s) < len(moves) && slices.Contains(moves[s], t) }

// Over reports whether nothing more happens in s.
func (s Status) Over() bool { return s == Finished || s == Cancelled || s == Expired }

// A Campaign is one text to many guests. Once it is approved, what it says and
// to whom do not change.
type Campaign struct {
	ID       core.CampaignID
	Business core.BusinessID
	Name     string
	Body     string
	Media    []string
	Status   Status
	SendAt   time.Time // zero in a draft that is to go at once
	// Wall, where it is not zero, is when by each guest's own clocks. SendAt is
	// then when it is so at the venue: nobody gets it before.
	Wall Wall
	// NotAfter is the instant after which no text of it leaves. It is zero in a
	// draft whose owner chose none: approving then makes it the end of the venue's
	// day.
	NotAfter time.Time
	Created  time.Time
	Approved time.Time
	By       core.UserID // who approved it
	// Segments is the number of parts of each text.
	Segments int
	// Repeat makes it a series; Series is what an occurrence is one of.
	Repeat Repeat
	Series core.CampaignID
	// Test is a second text, zero for none.
	Test Test
	// NeedsAgeGate: the copy check found content for adults.
	NeedsAgeGate bool

	// Audience is whom it is for, of all who joined before Approved. Those who have
	// left since then are part of it: the report says why they get nothing.
	Audience Audience
	// Links is what short links in it begin with. It is not stored: use cases set it.
	Links click.Base

	// Cursor is the last number that was planned; Launched is when planning
	// came to its end; Planned is the size of the audience so far.
	Cursor   core.Number
	Launched time.Time
	Planned  int
	Ended    time.Time
	// Revision is one more at each save. A save with another than the stored
	// one is a Conflict.
	Revision int64
}

// A Move is one change of a campaign's status, and who made it. Moves are only
// ever added.
type Move struct {
	Business core.BusinessID
	Campaign core.CampaignID
	// Revision is the campaign's after the move: it orders moves of one instant.
	Revision int64
	From, To Status
	By       core.UserID // zero for the worker
	At       time.Time
}

// A Book holds campaigns. Errors are [core.Error].
type Book interface {
	// Add stores a new campaign with Revision 1.
	Add(ctx context.Context, c Campaign) error
	// Save stores c if the stored Revision is c's, with one more. Conflict if
	// somebody else saved in between.
	Save(ctx context.Context, c Campaign) error
	// Note adds a move. It belongs to the transaction that saves the campaign.
	Note(ctx context.Context, m Move) error
	// Moves returns a campaign's moves, oldest first.
	Moves(ctx context.Context, b core.BusinessID, id core.CampaignID) ([]Move, error)
	// Campaign is NotFound where the business has none of the id.
	Campaign(ctx context.Context, b core.BusinessID, id core.CampaignID) (Campaign, error)
	// Campaigns returns those of the ids that exist, in one query and no
	// particular order.
	Campaigns(ctx context.Context, ids []core.CampaignID) ([]Campaign, error)
	// List returns up to n of the business's, newest first, with ids before the
	// given one (zero: from the newest).
	List(ctx context.Context, b core.BusinessID, before core.CampaignID, n int) ([]Campaign, error)
	// Open returns up to n campaigns, of all businesses, that are Scheduled with
	// SendAt not after now, or Sending or Paused.
	Open(ctx context.Context, now time.Time, n int) ([]Campaign, error)
}
