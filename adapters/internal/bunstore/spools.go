package bunstore

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/jobfluss/nexo/core/inbox"
)

// clock is the instant by the clock that all who share the database share.
func (d *Dialect) clock(now time.Time) any {
	if d.Clock != "" {
		return bun.Safe(d.Clock)
	}
	return stamp{now}
}

func (s inboxStore) Beat(ctx context.Context, name string, holds bool, now time.Time) error {
	_, err := s.exec(ctx, "Beat", `INSERT INTO spools (name, holds, beat) VALUES (?, ?, ?)
		ON CONFLICT (name) DO UPDATE SET holds = excluded.holds, beat = excluded.beat`, text(name), holds, s.d.clock(now))
	return err
}

func (s inboxStore) Leave(ctx context.Context, name string) error {
	_, err := s.exec(ctx, "Leave", `DELETE FROM spools WHERE name = ?`, text(name))
	return err
}

func (s inboxStore) Spools(ctx context.Context, now time.Time) ([]inbox.Spool, error) {
	var rows []struct {
		Name  string `bun:"name"`
		Holds bool   `bun:"holds"`
		Beat  stamp  `bun:"beat"`
		Now   stamp  `bun:"now"`
	}
	if err := s.rows(ctx, "Spools", &rows, `SELECT name, holds, beat, ? AS now FROM spools ORDER BY name`, s.d.clock(now)); err != nil {
		return nil, err
	}
	var out []inbox.Spool
	for _, r := range rows {
		out = append(out, inbox.Spool{Name: r.Name, Holds: r.Holds, Silent: r.Now.Sub(r.Beat.Time)})
	}
	return out, nil
}
