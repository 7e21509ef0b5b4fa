package sim

import (
	"cmp"
	"slices"
	"time"

	"github.com/jobfluss/nexo/core"
)

// What a guest means by a text is known, since the simulation wrote it: no
// oracle reads words.
type intent uint8

const (
	chatter   intent = iota
	joins            // the venue's own keyword
	elsewhere        // the keyword of another venue, which is none here
	leaves           // an opt-out that is certain
	mayLeave         // one that is likely
	returns          // START
	asks             // HELP
	blocked          // no text: the carrier said that the person has opted out with it
)

var intentNames = [...]string{"chats", "joins", "texts another venue's keyword", "opts out", "may opt out", "comes back", "asks for help", "is blocked by the carrier"}

// words are what guests write. Those of leaves and mayLeave are the promise:
// each stops marketing at once.
var words = map[intent][]string{
	chatter:  {"see you at 8!", "is the kitchen open?", "two for 7pm", "thanks", "love it", "What time do you close?", "lol", "stop by at 8?"},
	leaves:   {"STOP", "stop", "Stop.", "UNSUBSCRIBE", "QUIT", "end", "CANCEL", "OPT OUT", "REVOKE", "stop texting me", "please stop", "take me off", "remove me", "lose my number"},
	mayLeave: {"leave me alone", "not interested", "wrong number", "enough", "too many texts", "basta"},
	returns:  {"START", "UNSTOP"},
	asks:     {"HELP", "INFO"},
}

// A word is what a guest said to a venue, and was told to have been heard.
type word struct {
	at     time.Time // by the carrier's clock
	intent intent
	text   string
}

// A pairLog is what truly happened between a guest and a venue.
type pairLog struct {
	venue  *venue
	guest  *guest
	spots  []spot
	words  []word     // acknowledged, in the order of that
	hooks  []*webhook // with the guest's texts, acknowledged or not
	tagged []tagging  // by the owner, in order
	// barred is when the guest stopped being one who may be texted.
	barred    time.Time
	barredSeq int64
	carrier   bool        // the carrier's block is known to us
	may       bool        // may be texted
	saidSo    bool        // the guest has opted out in certain words
	arrivals  []time.Time // of marketing at the carrier
	refused   bool        // the carrier has refused a text to the guest
	doubtful  bool        // words came so close together that their order is not certain
}

func (w *world) pair(v *venue, g *guest) *pairLog {
	p := v.pairs[g.index]
	if p.spots == nil {
		p.spots = spotsOf(g, v)
	}
	return p
}

func (p *pairLog) id() core.Pair { return core.Pair{Business: p.venue.ID, Number: p.guest.number} }

// standing is where a guest stands, from the words that were acknowledged.
type standing uint8

const (
	never standing = iota
	active
	optedOut
	uncertain
)

// stands folds the words by the instants at which the carrier received them.
func (p *pairLog) stands() standing {
	ordered := slices.Clone(p.words)
	slices.SortStableFunc(ordered, func(a, b word) int {
		return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.intent, b.intent)) // joins before leaves
	})
	s := never
	for _, w := range ordered {
		switch w.intent {
		case joins:
			s = active
		case returns:
			if p.everJoined() {
				s = active
			}
		case leaves, blocked:
			s = optedOut
		case mayLeave:
			if s == active {
				s = uncertain
			}
		}
	}
	return s
}

func (p *pairLog) everJoined() bool {
	return slices.ContainsFunc(p.words, func(w word) bool { return w.intent == joins })
}

// heard notes a word whose keeping was acknowledged, or a block that was told.
func (w *world) heard(p *pairLog, x word) {
	for _, o := range p.words {
		d := o.at.Sub(x.at).Abs()
		// A START that is acted on before the keyword is known joins nobody.
		early := x.intent == returns && o.intent == joins && d < time.Hour
		if early || d < 10*time.Second && o.intent != x.intent {
			p.doubtful = true
		}
	}
	if x.intent == returns && !p.everJoined() {
		p.doubtful = true // it counts if the keyword is acted on first
	}
	switch {
	case x.intent == blocked:
		came := slices.ContainsFunc(p.words, func(o word) bool { return o.intent == returns && o.at.After(x.at) })
		p.carrier = !came
	case x.intent == returns && p.venue.autoAnswer:
		p.carrier = false // the carrier lifts its block, and says so
	}
	p.words = append(p.words, x)
	was := p.may
	p.may = p.stands() == active && !p.carrier
	if was && !p.may {
		w.seq++
		p.barred, p.barredSeq = w.now, w.seq
	}
}
