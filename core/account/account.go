// Package account holds who uses the product: businesses, the people who act
// for them, and the keywords that guests text to join.
package account

import (
	"context"
	"strings"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/pace"
	"github.com/jobfluss/nexo/core/place"
)

// A Business is a venue, or a group of them, that texts its guests under one
// brand. Carriers keep their block list per messaging profile, so a business
// has a profile of its own: an opt-out from one never reaches another.
type Business struct {
	ID        core.BusinessID
	Name      string // the brand as guests know it; every text carries it
	LegalName string // who is responsible; Name where empty
	Street    string
	City      string
	State     place.State
	ZIP       string
	Zone      place.Zone // of the venue; times are shown in it

	Website    string // host and path of the venue's own site, for TermsURL and link checks
	TermsURL   string
	PrivacyURL string
	// HelpContact is a phone number or e-mail address that the answer to HELP
	// gives (CTIA 5.1.4; 47 CFR 64.1200(d)(4)).
	HelpContact string

	// MonthlyTexts is the greatest number of marketing texts a month that the
	// disclosure promises. It is a cap too.
	MonthlyTexts int
	// Rhythm is the cap that the venue sets itself, beside that one.
	Rhythm        Rhythm
	ServesAlcohol bool
	// AgeGate: guests are asked for their date of birth before they count as
	// joined.
	AgeGate bool
	// DoubleOptIn: guests are asked for a YES before they count as joined.
	DoubleOptIn bool

	Sender    core.Number // texts come from it and go to it
	ProfileID string      // the carrier's messaging profile

	// Class and Tier are what the carriers' registry gave the campaign and the
	// brand: how fast texts leave, and what a forecast goes by.
	Class pace.Class
	Tier  pace.Tier

	Status     Status
	Registered bool // brand, campaign and number are on file with the carriers
	Created    time.Time
}

// Legal returns the name of who is responsible.
func (b Business) Legal() string {
	if b.LegalName != "" {
		return b.LegalName
	}
	return b.Name
}

// Domains returns the hosts whose links are the business's own, without www.
func (b Business) Domains() []string {
	var out []string
	for _, u := range []string{b.Website, b.TermsURL, b.PrivacyURL} {
		u = strings.TrimPrefix(strings.TrimPrefix(u, "https://"), "http://")
		if host, _, _ := strings.Cut(u, "/"); host != "" {
			out = append(out, strings.TrimPrefix(host, "www."))
		}
	}
	return out
}

// A Status says whether a business may text at all. The zero Status may not.
type Status uint8

// The statuses.
const (
	Closed Status = iota
	Active
	Suspended
)

var statusNames = [...]string{"closed", "active", "suspended"}

func (s Status) String() string {
	if int(s) < len(statusNames) {
		return statusNames[s]
	}
	return "closed"
}

// ParseStatus reads what String writes; any other text is Closed and false.
func ParseStatus(s string) (Status, bool) {
	for i, n := range statusNames {
		if n == s {
			return Status(i), true
		}
	}
	return Closed, false
}

// A User is a person who signs in for a business.
type User struct {
	ID           core.UserID
	Business     core.BusinessID
	Email        string // lower case
	Name         string
	PasswordHash string
	Role         Role
	Created      time.Time
	Phone        core.Number // where an operator reaches them; zero for none
	Confirmed    time.Time   // since when the e-mail address is known to be theirs; zero where it is not
}

// A Role says what a user may do. The zero Role may only look.
type Role uint8

// The roles; up to Owner, each may do what the one before it may.
const (
	ReadOnly Role = iota
	Staff
	Manager
	Owner
	// Operator runs the service. It acts for no business, and nothing that a venue's
	// people may do is open to it: see core/access.
	Operator
)

var roleNames = [...]string{"read-only", "staff", "manager", "owner", "operator"}

func (r Role) String() string {
	if int(r) < len(roleNames) {
		return roleNames[r]
	}
	return "read-only"
}

// ParseRole reads what String writes; any other text is ReadOnly and false.
func ParseRole(s string) (Role, bool) {
	for i, n := range roleNames {
		if n == s {
			return Role(i), true
		}
	}
	return ReadOnly, false
}

// A Keyword is the word a guest texts to join. It is unique for each sender
// number.
type Keyword struct {
	Word     string // folded: upper case letters and digits
	Business core.BusinessID
	Number   core.Number // where it is texted to
	Code     string      // names the opt-in page: /q/{code}; unique
	Place    string      // where in the venue it hangs, for people: "Patio"
	Created  time.Time
	// RetiredAt is when it was taken down; zero while guests may join by it. A word
	// that is retired is never given to anybody else: posters with it hang on.
	RetiredAt time.Time
}

// Retired reports whether guests cannot join by the word any more.
func (k Keyword) Retired() bool { return !k.RetiredAt.IsZero() }

// A Scan is how often an opt-in page was opened in a day. It is a count, and says
// nothing of whom: no address and no time is kept.
type Scan struct {
	Business core.BusinessID
	Keyword  string
	Sheet    string // the sheet that was scanned, as consent.Size has it; "" for none
	Device   string // iphone, android or desktop
	Place    string // a state or region, "US-TX" or "TX", where a delivery network says it; "" otherwise
	Day      string // at the venue: 2006-01-02
	N        int
}

// Passwords turns passwords into hashes. Implementations are safe for
// concurrent use and slow on purpose.
type Passwords interface {
	// Hash returns a salted hash. A password longer than the algorithm can take
	// must not be cut off silently.
	Hash(password string) (string, error)
	// Check reports whether the password made the hash, in a time that does not
	// depend on where they differ.
	Check(hash, password string) bool
}

// A Directory holds businesses, users and keywords. All errors are
// [core.Error]; a thing that is not there is NotFound, a unique key that is
// taken is Conflict.
type Directory interface {
	AddBusiness(ctx context.Context, b Business) error
	SaveBusiness(ctx context.Context, b Business) error
	Business(ctx context.Context, id core.BusinessID) (Business, error)
	// Businesses returns those of the ids that exist, in one query and no
	// particular order.
	Businesses(ctx context.Context, ids []core.BusinessID) ([]Business, error)
	// After returns up to n businesses by rising id, after the given one (zero:
	// from the first).
	After(ctx context.Context, id core.BusinessID, n int) ([]Business, error)
	// BySender returns every business that texts from the number: none for a
	// stranger's, several where a number is shared.
	BySender(ctx context.Context, n core.Number) ([]Business, error)
	// ByProfile returns every business with the messaging profile: none for "".
	ByProfile(ctx context.Context, profile string) ([]Business, error)

	// AddUser is Conflict if the e-mail address is taken.
	AddUser(ctx context.Context, u User) error
	User(ctx context.Context, id core.UserID) (User, error)
	UserByEmail(ctx context.Context, email string) (User, error)
	// SaveUser changes a user. It is Conflict if the e-mail address is another's.
	SaveUser(ctx context.Context, u User) error
	// DropUser takes a user away, for good.
	DropUser(ctx context.Context, id core.UserID) error
	// Users returns the people who act for a business, by rising id, each with their
	// role there: those who signed up for another and are members here too.
	Users(ctx context.Context, b core.BusinessID) ([]User, error)
	// Owners returns up to n owners of active businesses, by rising business and
	// id, after the given user of the given business (zero: from the first). It
	// is for what goes to every business; nobody sees another's.
	Owners(ctx context.Context, after User, n int) ([]User, error)

	// AddKeyword is Conflict if the word is taken for the number, or the code.
	AddKeyword(ctx context.Context, k Keyword) error
	// Keywords returns all of a business, those that are retired among them.
	Keywords(ctx context.Context, b core.BusinessID) ([]Keyword, error)
	// RetireKeyword says since when guests cannot join by a word of the business;
	// the zero time brings it back. One that is not there is NotFound.
	RetireKeyword(ctx context.Context, b core.BusinessID, n core.Number, word string, at time.Time) error
	// Keyword returns what the word, texted to n, stands for.
	Keyword(ctx context.Context, n core.Number, word string) (Keyword, error)
	KeywordByCode(ctx context.Context, code string) (Keyword, error)

	// CountScan adds s.N to the scans of the same keyword, sheet, device, place and day.
	CountScan(ctx context.Context, s Scan) error
	// Scans returns the business's counts from a day on, by day, keyword,
	// sheet, device and place.
	Scans(ctx context.Context, b core.BusinessID, from string) ([]Scan, error)
}
