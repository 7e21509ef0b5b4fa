// Package decide is the engine: facts in, verdict and every finding out. It
// knows no database, no clock and no chance, so the send, the dry run, the replay
// in court and an embedding program all ask the same function.
//
//	book := decide.US()
//	d := book.Decide(&decide.Facts{ … })
//	switch d.Verdict {
//	case decide.Send:
//	case decide.Wait: // until d.NotBefore, then decide again
//	case decide.Block:
//	}
//	for _, line := range book.Explain(&facts, &d) {
//		fmt.Println(line)
//	}
//
// # How it judges
//
// Every rule speaks, even after one has blocked, and the strictest verdict wins.
// A rule that lacks a fact blocks, so that the zero [Facts] is refused many times
// over, and the zero [Decision] is a refusal. Where several rules ask to wait, NotBefore is
// the first instant that all of them allow, in every place where the phone may
// be, by the law that will be in force then.
//
// Which rules bind depends on the [Class]. Marketing must pass them all. An
// immediate answer to a person's own message needs no consent and keeps no hours,
// but must come soon after the message it answers.
//
// # Replay
//
// A decision is a function of its facts and of the edition of the law that it
// names. [Facts.AppendJSON] and [Decision.AppendJSON] write both; they hold no
// phone number. [Book.Replay] decides again and tells whether the answer is the
// same.
//
// # Speed
//
// Decide does not allocate, and takes less than 200 ns for two candidate places
// with the whole US rulebook. Explanations are made when someone reads them.
package decide
