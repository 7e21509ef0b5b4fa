// Package law is the rulebook: which hours, days and counts the law of each
// state allows for marketing texts, as dated and cited data, and the editions of
// it that were or will be in force.
//
// The data is us.json, embedded. Counsel can read it: each row names a state,
// the windows in local time, closed days and holidays, the cap, the statute, the
// sources, how sure we are, and from when until when it holds. [Load] refuses a
// file with any mistake and reports every one with its row. docs/compliance.md
// is generated from it.
//
//	book := law.US()
//	e := book.At(now)                               // the edition in force
//	h := e.Hours(law.Default, place.MustState("PA"), law.DayOf(2026, 12, 7))
//
// # Profiles
//
// A row's enforce field says where it applies. [Federal] applies only the
// federal window of 47 CFR 64.1200(c)(1); [Default] adds the states whose rule
// may bind texts that were consented to; [Strict] adds rules that were written
// for calls or for unsolicited contacts. Each profile allows no more than the
// one before it.
//
// # Where we cannot tell
//
// An unknown state has the profile's narrow window (default: Monday to Saturday
// 9-19; strict: Monday to Friday 10-18, Saturday 10-17; closed on the holidays of
// the states whose lists it names), and so has every place outside the United
// States, whose law this book does not hold. A known state with an unknown zone must be open in every zone of
// that state. An unknown zone in an unknown state (a toll-free number, say) must
// be open in every zone of the fifty states, [UnknownZones], Alaska and Hawaii
// among them: that is the reading under which no guest of any state gets a text
// at a forbidden hour. The Pacific territories are left out of it, because
// hardly an hour is open both there and on the mainland.
//
// # Dates
//
// A row comes into force at midnight of its date on the guest's own clock. Hours
// are therefore asked for by local date ([Edition.On]), so that a wait that
// crosses a change of law ends at an hour that the new law allows. The edition
// that a decision names is chosen by the date in the state of the federal
// government, Eastern time.
//
// This package is data and research, not legal advice.
package law
