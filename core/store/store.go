// Package store is the database as the domain sees it: small ports that share
// one transaction.
package store

import (
	"context"

	"github.com/jobfluss/nexo/core/access"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/billing"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/click"
	"github.com/jobfluss/nexo/core/closing"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/draft"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/guest"
	"github.com/jobfluss/nexo/core/inbox"
	"github.com/jobfluss/nexo/core/media"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/pace"
	"github.com/jobfluss/nexo/core/privacy"
	"github.com/jobfluss/nexo/core/registration"
	"github.com/jobfluss/nexo/core/retention"
	"github.com/jobfluss/nexo/core/suppression"
	"github.com/jobfluss/nexo/core/terms"
	"github.com/jobfluss/nexo/core/thread"
	"github.com/jobfluss/nexo/core/token"
	"github.com/jobfluss/nexo/core/webhook"
)

// A Tx is one transaction. It is valid until the function that it was handed to
// returns, and for one goroutine.
type Tx struct {
	Accounts     account.Directory
	Consent      consent.Log
	Suppression  suppression.List
	Mirror       suppression.Mirror
	Messages     message.Box
	Campaigns    campaign.Book
	Inbox        inbox.Inbox
	Pace         pace.Ledger
	Evidence     evidence.Ledger
	Guests       guest.Notes
	Registration registration.Book
	Threads      thread.Book
	Holds        retention.Book
	Shelf        retention.Shelf
	Requests     privacy.Log
	Media        media.Shelf
	Closings     closing.Book
	Terms        terms.Book
	Access       access.Book
	Drafts       draft.Ledger
	Tokens       token.Book
	Webhooks     webhook.Book
	Billing      billing.Book
	Clicks       click.Book
}

// A Store runs transactions. Implementations are safe for concurrent use.
// Errors are [core.Error]: Unavailable where the database could not be reached
// or gave the transaction up, and nothing was written; Ambiguous where the
// connection broke while committing, so that it may have been.
type Store interface {
	// View runs f over one snapshot. Writes made through it fail with Denied.
	View(ctx context.Context, f func(context.Context, Tx) error) error
	// Update runs f and commits if it returns nil; otherwise it leaves nothing
	// behind. It may run f again after a conflict between transactions, so f
	// must have no effect but through its Tx and what it sets anew each time.
	//
	// f must not call the network, nor the Store.
	Update(ctx context.Context, f func(context.Context, Tx) error) error
	// Ping reports whether the database answers.
	Ping(ctx context.Context) error
}
