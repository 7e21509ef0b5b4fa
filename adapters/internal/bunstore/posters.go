package bunstore

import (
	"context"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/consent"
)

type posterRow struct {
	Business uuid   `bun:"business_id"`
	SHA256   []byte `bun:"sha256"`
	Version  []byte `bun:"version"`
	Size     int    `bun:"size"`
	Page     []byte `bun:"page"`
	Made     stamp  `bun:"made"`
}

const posterColumns = `business_id, sha256, version, size, page, made`

func (l consentLog) PutPoster(ctx context.Context, p consent.Poster) error {
	_, err := l.exec(ctx, "PutPoster", `INSERT INTO posters (`+posterColumns+`) ? ON CONFLICT DO NOTHING`,
		tuples([]consent.Poster{p}, func(r *row, p consent.Poster) {
			r.id(p.Business)
			r.blob(p.SHA256[:])
			r.blob(p.Version[:])
			r.int(int64(p.Size))
			r.blob(p.Page)
			r.time(p.Made)
		}))
	return err
}

func (l consentLog) Poster(ctx context.Context, b core.BusinessID, sha256 consent.Version) (consent.Poster, error) {
	const op = "Poster"
	ps, err := l.posters(ctx, op, `WHERE business_id = ? AND sha256 IN (?)`, uuid(b), versions(sha256))
	if err == nil && len(ps) == 0 {
		err = l.notFound(op, "poster")
	}
	if err != nil {
		return consent.Poster{}, err
	}
	return ps[0], nil
}

func (l consentLog) Posters(ctx context.Context, b core.BusinessID, v consent.Version) ([]consent.Poster, error) {
	return l.posters(ctx, "Posters", `WHERE business_id = ? AND version IN (?) ORDER BY made DESC, sha256`, uuid(b), versions(v))
}

func versions(v consent.Version) any {
	return tuples([]consent.Version{v}, func(r *row, v consent.Version) { r.blob(v[:]) })
}

func (l consentLog) posters(ctx context.Context, op, where string, args ...any) ([]consent.Poster, error) {
	var rows []posterRow
	if err := l.rows(ctx, op, &rows, `SELECT `+posterColumns+` FROM posters `+where, args...); err != nil {
		return nil, err
	}
	var out []consent.Poster
	for _, r := range rows {
		out = append(out, consent.Poster{
			Business: core.BusinessID(r.Business), SHA256: version(r.SHA256), Version: version(r.Version),
			Size: consent.Size(r.Size), Page: r.Page, Made: r.Made.Time,
		})
	}
	return out, nil
}

type scanRow struct {
	Business uuid   `bun:"business_id"`
	Day      string `bun:"day"`
	Keyword  string `bun:"keyword"`
	Sheet    string `bun:"sheet"`
	Device   string `bun:"device"`
	Place    string `bun:"place"`
	N        int    `bun:"n"`
}

const scanColumns = `business_id, day, keyword, sheet, device, place, n`

func (d directory) CountScan(ctx context.Context, s account.Scan) error {
	_, err := d.exec(ctx, "CountScan", `INSERT INTO scans (`+scanColumns+`) ?
		ON CONFLICT (business_id, day, keyword, sheet, device, place) DO UPDATE SET n = scans.n + excluded.n`,
		tuples([]account.Scan{s}, func(r *row, s account.Scan) {
			r.id(s.Business)
			r.text(s.Day)
			r.text(s.Keyword)
			r.text(s.Sheet)
			r.text(s.Device)
			r.text(s.Place)
			r.int(int64(s.N))
		}))
	return err
}

func (d directory) Scans(ctx context.Context, b core.BusinessID, from string) ([]account.Scan, error) {
	var rows []scanRow
	err := d.rows(ctx, "Scans", &rows, `SELECT `+scanColumns+` FROM scans WHERE business_id = ? AND day >= ?
		ORDER BY day, keyword, sheet, device, place`, uuid(b), text(from))
	if err != nil {
		return nil, err
	}
	var out []account.Scan
	for _, r := range rows {
		out = append(out, account.Scan{Business: core.BusinessID(r.Business), Day: r.Day, Keyword: r.Keyword, Sheet: r.Sheet, Device: r.Device, Place: r.Place, N: r.N})
	}
	return out, nil
}
