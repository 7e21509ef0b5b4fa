package storetest

import (
	"context"
	"errors"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/store"
)

func testPosters(s *suite) {
	b, other := newBusiness(), newBusiness()
	d := consent.Disclosure{Business: b, Version: consent.Version{1}}
	first := consent.NewPoster(d, consent.Wall, []byte("<p>\x00\xff"), at(1))
	second := consent.NewPoster(d, consent.Tent, []byte("<p>two"), at(2))
	old := consent.NewPoster(consent.Disclosure{Business: b, Version: consent.Version{2}}, consent.Wall, []byte("<p>old"), at(3))
	again := first
	again.Made = at(9)
	s.update(func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.Consent.PutPoster(ctx, first), tx.Consent.PutPoster(ctx, second), tx.Consent.PutPoster(ctx, old), tx.Consent.PutPoster(ctx, again))
	})
	s.view(func(ctx context.Context, tx store.Tx) error {
		all, err := tx.Consent.Posters(ctx, b, d.Version)
		s.equal("Posters, newest first", all, []consent.Poster{second, first})
		one, err2 := tx.Consent.Poster(ctx, b, first.SHA256)
		s.equal("Poster", one, first)
		_, err3 := tx.Consent.Poster(ctx, other, first.SHA256)
		s.kind("another's poster", err3, core.NotFound)
		s.kind("PutPoster in a view", tx.Consent.PutPoster(ctx, first), core.Denied)
		return errors.Join(err, err2)
	})
}

func testScans(s *suite) {
	b := newBusiness()
	scan := func(day, sheet, device string, n int) account.Scan {
		return account.Scan{Business: b, Keyword: "LUNA", Sheet: sheet, Device: device, Day: day, N: n}
	}
	texan := scan("2026-03-02", "wall", "iphone", 1)
	texan.Place = "US-TX"
	twice := texan
	twice.N = 2
	s.parallel(4, func(int) error {
		return s.Update(s.Context(), func(ctx context.Context, tx store.Tx) error {
			return tx.Accounts.CountScan(ctx, scan("2026-03-02", "wall", "iphone", 2))
		})
	})
	s.update(func(ctx context.Context, tx store.Tx) error {
		return errors.Join(
			tx.Accounts.CountScan(ctx, scan("2026-03-01", "", "desktop", 1)),
			tx.Accounts.CountScan(ctx, scan("2026-03-02", "wall", "android", 1)),
			tx.Accounts.CountScan(ctx, scan("2026-02-28", "tent", "iphone", 1)),
			tx.Accounts.CountScan(ctx, texan), tx.Accounts.CountScan(ctx, texan))
	})
	s.view(func(ctx context.Context, tx store.Tx) error {
		got, err := tx.Accounts.Scans(ctx, b, "2026-03-01")
		s.equal("Scans", got, []account.Scan{
			scan("2026-03-01", "", "desktop", 1), scan("2026-03-02", "wall", "android", 1), scan("2026-03-02", "wall", "iphone", 8), twice,
		})
		none, err2 := tx.Accounts.Scans(ctx, newBusiness(), "")
		s.equal("another's scans", len(none), 0)
		return errors.Join(err, err2)
	})
}
