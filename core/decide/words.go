package decide

import (
	"fmt"
	"time"

	"github.com/jobfluss/nexo/core/law"
)

// plainWords are the sentences that need no fact but the class, by code.
var plainWords = [numCodes]string{
	BookInForce:  "The law of this date is known.",
	BookTooEarly: "The rulebook holds no law for this instant, or no instant was given: give the time of sending.",
	BookProfile:  "No profile was chosen: choose federal, default or strict.",
	BookMargin:   "The margin before closing time is negative: give 0 or more.",

	ClassOwn:       "The business texts on its own initiative, so every rule applies.",
	ClassNone:      "It is not said what kind of text this is: name its class.",
	AnswerMissing:  "It is meant as an answer, but not to which message: give the time of the guest's message.",
	ConfirmedTwice: "This opt-out was confirmed already, and only one text may do that.",

	ConsentNotNeeded:  "The guest's own message asks for this answer, so no consent is needed.",
	ConsentNever:      "This guest never agreed to get texts: invite them to opt in.",
	ConsentPending:    "This guest was asked and has not said yes.",
	ConsentUncertain:  "The guest's last words may have been an opt-out: read them and say which.",
	ConsentUndated:    "It is not known since when the guest agrees, so it cannot be proved.",
	ConsentEvidence:   "Nothing proves that the guest agreed: the record of their opt-in is missing or not complete.",
	ConsentUnderage:   "The guest did not pass the age check.",
	ConsentAge:        "The text is about alcohol or the like, and the guest has not passed the age check.",
	ConsentDisclosure: "The words that the guest was shown when they opted in are not stored, or leave out what the law asks for.",

	SuppressedNot:        "The guest is on no do-not-text list.",
	SuppressedUnread:     "The do-not-text lists were not looked up.",
	SuppressedConfirming: "The guest just opted out; this one text may say that it was heard.",
	SuppressedAsked:      "The guest is on the do-not-text list, but asked for help since.",

	EmergencyNone: "No state where the phone may be has stopped texts.",

	ContentClean:     "The text was checked and nothing forbids it.",
	ContentUnchecked: "The text was not checked: check it before sending.",
	ContentBlocked:   "The text has something that carriers or the law forbid: mend what the check found.",
	ContentOwnWords:  "An answer in the business's own words needs no check.",

	AccountActive:   "The business may send.",
	AccountInactive: "The business's account may not send now: see its billing and settings.",
	AccountTrial:    "While on trial the business may text only its own test phones.",

	Registered:   "The sender number and the campaign are on file with the carriers.",
	Unregistered: "The sender number or the campaign is not on file with the carriers: finish the registration.",

	HoursUnknown: "Without a time of sending that the rulebook covers, no hours can be told.",
	HoursAnswer:  "An immediate answer to the guest's own message may come at any hour.",
	ExpiryNone:   "The text does not go out of date.",
}

// reasonWords complete "the guest is on the do-not-text list".
var reasonWords = [...]string{
	Unstated: "", ByGuest: ": they opted out", LikelyOut: ": their words may have been an opt-out",
	ByCarrier: ": their carrier blocks our texts", Invalid: ": the number cannot be texted", Complaint: ": there was a complaint",
	Underage: ": they did not pass the age check", ByOperator: ": we barred the number",
}

func (x *explainer) words(v *Finding) string {
	if v.Code < numCodes && plainWords[v.Code] != "" {
		return plainWords[v.Code]
	}
	at := x.moment(v)
	switch v.Code {
	case AnswerInTime:
		return "It answers the guest's own message of " + at + "."
	case AnswerFuture:
		return "It answers a message of " + at + ", which has not come yet: check the clocks."
	case AnswerLate:
		return fmt.Sprintf("It answers a message of %s, and that is longer ago than the %s that such an answer may take.", at, spell(within[x.f.Class]))
	case AnswerWait:
		return "By the time that texts are allowed there, the answer is due since " + at + "."
	case ConsentGiven:
		return "The guest agreed on " + at + ", and it can be proved."
	case ConsentRevoked:
		return "The guest opted out" + x.since(x.f.Consent.RevokedAt) + "."
	case ConsentScope:
		return "The guest did not agree to texts of this kind (" + x.f.Class.String() + ")."
	case ConsentFuture:
		return "The guest's consent begins after this text: check the clocks."
	case SuppressedOwn, SuppressedAll:
		return x.suppressed(v)
	case EmergencyOn:
		return "The emergency switch of " + x.stateName(v.State) + " is on: no texts there until it is off."
	case EmergencyUnknown:
		return "A state's emergency switch is on, and this phone may be there."
	case ExpiryAhead:
		return "The text makes sense until " + at + "."
	case ExpiryPast:
		return "The text made sense only until " + at + ", and that is past."
	case ExpiryWait:
		return "The text makes sense only until " + at + ", and it may not go before."
	case WaitTooLong:
		return fmt.Sprintf("It could not go before %s, which is more than %d days ahead: plan it anew then.", at, SearchDays)
	}
	return "The rule " + v.Rule.String() + " says " + v.Code.String() + "."
}

func (x *explainer) since(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return " on " + x.local(t)
}

func (x *explainer) suppressed(v *Finding) string {
	list, why := "the do-not-text list", ""
	if v.Code == SuppressedAll {
		list = "the do-not-text list of every business"
	}
	if int(v.Index) < len(x.f.Suppressed) {
		if r := x.f.Suppressed[v.Index].Reason; int(r) < len(reasonWords) {
			why = reasonWords[r]
		}
	}
	since := ""
	if v.At != 0 {
		since = " since " + x.moment(v)
	}
	return "The guest is on " + list + since + why + "."
}

func (x *explainer) cap(v *Finding) string {
	whose := "The law of " + x.stateName(v.State)
	if !v.State.US() {
		whose = "Where the place is unknown, our caution"
	}
	if v.Zone == ownCap {
		whose = "Your own limit"
		if int(v.Index) < len(x.f.Caps) && x.f.Caps[v.Index].Source != "" {
			whose = upper(x.f.Caps[v.Index].Source)
		}
	}
	limit := fmt.Sprintf("%s allows %s in %s", whose, count(int(v.Of)), span(int(v.Hours)))
	switch v.Code {
	case CapRoom:
		return fmt.Sprintf("%s, and the guest got %d.", limit, v.N)
	case CapReached:
		return fmt.Sprintf("%s, and the guest got %d; waiting until %s.", limit, v.N, x.moment(v))
	case CapZero:
		return whose + " allows no texts at all: set it to 1 or more."
	case CapHistory:
		if v.Of == 0 {
			return "It is not known what the guest was sent before."
		}
		return limit + ", and what the guest was sent is not known that far back."
	}
	return "No limit on how many texts a guest may get binds here."
}

func (x *explainer) hours(v *Finding) string {
	loc, where := x.clock(v.State, v.Zone)
	now := fmt.Sprintf("It is %s in %s (%s)", clockTime(x.f.Now, loc), where, dayOf(x.f.Now, loc))
	day := law.DayIn(x.f.Now, loc)
	until := "waiting until " + clockTime(v.Time(), loc) + " there (" + dayOf(v.Time(), loc) + ")"
	switch v.Code {
	case HoursOpen:
		return now + "; " + x.window(v, day) + "."
	case HoursEarly, HoursLate:
		return now + "; " + x.window(v, day) + "; " + until + "."
	case HoursWeekday:
		return now + ", and " + x.whose(v) + " closes " + day.Weekday().String() + "s; " + until + "."
	case HoursHoliday:
		return now + ", and " + x.whose(v) + " closes the day, " + x.edition.On(day).HolidayName(x.profile, v.State, day) + "; " + until + "."
	}
	return fmt.Sprintf("%s, and no hour of the next %d days is allowed there.", now, SearchDays)
}

// whose names whose hours count in a place.
func (x *explainer) whose(v *Finding) string {
	if !v.State.US() {
		return "our caution for phones of unknown place"
	}
	return "the law of " + x.stateName(v.State)
}

func (x *explainer) window(v *Finding, day law.Day) string {
	h := x.edition.On(day).Hours(x.profile, v.State, day)
	open, shut := int(h.Open), int(h.Close)-int(x.f.Margin/time.Minute)
	s := fmt.Sprintf("texts may go from %s to %s", minutes(open), minutes(shut))
	if !v.State.US() {
		s = fmt.Sprintf("texts to phones of unknown place may go from %s to %s, all over the country", minutes(open), minutes(shut))
		if v.Zone != 0 {
			s = fmt.Sprintf("texts to phones of unknown place may go from %s to %s", minutes(open), minutes(shut))
		}
	}
	if m := x.f.Margin; m >= time.Minute {
		s += fmt.Sprintf(" (closing time less %s)", spell(m.Truncate(time.Minute)))
	}
	return s
}
