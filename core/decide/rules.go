package decide

import "time"

// How soon an answer must come. While it is immediate it may come at any hour;
// after that it keeps the hours of marketing; when it is due it is dropped.
//
// For the confirmation of an opt-out the law has the figure: within five minutes
// it is presumed to be covered by the consent that was given, later the sender
// must justify the delay (47 CFR 64.1200(a)(12)). We do not try to. The other
// figures are ours: no text of law has them, and they are well inside what every
// platform does.
const (
	ConfirmWithin    = 5 * time.Minute
	WelcomeImmediate = 15 * time.Minute
	WelcomeWithin    = 24 * time.Hour
	HelpImmediate    = time.Hour
	HelpWithin       = 24 * time.Hour
	ReplyImmediate   = time.Hour
	ReplyWithin      = 72 * time.Hour
)

var immediate = [numClasses]time.Duration{Confirmation: ConfirmWithin, Help: HelpImmediate, Welcome: WelcomeImmediate, Reply: ReplyImmediate}
var within = [numClasses]time.Duration{Confirmation: ConfirmWithin, Help: HelpWithin, Welcome: WelcomeWithin, Reply: ReplyWithin}

// class speaks about what the text is, and whether an answer answers in time.
func (j *judge) class() {
	f, c := j.f, j.f.Class
	if c == NoClass || c >= numClasses {
		j.say(RuleClass, Block, ClassNone)
		return
	}
	if !c.answers() {
		j.say(RuleClass, Send, ClassOwn)
		return
	}
	if c == Confirmation && f.AlreadyConfirmed {
		j.say(RuleClass, Block, ConfirmedTwice)
	}
	if f.AnswersTo.IsZero() {
		j.say(RuleClass, Block, AnswerMissing)
		return
	}
	asked := nano(f.AnswersTo)
	age := time.Duration(j.now - asked)
	verdict, code := Block, AnswerInTime
	switch {
	case age < 0:
		code = AnswerFuture
	case age > within[c]:
		code = AnswerLate
	default:
		verdict = Send
		j.free = age <= immediate[c]
		j.due = asked + int64(within[c])
	}
	j.say(RuleClass, verdict, code).At = asked
}

// consent speaks about whether the guest agreed to this kind of text.
func (j *judge) consent() {
	if j.f.Class.answers() {
		// The person's own message asks for the answer.
		j.say(RuleConsent, Send, ConsentNotNeeded)
		if c := j.f.Class; c == Welcome || c == Reply {
			// Who opted out since is only answered that it was heard.
			j.refuse(j.f.Consent.State == OptedOut, RuleConsent, ConsentRevoked)
		}
		j.age()
		return
	}
	given := j.standing()
	given = j.proof() && given
	given = j.age() && given
	if given {
		j.say(RuleConsent, Send, ConsentGiven).At = nano(j.f.Consent.Since)
	}
}

// refuse notes a blocking finding of a rule where bad is true, and returns the
// opposite of bad.
func (j *judge) refuse(bad bool, r RuleID, c Code) bool {
	if bad {
		j.say(r, Block, c)
	}
	return !bad
}

func (j *judge) standing() bool {
	c := &j.f.Consent
	code := NoCode
	switch c.State {
	case Active:
		// A revocation at or after the consent beats a state that says otherwise.
		if !c.RevokedAt.IsZero() && !c.RevokedAt.Before(c.Since) {
			code = ConsentRevoked
		}
	case OptedOut:
		code = ConsentRevoked
	case Uncertain:
		code = ConsentUncertain
	case Pending:
		code = ConsentPending
	default:
		code = ConsentNever
	}
	ok := j.refuse(code != NoCode, RuleConsent, code)
	if c.State == Never {
		return false // there is nothing more to say about it
	}
	need := ScopeMarketing
	if j.f.Class == Informational {
		// Who asked for marketing did not thereby ask for other texts.
		need = ScopeInformational
	}
	ok = j.refuse(c.Scope&need == 0, RuleConsent, ConsentScope) && ok
	if c.Since.IsZero() {
		return j.refuse(true, RuleConsent, ConsentUndated)
	}
	return j.refuse(nano(c.Since) > j.now, RuleConsent, ConsentFuture) && ok
}

// proof speaks about what shows the consent in court: the sender bears the burden.
func (j *judge) proof() bool {
	c := &j.f.Consent
	ok := j.refuse(!c.Verified, RuleConsent, ConsentEvidence)
	// Written consent is for marketing; prior express consent is enough for the
	// rest (47 CFR 64.1200(a)(2), (f)(9)).
	return j.refuse(!c.Disclosed && j.f.Class != Informational, RuleConsent, ConsentDisclosure) && ok
}

func (j *judge) age() bool {
	gate := j.f.Consent.AgeGate
	if gate == AgeFailed && j.f.Class.solicits() {
		return j.refuse(true, RuleConsent, ConsentUnderage)
	}
	return j.refuse(j.f.Content.NeedsAgeGate && gate != AgePassed, RuleConsent, ConsentAge)
}

// suppression speaks about each entry that bars the number.
func (j *judge) suppression() {
	f := j.f
	if !f.SuppressionRead {
		j.say(RuleSuppression, Block, SuppressedUnread)
	}
	for i := range f.Suppressed {
		s := &f.Suppressed[i]
		verdict, code := Block, SuppressedOwn
		switch {
		case s.Global:
			code = SuppressedAll
		case f.Class == Confirmation && (s.Reason == ByGuest || s.Reason == LikelyOut):
			verdict, code = Send, SuppressedConfirming
		case f.Class == Help && !s.At.IsZero() && !s.At.After(f.AnswersTo):
			verdict, code = Send, SuppressedAsked
		}
		out := j.say(RuleSuppression, verdict, code)
		out.Index = index(i)
		if !s.At.IsZero() {
			out.At = nano(s.At)
		}
	}
	if f.SuppressionRead && len(f.Suppressed) == 0 {
		j.say(RuleSuppression, Send, SuppressedNot)
	}
}

// emergency speaks about the switches. They stop what goes on our initiative.
func (j *judge) emergency() {
	if j.f.Class.answers() {
		j.say(RuleEmergency, Send, EmergencyNone)
		return
	}
	j.emergencyIn()
}

func (j *judge) emergencyIn() {
	if j.f.Emergency.empty() {
		j.say(RuleEmergency, Send, EmergencyNone)
		return
	}
	clear := true
	for i, p := range j.places {
		code := NoCode
		switch {
		case j.f.Emergency.Has(p.State):
			code = EmergencyOn
		case p.State == 0:
			code = EmergencyUnknown
		default:
			continue
		}
		clear = false
		out := j.say(RuleEmergency, Block, code)
		out.Index, out.State, out.Zone = index(i), p.State, p.Zone
	}
	if clear {
		j.say(RuleEmergency, Send, EmergencyNone)
	}
}

// content speaks about the lint of the text.
func (j *judge) content() {
	c := &j.f.Content
	switch {
	case c.Blocked:
		j.say(RuleContent, Block, ContentBlocked)
	case c.Checked:
		j.say(RuleContent, Send, ContentClean)
	case j.f.Class.answers():
		j.say(RuleContent, Send, ContentOwnWords)
	default:
		j.say(RuleContent, Block, ContentUnchecked)
	}
}

// account speaks about the business and about its sender number.
func (j *judge) account() {
	a := &j.f.Account
	ok := j.refuse(!a.Active, RuleAccount, AccountInactive)
	// A stranger who writes to a business on trial still gets an answer.
	ok = j.refuse(a.Trial && !a.TestPhone && j.f.Class.solicits(), RuleAccount, AccountTrial) && ok
	if ok {
		j.say(RuleAccount, Send, AccountActive)
	}
	if j.refuse(!a.Registered, RuleRegistration, Unregistered) {
		j.say(RuleRegistration, Send, Registered)
	}
}

// expiry speaks about whether the text still makes sense at the instant at which
// it could go, and withdraws that instant if not.
func (j *judge) expiry(at int64) {
	if at > j.due {
		j.say(RuleExpiry, Block, AnswerWait).At = j.due
	}
	if j.f.NotAfter.IsZero() {
		j.say(RuleExpiry, Send, ExpiryNone)
		return
	}
	last := nano(j.f.NotAfter)
	verdict, code := Send, ExpiryAhead
	switch {
	case j.now > last:
		verdict, code = Block, ExpiryPast
	case at > last:
		verdict, code = Block, ExpiryWait
	}
	j.say(RuleExpiry, verdict, code).At = last
}
