package core

import "encoding/hex"

// A UUID is an identifier, version 7 of RFC 9562: the first 48 bits are the
// Unix time in milliseconds, so ids rise with time.
type UUID [16]byte

// IDs makes identifiers. Implementations are safe for concurrent use and never
// return the same one twice.
type IDs interface {
	New() UUID
}

// An ID is a UUID that identifies a K. K is a tag: it keeps one kind of id from
// being passed for another.
type ID[K any] UUID

// The ids of the domain.
type (
	BusinessID    = ID[businessTag]
	UserID        = ID[userTag]
	CampaignID    = ID[campaignTag]
	MessageID     = ID[messageTag]
	EventID       = ID[eventTag]
	RecordID      = ID[recordTag]
	SuppressionID = ID[suppressionTag]
	ThreadID      = ID[threadTag]
	ItemID        = ID[itemTag]
	MediumID      = ID[mediumTag]

	businessTag    struct{}
	userTag        struct{}
	campaignTag    struct{}
	messageTag     struct{}
	eventTag       struct{}
	recordTag      struct{}
	suppressionTag struct{}
	threadTag      struct{}
	itemTag        struct{}
	mediumTag      struct{}
)

// NewID returns a new id from ids: core.NewID[…] is rarely written out, since
// the type follows from where the id goes, as in core.BusinessID(ids.New()).
func NewID[K any](ids IDs) ID[K] { return ID[K](ids.New()) }

// IsZero reports whether the id is none.
func (id ID[K]) IsZero() bool { return id == ID[K]{} }

// String returns the id as 36 characters, "" for the zero id.
func (id ID[K]) String() string {
	if id.IsZero() {
		return ""
	}
	return UUID(id).String()
}

// MarshalText returns String.
func (id ID[K]) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (id *ID[K]) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*id = ID[K]{}
		return nil
	}
	x, err := ParseID[K](string(b))
	if err == nil {
		*id = x
	}
	return err
}

// ParseID reads the 36 characters of an id. Errors have kind [Invalid].
func ParseID[K any](s string) (ID[K], error) {
	u, err := ParseUUID(s)
	return ID[K](u), err
}

// String returns the 36 characters of RFC 9562.
func (u UUID) String() string {
	var b [36]byte
	hex.Encode(b[0:8], u[0:4])
	hex.Encode(b[9:13], u[4:6])
	hex.Encode(b[14:18], u[6:8])
	hex.Encode(b[19:23], u[8:10])
	hex.Encode(b[24:36], u[10:16])
	b[8], b[13], b[18], b[23] = '-', '-', '-', '-'
	return string(b[:])
}

// ParseUUID reads what [UUID.String] writes, in either case. Errors have kind
// [Invalid].
func ParseUUID(s string) (UUID, error) {
	var u UUID
	bad := E("core.ParseUUID", Invalid, "an id has 36 characters: 8, 4, 4, 4 and 12 hexadecimal digits joined by hyphens")
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return u, bad
	}
	digits := s[0:8] + s[9:13] + s[14:18] + s[19:23] + s[24:36]
	if _, err := hex.Decode(u[:], []byte(digits)); err != nil {
		return UUID{}, bad
	}
	return u, nil
}

// A Pair is one guest of one business.
type Pair struct {
	Business BusinessID
	Number   Number
}
