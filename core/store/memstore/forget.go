package memstore

import (
	"bytes"
	"context"
	"slices"
	"strconv"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/click"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/retention"
)

func (s shelf) ForgetGuest(ctx context.Context, p core.Pair, but []core.Number) (retention.Forgotten, error) {
	var f retention.Forgotten
	if err := s.write(ctx); err != nil {
		return f, err
	}
	ks, _ := s.d.byPair.get(p)
	for _, k := range ks {
		m, _ := messages(s).message(k)
		if m.State == message.Planned || m.State == message.Sending || m.Body == "" && len(m.Media) == 0 {
			continue
		}
		m.Body, m.Media = "", nil
		messages(s).put(m)
		f.Texts++
	}
	ids, _ := s.d.history.get(p)
	for _, id := range ids {
		s.d.events.remove(s.tx, id)
		f.Events++
	}
	s.d.history.remove(s.tx, p)
	s.d.subscribers.remove(s.tx, p)
	s.d.notes.remove(s.tx, p)
	s.d.listed.remove(s.tx, p)
	clicks(s).forget(func(l click.Link) bool { return l.Business == p.Business && l.Number == p.Number })
	f.Webhooks = s.forgetWebhooks(p, but)
	return f, nil
}

func (s shelf) forgetWebhooks(p core.Pair, but []core.Number) int {
	b, _ := s.d.businesses.get(p.Business)
	senders := []core.Number{b.Sender}
	for _, k := range s.d.keywords.m {
		if k.Business == p.Business {
			senders = append(senders, k.Number)
		}
	}
	n := 0
	for id, r := range s.d.inbox.m {
		names := func(x core.Number) bool { return !x.IsZero() && bytes.Contains(r.Raw, lastTen(x)) }
		if r.Stored.Handled.IsZero() || !names(p.Number) || !slices.ContainsFunc(senders, names) || slices.ContainsFunc(but, names) {
			continue
		}
		r.Raw, r.Note = []byte("{}"), "erased"
		s.d.inbox.set(s.tx, id, r)
		n++
	}
	return n
}

func lastTen(n core.Number) []byte {
	d := strconv.FormatUint(n.Digits(), 10)
	return []byte(d[max(0, len(d)-10):])
}
