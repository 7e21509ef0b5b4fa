package bunstore

import (
	"context"
	"slices"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/evidence"
)

// evidenceLog is the port [evidence.Log].
type evidenceLog struct{ *queries }

type decisionRow struct {
	Business uuid   `bun:"business_id"`
	Message  uuid   `bun:"message_id"`
	Attempt  int    `bun:"attempt"`
	At       stamp  `bun:"at"`
	Edition  string `bun:"edition"`
	Verdict  string `bun:"verdict"`
	Facts    string `bun:"facts"`
	Findings string `bun:"findings"`
}

const decisionColumns = `business_id, message_id, attempt, at, edition, verdict, facts, findings`

func (l evidenceLog) Append(ctx context.Context, ds []evidence.Decision) error {
	const op = "Append"
	if l.readOnly {
		return l.denied(op)
	}
	for batch := range slices.Chunk(ds, chunk) {
		_, err := l.exec(ctx, op, `INSERT INTO decisions (`+decisionColumns+`) ?`, tuples(batch, func(r *row, d evidence.Decision) {
			r.id(d.Business)
			r.id(d.Message)
			r.int(int64(d.Attempt))
			r.time(d.At)
			r.text(d.Edition)
			r.text(d.Verdict)
			r.text(string(d.Facts))
			r.text(string(d.Findings))
		}))
		if err != nil {
			return err
		}
	}
	return nil
}

func (l evidenceLog) Decisions(ctx context.Context, b core.BusinessID, id core.MessageID) ([]evidence.Decision, error) {
	var rows []decisionRow
	err := l.rows(ctx, "Decisions", &rows, `SELECT `+decisionColumns+` FROM decisions WHERE business_id = ? AND message_id = ? ORDER BY at, seq`,
		uuid(b), uuid(id))
	if err != nil {
		return nil, err
	}
	out := make([]evidence.Decision, len(rows))
	for i, r := range rows {
		out[i] = evidence.Decision{
			Business: core.BusinessID(r.Business), Message: core.MessageID(r.Message), Attempt: r.Attempt, At: r.At.Time,
			Edition: r.Edition, Verdict: r.Verdict, Facts: []byte(r.Facts), Findings: []byte(r.Findings),
		}
	}
	return out, nil
}
