package bunstore

import (
	"context"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/pace"
	"github.com/jobfluss/nexo/core/place"
)

// directory is the port [account.Directory].
type directory struct{ *queries }

type businessRow struct {
	ID            uuid   `bun:"id"`
	Name          string `bun:"name"`
	LegalName     string `bun:"legal_name"`
	Street        string `bun:"street"`
	City          string `bun:"city"`
	State         int    `bun:"state"`
	ZIP           string `bun:"zip"`
	Zone          int    `bun:"zone"`
	Website       string `bun:"website"`
	TermsURL      string `bun:"terms_url"`
	PrivacyURL    string `bun:"privacy_url"`
	HelpContact   string `bun:"help_contact"`
	MonthlyTexts  int    `bun:"monthly_texts"`
	RhythmTexts   int    `bun:"rhythm_texts"`
	RhythmHours   int    `bun:"rhythm_hours"`
	Class         int    `bun:"att_class"`
	Tier          int    `bun:"tmobile_tier"`
	ServesAlcohol bool   `bun:"serves_alcohol"`
	AgeGate       bool   `bun:"age_gate"`
	DoubleOptIn   bool   `bun:"double_opt_in"`
	Sender        int64  `bun:"sender"`
	ProfileID     string `bun:"profile_id"`
	Status        int    `bun:"status"`
	Registered    bool   `bun:"registered"`
	Created       stamp  `bun:"created"`
}

const businessColumns = `id, name, legal_name, street, city, state, zip, zone, website, terms_url, privacy_url, help_contact,
	monthly_texts, rhythm_texts, rhythm_hours, att_class, tmobile_tier, serves_alcohol, age_gate, double_opt_in, sender, profile_id, status, registered, created`

func writeBusiness(r *row, b account.Business) {
	r.id(b.ID)
	r.text(b.Name)
	r.text(b.LegalName)
	r.text(b.Street)
	r.text(b.City)
	r.int(int64(b.State))
	r.text(b.ZIP)
	r.int(int64(b.Zone))
	r.text(b.Website)
	r.text(b.TermsURL)
	r.text(b.PrivacyURL)
	r.text(b.HelpContact)
	r.int(int64(b.MonthlyTexts))
	r.int(int64(b.Rhythm.Texts))
	r.int(int64(b.Rhythm.Hours))
	r.int(int64(b.Class))
	r.int(int64(b.Tier))
	r.bool(b.ServesAlcohol)
	r.bool(b.AgeGate)
	r.bool(b.DoubleOptIn)
	r.number(b.Sender)
	r.text(b.ProfileID)
	r.int(int64(b.Status))
	r.bool(b.Registered)
	r.time(b.Created)
}

func (r businessRow) business() account.Business {
	return account.Business{
		ID: core.BusinessID(r.ID), Name: r.Name, LegalName: r.LegalName,
		Street: r.Street, City: r.City, State: place.State(r.State), ZIP: r.ZIP, Zone: place.Zone(r.Zone),
		Website: r.Website, TermsURL: r.TermsURL, PrivacyURL: r.PrivacyURL, HelpContact: r.HelpContact,
		MonthlyTexts: r.MonthlyTexts, Rhythm: account.Rhythm{Texts: r.RhythmTexts, Hours: r.RhythmHours}, Class: pace.Class(r.Class), Tier: pace.Tier(r.Tier), ServesAlcohol: r.ServesAlcohol, AgeGate: r.AgeGate, DoubleOptIn: r.DoubleOptIn,
		Sender: number(r.Sender), ProfileID: r.ProfileID,
		Status: account.Status(r.Status), Registered: r.Registered, Created: r.Created.Time,
	}
}

func (d directory) AddBusiness(ctx context.Context, b account.Business) error {
	_, err := d.exec(ctx, "AddBusiness", `INSERT INTO businesses (`+businessColumns+`) ?`, tuples([]account.Business{b}, writeBusiness))
	return err
}

func (d directory) SaveBusiness(ctx context.Context, b account.Business) error {
	const op = "SaveBusiness"
	n, err := d.exec(ctx, op, `UPDATE businesses SET (`+businessColumns+`) = (?) WHERE id = ?`,
		tuples([]account.Business{b}, writeBusiness), uuid(b.ID))
	if err == nil && n == 0 {
		return d.notFound(op, "business")
	}
	return err
}

func (d directory) Business(ctx context.Context, id core.BusinessID) (account.Business, error) {
	const op = "Business"
	bs, err := d.businesses(ctx, op, `WHERE id = ?`, uuid(id))
	if err != nil {
		return account.Business{}, err
	}
	if len(bs) == 0 {
		return account.Business{}, d.notFound(op, "business")
	}
	return bs[0], nil
}

func (d directory) Businesses(ctx context.Context, ids []core.BusinessID) ([]account.Business, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return d.businesses(ctx, "Businesses", `WHERE id IN (?)`,
		tuples(unique(ids), func(r *row, id core.BusinessID) { r.id(id) }))
}

func (d directory) After(ctx context.Context, id core.BusinessID, n int) ([]account.Business, error) {
	if n <= 0 {
		return nil, nil
	}
	return d.businesses(ctx, "After", `WHERE id > ? ORDER BY id LIMIT ?`, uuid(id), n)
}

func (d directory) BySender(ctx context.Context, n core.Number) ([]account.Business, error) {
	if n.IsZero() {
		return nil, nil
	}
	return d.businesses(ctx, "BySender", `WHERE sender = ? AND sender <> 0 ORDER BY id`, int64(n.Digits()))
}

func (d directory) ByProfile(ctx context.Context, profile string) ([]account.Business, error) {
	if profile == "" {
		return nil, nil
	}
	return d.businesses(ctx, "ByProfile", `WHERE profile_id = ? AND profile_id <> '' ORDER BY id`, text(profile))
}

func (d directory) businesses(ctx context.Context, op, where string, args ...any) ([]account.Business, error) {
	var rows []businessRow
	if err := d.rows(ctx, op, &rows, `SELECT `+businessColumns+` FROM businesses `+where, args...); err != nil {
		return nil, err
	}
	out := make([]account.Business, len(rows))
	for i, r := range rows {
		out[i] = r.business()
	}
	return out, nil
}

type userRow struct {
	Business     uuid   `bun:"business_id"`
	ID           uuid   `bun:"id"`
	Email        string `bun:"email"`
	Name         string `bun:"name"`
	PasswordHash string `bun:"password_hash"`
	Role         int    `bun:"role"`
	Created      stamp  `bun:"created"`
	Phone        int64  `bun:"phone"`
	Confirmed    stamp  `bun:"confirmed"`
}

const userColumns = `business_id, id, email, name, password_hash, role, created, phone, confirmed`

func writeUser(r *row, u account.User) {
	r.id(u.Business)
	r.id(u.ID)
	r.text(u.Email)
	r.text(u.Name)
	r.text(u.PasswordHash)
	r.int(int64(u.Role))
	r.time(u.Created)
	r.number(u.Phone)
	r.time(u.Confirmed)
}

func (d directory) AddUser(ctx context.Context, u account.User) error {
	_, err := d.exec(ctx, "AddUser", `INSERT INTO users (`+userColumns+`) ?`, tuples([]account.User{u}, writeUser))
	return err
}

func (d directory) SaveUser(ctx context.Context, u account.User) error {
	const op = "SaveUser"
	n, err := d.exec(ctx, op, `UPDATE users SET (`+userColumns+`) = (?) WHERE id = ?`, tuples([]account.User{u}, writeUser), uuid(u.ID))
	if err == nil && n == 0 {
		return d.notFound(op, "user")
	}
	return err
}

func (d directory) DropUser(ctx context.Context, id core.UserID) error {
	_, err := d.exec(ctx, "DropUser", `DELETE FROM users WHERE id = ?`, uuid(id))
	return err
}

func (d directory) User(ctx context.Context, id core.UserID) (account.User, error) {
	return d.user(ctx, "User", `WHERE id = ?`, uuid(id))
}

func (d directory) UserByEmail(ctx context.Context, email string) (account.User, error) {
	return d.user(ctx, "UserByEmail", `WHERE email = ?`, text(email))
}

func (d directory) Users(ctx context.Context, b core.BusinessID) ([]account.User, error) {
	return d.users(ctx, "Users", `WHERE business_id = ? UNION ALL
		SELECT m.business_id, u.id, u.email, u.name, u.password_hash, m.role, u.created, u.phone, u.confirmed
		FROM memberships AS m JOIN users AS u ON u.id = m.user_id WHERE m.business_id = ? AND u.business_id <> m.business_id ORDER BY id`, uuid(b), uuid(b))
}

// Owners walks the key of users.
func (d directory) Owners(ctx context.Context, after account.User, n int) ([]account.User, error) {
	return d.users(ctx, "Owners", `WHERE role = ? AND (business_id, id) > (?, ?)
		AND EXISTS (SELECT 1 FROM businesses AS b WHERE b.id = users.business_id AND b.status = ?) ORDER BY business_id, id LIMIT ?`,
		int(account.Owner), uuid(after.Business), uuid(after.ID), int(account.Active), n)
}

func (d directory) user(ctx context.Context, op, where string, arg any) (account.User, error) {
	us, err := d.users(ctx, op, where, arg)
	if err != nil {
		return account.User{}, err
	}
	if len(us) == 0 {
		return account.User{}, d.notFound(op, "user")
	}
	return us[0], nil
}

func (d directory) users(ctx context.Context, op, where string, args ...any) ([]account.User, error) {
	var rows []userRow
	if err := d.rows(ctx, op, &rows, `SELECT `+userColumns+` FROM users `+where, args...); err != nil {
		return nil, err
	}
	us := make([]account.User, len(rows))
	for i, r := range rows {
		us[i] = r.user()
	}
	return us, nil
}

func (r userRow) user() account.User {
	return account.User{
		ID: core.UserID(r.ID), Business: core.BusinessID(r.Business), Email: r.Email, Name: r.Name,
		PasswordHash: r.PasswordHash, Role: account.Role(r.Role), Created: r.Created.Time,
		Phone: number(r.Phone), Confirmed: r.Confirmed.Time,
	}
}

type keywordRow struct {
	Business uuid   `bun:"business_id"`
	Number   int64  `bun:"number"`
	Word     string `bun:"word"`
	Code     string `bun:"code"`
	Place    string `bun:"place"`
	Created  stamp  `bun:"created"`
	Retired  stamp  `bun:"retired"`
}

const keywordColumns = `business_id, number, word, code, place, created, retired`

func (d directory) AddKeyword(ctx context.Context, k account.Keyword) error {
	_, err := d.exec(ctx, "AddKeyword", `INSERT INTO keywords (`+keywordColumns+`) ?`, tuples([]account.Keyword{k}, func(r *row, k account.Keyword) {
		r.id(k.Business)
		r.number(k.Number)
		r.text(k.Word)
		r.text(k.Code)
		r.text(k.Place)
		r.time(k.Created)
		r.time(k.RetiredAt)
	}))
	return err
}

func (d directory) RetireKeyword(ctx context.Context, b core.BusinessID, n core.Number, word string, at time.Time) error {
	const op = "RetireKeyword"
	changed, err := d.exec(ctx, op, `UPDATE keywords SET retired = ? WHERE business_id = ? AND number = ? AND word = ?`, stamp{at}, uuid(b), int64(n.Digits()), text(word))
	if err == nil && changed == 0 {
		return d.notFound(op, "keyword")
	}
	return err
}

func (d directory) Keywords(ctx context.Context, b core.BusinessID) ([]account.Keyword, error) {
	return d.keywords(ctx, "Keywords", `WHERE business_id = ? ORDER BY created, number, word`, uuid(b))
}

func (d directory) Keyword(ctx context.Context, n core.Number, word string) (account.Keyword, error) {
	return d.keyword(ctx, "Keyword", `WHERE number = ? AND word = ?`, int64(n.Digits()), text(word))
}

func (d directory) KeywordByCode(ctx context.Context, code string) (account.Keyword, error) {
	return d.keyword(ctx, "KeywordByCode", `WHERE code = ?`, text(code))
}

func (d directory) keyword(ctx context.Context, op, where string, args ...any) (account.Keyword, error) {
	ks, err := d.keywords(ctx, op, where, args...)
	if err != nil {
		return account.Keyword{}, err
	}
	if len(ks) == 0 {
		return account.Keyword{}, d.notFound(op, "keyword")
	}
	return ks[0], nil
}

func (d directory) keywords(ctx context.Context, op, where string, args ...any) ([]account.Keyword, error) {
	var rows []keywordRow
	if err := d.rows(ctx, op, &rows, `SELECT `+keywordColumns+` FROM keywords `+where, args...); err != nil {
		return nil, err
	}
	out := make([]account.Keyword, len(rows))
	for i, r := range rows {
		out[i] = account.Keyword{Word: r.Word, Business: core.BusinessID(r.Business), Number: number(r.Number), Code: r.Code, Place: r.Place, Created: r.Created.Time, RetiredAt: r.Retired.Time}
	}
	return out, nil
}
