package bunstore

import (
	"context"
	"time"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/message"
)

type messageRow struct {
	Business  uuid   `bun:"business_id"`
	ID        uuid   `bun:"id"`
	Campaign  uuid   `bun:"campaign_id"`
	To        int64  `bun:"to_number"`
	From      int64  `bun:"from_number"`
	Class     int    `bun:"class"`
	State     int    `bun:"state"`
	Segments  int    `bun:"segments"`
	Attempt   int    `bun:"attempt"`
	Key       uuid   `bun:"plan_key"`
	Due       stamp  `bun:"due"`
	NotAfter  stamp  `bun:"not_after"`
	Answers   stamp  `bun:"answers"`
	Lease     stamp  `bun:"lease"`
	ReasonAt  stamp  `bun:"reason_at"`
	Planned   stamp  `bun:"planned"`
	Decided   stamp  `bun:"decided"`
	Submitted stamp  `bun:"submitted"`
	Settled   stamp  `bun:"settled"`
	CarrierID string `bun:"carrier_id"`
	Code      string `bun:"code"`
	Reason    string `bun:"reason"`
	Media     string `bun:"media"`
	Body      string `bun:"body"`
	Arm       int    `bun:"arm"`
}

const messageColumns = `business_id, id, campaign_id, to_number, from_number, class, state, segments, attempt, plan_key,
	due, not_after, answers, lease, reason_at, planned, decided, submitted, settled, carrier_id, code, reason, media, body, arm`

func (r messageRow) message() message.Message {
	return message.Message{
		ID: core.MessageID(r.ID), Business: core.BusinessID(r.Business), Campaign: core.CampaignID(r.Campaign),
		To: number(r.To), From: number(r.From), Class: message.Class(r.Class),
		Body: r.Body, Media: splitList(r.Media), Segments: r.Segments, Key: message.Key(r.Key), Arm: message.Arm(r.Arm), Answers: r.Answers.Time,
		State: message.State(r.State), Due: r.Due.Time, NotAfter: r.NotAfter.Time, Attempt: r.Attempt, Lease: r.Lease.Time,
		CarrierID: r.CarrierID, Code: r.Code, Reason: r.Reason, ReasonAt: r.ReasonAt.Time,
		Planned: r.Planned.Time, Decided: r.Decided.Time, Submitted: r.Submitted.Time, Settled: r.Settled.Time,
	}
}

// The column priority: answers go first.
const (
	priorityAnswer = 0
	priorityRest   = 1
)

const plannedColumns = `business_id, id, campaign_id, lane, to_number, from_number, class, priority, state, segments, attempt, plan_key,
	due, not_after, answers, planned, carrier_id, code, reason, media, body, arm`

// writePlanned writes a message as Planned, whatever state it names.
func writePlanned(r *row, m message.Message) {
	priority := priorityRest
	if m.Class.Answers() {
		priority = priorityAnswer
	}
	r.id(m.Business)
	r.id(m.ID)
	r.idOrNull(m.Campaign)
	r.id(m.Campaign)
	r.number(m.To)
	r.number(m.From)
	r.int(int64(m.Class))
	r.int(int64(priority))
	r.int(int64(message.Planned))
	r.int(int64(m.Segments))
	r.int(0)
	r.id(m.Key)
	r.time(m.Due)
	r.time(m.NotAfter)
	r.time(m.Answers)
	r.time(m.Planned)
	r.text("")
	r.text("")
	r.text("")
	r.text(joinList(m.Media))
	r.text(m.Body)
	r.int(int64(m.Arm))
}

func (b box) messages(ctx context.Context, op, where string, args ...any) ([]message.Message, error) {
	var rows []messageRow
	if err := b.rows(ctx, op, &rows, `SELECT `+messageColumns+` FROM messages `+where, args...); err != nil {
		return nil, err
	}
	return messagesOf(rows), nil
}

func messagesOf(rows []messageRow) []message.Message {
	out := make([]message.Message, len(rows))
	for i, r := range rows {
		out[i] = r.message()
	}
	return out
}

func (b box) Message(ctx context.Context, business core.BusinessID, id core.MessageID) (message.Message, error) {
	const op = "Message"
	ms, err := b.messages(ctx, op, `WHERE business_id = ? AND id = ?`, uuid(business), uuid(id))
	if err != nil {
		return message.Message{}, err
	}
	if len(ms) == 0 {
		return message.Message{}, b.notFound(op, "message")
	}
	return ms[0], nil
}

func (b box) ForPair(ctx context.Context, p core.Pair, n int) ([]message.Message, error) {
	if n <= 0 {
		return nil, nil
	}
	return b.messages(ctx, "ForPair", `WHERE business_id = ? AND to_number = ? ORDER BY id DESC LIMIT ?`,
		uuid(p.Business), int64(p.Number.Digits()), n)
}

func (b box) People(ctx context.Context, business core.BusinessID, c core.CampaignID, q message.PeopleQuery, n int) ([]message.Message, error) {
	if n <= 0 {
		return nil, nil
	}
	if out, done, err := b.peopleApart(ctx, business, c, q, n); done || err != nil {
		return out, err
	}
	where := `WHERE business_id = ? AND campaign_id = ? AND id > ?`
	args := []any{uuid(business), uuid(c), uuid(q.After)}
	if len(q.States) > 0 {
		where += ` AND state IN (?)`
		args = append(args, tuples(q.States, func(r *row, s message.State) { r.int(int64(s)) }))
	}
	if q.Reason != "" {
		where += ` AND reason = ?`
		args = append(args, text(q.Reason))
	}
	return b.messages(ctx, "People", where+` ORDER BY id LIMIT ?`, append(args, n)...)
}

func (b box) Coded(ctx context.Context, code string, settled time.Time, after core.MessageID, n int) ([]message.Message, error) {
	if n <= 0 || code == "" {
		return nil, nil
	}
	return b.messages(ctx, "Coded", `WHERE code = ? AND code <> '' AND settled >= ? AND (settled > ? OR id > ?) ORDER BY settled, id LIMIT ?`,
		text(code), stamp{settled}, stamp{settled}, uuid(after), n)
}

func (b box) Backlog(ctx context.Context, now time.Time) (due, unknown int, err error) {
	var rows []struct {
		Due     int `bun:"due"`
		Unknown int `bun:"unknown"`
	}
	waiting, nobodyKnows := `messages WHERE state = 1 AND`, `messages WHERE state = 8`
	if b.d.LocksRows {
		waiting, nobodyKnows = `messages_waiting WHERE`, `messages_unknown`
	}
	err = b.rows(ctx, "Backlog", &rows, `SELECT
		(SELECT count(*) FROM `+waiting+` priority IN (0, 1) AND due <= ?) AS due,
		(SELECT count(*) FROM `+nobodyKnows+`) AS unknown`, stamp{now})
	if err != nil || len(rows) != 1 {
		return 0, 0, err
	}
	return rows[0].Due, rows[0].Unknown, nil
}
