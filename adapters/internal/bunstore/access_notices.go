package bunstore

import (
	"context"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/access"
)

type noticeRow struct {
	User   uuid   `bun:"user_id"`
	ID     uuid   `bun:"id"`
	By     uuid   `bun:"by_id"`
	Kind   string `bun:"kind"`
	At     stamp  `bun:"at"`
	Detail string `bun:"detail"`
	Told   bool   `bun:"told"`
}

const noticeColumns = `user_id, id, by_id, kind, at, detail, told`

func (r noticeRow) notice() access.Notice {
	return access.Notice{
		ID: access.NoticeID(r.ID), User: core.UserID(r.User), By: core.UserID(r.By), Kind: access.NoticeKind(r.Kind),
		At: r.At.Time, Detail: r.Detail, Told: r.Told,
	}
}

func (s doors) Note(ctx context.Context, n access.Notice) error {
	_, err := s.exec(ctx, "Note", `INSERT INTO security_notices (`+noticeColumns+`) ?`, tuples([]access.Notice{n}, func(r *row, n access.Notice) {
		r.id(n.User)
		r.id(n.ID)
		r.idOrNull(n.By)
		r.text(string(n.Kind))
		r.time(n.At)
		r.text(n.Detail)
		r.bool(n.Told)
	}))
	return err
}

func (s doors) Notices(ctx context.Context, u core.UserID, n int) ([]access.Notice, error) {
	return s.notices(ctx, "Notices", `WHERE user_id = ? ORDER BY id DESC LIMIT ?`, uuid(u), max(n, 0))
}

func (s doors) Untold(ctx context.Context, n int) ([]access.Notice, error) {
	return s.notices(ctx, "Untold", `WHERE NOT told ORDER BY id LIMIT ?`, max(n, 0))
}

func (s doors) notices(ctx context.Context, op, where string, args ...any) ([]access.Notice, error) {
	var rows []noticeRow
	err := s.rows(ctx, op, &rows, `SELECT `+noticeColumns+` FROM security_notices `+where, args...)
	return mapped(rows, noticeRow.notice), err
}

func (s doors) Tell(ctx context.Context, ids ...access.NoticeID) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := s.exec(ctx, "Tell", `UPDATE security_notices SET told = TRUE WHERE NOT told AND id IN (?)`, idList(ids))
	return err
}

func (s doors) Forget(ctx context.Context, u core.UserID) error {
	for _, table := range []string{"sign_ins", "factors", "access_tokens", "memberships", "security_notices"} {
		if _, err := s.exec(ctx, "Forget", `DELETE FROM `+table+` WHERE user_id = ?`, uuid(u)); err != nil {
			return err
		}
	}
	return nil
}

func (s doors) Sweep(ctx context.Context, before time.Time) error {
	for _, what := range []string{`sign_ins WHERE seen < ?`, `access_tokens WHERE until_at < ?`, `security_notices WHERE at < ?`} {
		if _, err := s.exec(ctx, "Sweep", `DELETE FROM `+what, stamp{before}); err != nil {
			return err
		}
	}
	return nil
}
