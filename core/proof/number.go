package proof

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"slices"

	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/decide"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/law"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/store"
)

// Number writes the pack about one guest of a business: every record, the proof
// that it is in the log, the words that the guest was shown, the law of the time,
// and a page that tells it all. It is made for whoever may see the number: the
// pack names it in full. Errors of the writer have kind Unavailable.
func (s *Service) Number(ctx context.Context, w io.Writer, pair core.Pair) (Manifest, error) {
	var m Manifest
	err := s.Store.View(ctx, func(ctx context.Context, tx store.Tx) error {
		p, biz, err := s.begin(ctx, tx, w, pair.Business, KindNumber)
		if err != nil {
			return err
		}
		p.m.Number = pair.Number.E164()
		n := &numberPack{packer: p, tx: tx, pair: pair, biz: biz, texts: map[core.MessageID]message.Message{}}
		if err := n.write(ctx); err != nil {
			return err
		}
		m = p.m
		return nil
	})
	return m, err
}

type numberPack struct {
	*packer
	tx    store.Tx
	pair  core.Pair
	biz   account.Business
	texts map[core.MessageID]message.Message // as they were sent, if they are still kept
	extra []evidence.Record                  // that the number does not lead to
	shown []evidence.Shown                   // disclosures that records refer to
	laws  []string                           // editions
	fact  fact
}

func (n *numberPack) write(ctx context.Context) error {
	if err := n.gather(ctx); err != nil {
		return err
	}
	if err := n.whole(fileReadme, readme(KindNumber)); err != nil {
		return err
	}
	if err := n.checkpoint(); err != nil {
		return err
	}
	for _, step := range []func(context.Context) error{n.records, n.words, n.disclosures, n.law, n.explained, n.page} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return n.finish()
}

// maxTexts is the most texts whose words go into a pack. Nobody gets as many.
const maxTexts = 10_000

// gather finds what belongs to the guest's records without naming the guest: the
// approvals of the campaigns that texts were part of, and what was erased of their
// messages.
func (n *numberPack) gather(ctx context.Context) error {
	ms, err := n.tx.Messages.ForPair(ctx, n.pair, maxTexts)
	if err != nil {
		return err
	}
	campaigns := map[core.CampaignID]bool{}
	for _, m := range ms {
		n.texts[m.ID] = m
		campaigns[m.Campaign] = true
	}
	known := make(map[core.MessageID]bool, len(ms))
	err = n.walk(ctx, false, func(r *proven) error {
		known[r.Message], campaigns[r.Campaign] = true, true
		return n.note(r.Record)
	})
	if err != nil {
		return err
	}
	for id := range n.texts {
		known[id] = true
	}
	if err := n.erased(ctx, known); err != nil {
		return err
	}
	if err := n.approvals(ctx, campaigns); err != nil {
		return err
	}
	slices.SortFunc(n.extra, oldestFirst)
	return nil
}

func oldestFirst(x, y evidence.Record) int {
	return cmp.Or(x.At.Compare(y.At), bytes.Compare(x.ID[:], y.ID[:]))
}

func (n *numberPack) erased(ctx context.Context, of map[core.MessageID]bool) error {
	for id := range of {
		if id.IsZero() {
			continue
		}
		rs, err := n.ledger.OfMessage(ctx, n.pair.Business, id)
		if err != nil {
			return err
		}
		for _, r := range rs {
			if r.Erased() {
				n.extra = append(n.extra, r)
			}
		}
	}
	return nil
}

// firsts is how many of a campaign's oldest records are looked at for its
// approval: it comes before every text.
const firsts = 32

func (n *numberPack) approvals(ctx context.Context, campaigns map[core.CampaignID]bool) error {
	for id := range campaigns {
		if id.IsZero() {
			continue
		}
		rs, _, err := n.ledger.OfCampaign(ctx, n.pair.Business, id, 0, firsts)
		if err != nil {
			return err
		}
		for _, r := range rs {
			if r.Kind == evidence.KindStaffAction && !r.Erased() {
				n.extra = append(n.extra, r)
			}
		}
	}
	return nil
}

// note remembers which disclosures and editions a record refers to.
func (n *numberPack) note(r evidence.Record) error {
	if r.Kind != evidence.KindConsent && r.Kind != evidence.KindDecision {
		return nil
	}
	if err := readFact(r.Body, &n.fact); err != nil {
		return core.Wrap("proof.Number", core.Internal, "a record of the ledger cannot be read", err)
	}
	if len(n.fact.disclosure) > 0 && !slices.ContainsFunc(n.shown, func(s evidence.Shown) bool { return s.Version == string(n.fact.disclosure) }) {
		s, err := shownText(n.fact.shown)
		if err != nil {
			return err
		}
		n.shown = append(n.shown, s)
	}
	if e := n.fact.edition; e != "" && !slices.Contains(n.laws, e) {
		n.laws = append(n.laws, e)
	}
	return nil
}

// walk visits the guest's records, oldest first, page by page, and between them
// what was gathered. With proofs, the tiles for a page are read before it.
func (n *numberPack) walk(ctx context.Context, proofs bool, visit func(*proven) error) error {
	extra := n.extra
	var after core.RecordID
	for {
		rs, err := n.ledger.OfPair(ctx, n.pair, after, page)
		if err != nil {
			return err
		}
		full := len(rs) == page
		if full {
			after = rs[len(rs)-1].ID
		}
		upTo := len(extra)
		if full {
			upTo, _ = slices.BinarySearchFunc(extra, rs[len(rs)-1], oldestFirst)
		}
		rs, extra = append(rs, extra[:upTo]...), extra[upTo:]
		slices.SortFunc(rs, oldestFirst)
		ps, err := n.leaves(ctx, rs, proofs)
		if err != nil {
			return err
		}
		for i := range ps {
			if err := visit(&ps[i]); err != nil {
				return err
			}
		}
		if !full {
			return nil
		}
	}
}

func (n *numberPack) records(ctx context.Context) error {
	n.file(fileRecords)
	return n.walk(ctx, true, n.record)
}

// words writes what the texts said. A decision holds the hash of its text, so that
// the words can be checked; they are kept for a shorter time than the decision.
func (n *numberPack) words(ctx context.Context) error {
	n.file(fileTexts)
	said := map[core.MessageID]bool{}
	return n.walk(ctx, false, func(r *proven) error {
		m, ok := n.texts[r.Message]
		if r.Kind != evidence.KindDecision || r.Erased() || said[r.Message] || !ok {
			return nil
		}
		if err := readFact(r.Body, &n.fact); err != nil {
			return err
		}
		if evidence.TextHash(m.Body) != string(n.fact.textSum) {
			return nil // what was decided is not what is kept now: it proves nothing
		}
		said[m.ID] = true
		n.buf = appendText(n.buf[:0], m.ID.String(), m.Body)
		_, err := n.Write(n.buf)
		return err
	})
}

// disclosures writes the words shown, in the form of which the version is the
// SHA-256: whose it is, the keyword and the text, each on a line.
func (n *numberPack) disclosures(context.Context) error {
	for _, d := range n.shown {
		if err := n.whole(disclosureName(d.Version), writeDisclosure(n.pair.Business, d)); err != nil {
			return err
		}
	}
	return nil
}

func disclosureName(version string) string { return dirDisclosures + version + ".txt" }

func writeDisclosure(b core.BusinessID, d evidence.Shown) []byte {
	return []byte(b.String() + "\n" + d.Keyword + "\n" + d.Text)
}

// disclosureVersion names the words as [consent.Disclose] does.
func disclosureVersion(file []byte) string { return consent.Version(sha256.Sum256(file)).String() }

func (n *numberPack) law(context.Context) error { return n.lawOf(n.laws) }

// lawOf writes the rulebook that the decisions were taken by, if this program has
// it: whoever checks years from now may have a newer one only.
func (p *packer) lawOf(editions []string) error {
	rb := p.s.Book.Rulebook()
	for _, e := range editions {
		if _, ok := rb.Edition(e); !ok {
			continue
		}
		if rb.Hash() != decide.US().Rulebook().Hash() {
			return nil // an embedder's own book: there is no file of it here
		}
		return p.whole(dirLaw+rb.Name()+"-"+rb.Hash()+".json", law.USData())
	}
	return nil
}

// explained writes each decision in plain English.
func (n *numberPack) explained(ctx context.Context) error {
	n.file(fileExplained)
	_, _ = fmt.Fprintf(n, "Why each text to %s was allowed or not, as the rules of its time say.\nTimes at the beginning of a paragraph are UTC.\n", n.m.Number)
	return n.walk(ctx, false, func(r *proven) error {
		if r.Kind != evidence.KindDecision || r.Erased() {
			return nil
		}
		d, err := evidence.ParseDecision(r.Record)
		if err != nil {
			return err
		}
		summary, lines := n.s.explain(&d)
		_, _ = fmt.Fprintf(n, "\n%s  text %s, edition %s\n%s\n", stamp(d.At), d.Message, cmp.Or(d.Edition, "none"), summary)
		for _, l := range lines {
			_, _ = fmt.Fprintf(n, "  %s: %s\n", l.Verdict, l)
		}
		return n.box.err
	})
}

// explain says in plain English what a decision's record says. Where this program
// does not have the law of that time, it says that.
func (s *Service) explain(d *evidence.DecisionBody) (string, []decide.Line) {
	r, err := s.Book.Replay(d.Facts, d.Findings)
	if err != nil {
		return verdictWords(d.Verdict) + " " + core.MessageOf(err) + ".", nil
	}
	return s.Book.Summary(&r.Facts, &r.Decision), s.Book.Explain(&r.Facts, &r.Decision)
}

func verdictWords(verdict string) string {
	switch verdict {
	case "send":
		return "It might go."
	case "wait":
		return "It had to wait."
	}
	return "It must not be sent."
}
