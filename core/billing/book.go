package billing

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jobfluss/nexo/core"
)

// A Book holds accounts, one a business. Errors are [core.Error].
type Book interface {
	// Account returns the business's, one with only its Business where there is
	// none yet.
	Account(ctx context.Context, b core.BusinessID) (Account, error)
	// SaveAccount stores a if the stored Revision is a's, with one more; for one
	// that is not there that is 0. Conflict if somebody saved in between, or where
	// another business has the customer.
	SaveAccount(ctx context.Context, a Account) error
	// ByCustomer is NotFound where no account has the payment service's name.
	ByCustomer(ctx context.Context, customer string) (Account, error)
	// DueAccounts returns up to n whose Due is not after now, the earliest first.
	DueAccounts(ctx context.Context, now time.Time, n int) ([]Account, error)
}

// MarshalAccount writes what has no column of its own.
func MarshalAccount(a Account) []byte {
	b, err := json.Marshal(a)
	if err != nil {
		panic(err) // strings, numbers and times: a bug of ours
	}
	return b
}

// UnmarshalAccount reads what MarshalAccount wrote. Its error has kind Internal.
func UnmarshalAccount(b []byte) (Account, error) {
	var a Account
	if err := json.Unmarshal(b, &a); err != nil {
		return Account{}, core.Wrap("billing.UnmarshalAccount", core.Internal, "", err)
	}
	return a, nil
}
