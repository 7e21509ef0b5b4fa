// Package click makes addresses in a campaign into short links, one for each
// guest, and knows which were opened. An address in braces, {https://…}, becomes
// one; every other stays as it is.
//
// Of an opened link the first instant is kept and nothing else: no address of the
// network, no browser, no place. What looks like a machine is not counted.
package click

import (
	"context"
	"encoding/binary"
	"regexp"
	"strings"
	"time"

	"github.com/jobfluss/nexo/core"
)

// A Base is what short links begin with: the product's address, or a subdomain of
// the venue's own, without a slash at the end. The empty Base makes none: texts
// then have the address itself.
type Base string

// Path is where links are served, behind the Base.
const Path = "/c/"

// A Token names one link of one guest. It cannot be guessed: there are more than
// 10^17.
type Token string

const (
	alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	length   = 10
)

// NewToken takes its chance from the id, whose last eight bytes have 62 bits of it.
func NewToken(id core.UUID) Token {
	x := binary.BigEndian.Uint64(id[8:])
	var b [length]byte
	for i := range b {
		b[i] = alphabet[x%62]
		x /= 62
	}
	return Token(b[:])
}

// ParseToken reports whether s has the form of one.
func ParseToken(s string) (Token, bool) {
	return Token(s), len(s) == length && strings.Trim(s, alphabet) == ""
}

// MaxURL is the longest address that a link may have, in bytes.
const MaxURL = 500

var braced = regexp.MustCompile(`\{(https?://[^\s{}|]+)\}`)

// Has reports whether the text has an address that becomes a link. It is quick
// where there is none.
func Has(text string) bool { return strings.Contains(text, "{http") && braced.MatchString(text) }

// Targets returns the addresses that become links, in order.
func Targets(text string) []string {
	if !Has(text) {
		return nil
	}
	var out []string
	for _, m := range braced.FindAllStringSubmatch(text, -1) {
		out = append(out, m[1])
	}
	return out
}

// Bare is the text with the addresses as they are, without braces: what a reader
// of the carriers judges.
func Bare(text string) string {
	if !Has(text) {
		return text
	}
	return braced.ReplaceAllString(text, "$1")
}

// Shown is the text as long as guests get it: every link is of one length.
func (b Base) Shown(text string) string {
	return b.Fill(text, func(int) Token { return "xxxxxxxxxx" })
}

// Fill puts a link in the place of each address; token is asked for them by their
// place in the text.
func (b Base) Fill(text string, token func(n int) Token) string {
	if b == "" || !Has(text) {
		return Bare(text)
	}
	n := -1
	short := strings.TrimPrefix(string(b), "https://") // phones make a link of it all the same
	return braced.ReplaceAllStringFunc(text, func(string) string {
		n++
		return short + Path + string(token(n))
	})
}

// A Link is one address for one guest.
type Link struct {
	Business core.BusinessID
	Message  core.MessageID
	N        int // its place in the text
	Token    Token
	Campaign core.CampaignID
	Number   core.Number
	URL      string
	Made     time.Time
	Opened   time.Time // the first time by a person; zero for not yet
}

// A Count is how many guests opened an address in an hour.
type Count struct {
	URL  string
	Hour time.Time
	N    int
}

// A Book holds links. Errors are [core.Error].
type Book interface {
	// AddLinks stores new links. It is batched.
	AddLinks(ctx context.Context, ls []Link) error
	// LinkOf is NotFound for a token that nobody has.
	LinkOf(ctx context.Context, t Token) (Link, error)
	// Open notes when the link was opened, if it was not before.
	Open(ctx context.Context, t Token, at time.Time) error
	// Opened counts the guests who opened the campaign's links, by address and
	// hour. A guest who opened one twice counts once.
	Opened(ctx context.Context, b core.BusinessID, c core.CampaignID) ([]Count, error)
	// LastOpened returns when each guest last opened a link for the first time;
	// those who never did are left out.
	LastOpened(ctx context.Context, b core.BusinessID, numbers []core.Number) (map[core.Number]time.Time, error)
}
