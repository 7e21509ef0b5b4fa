// Package sim runs the whole system in one goroutine, on a clock, a carrier and
// a network of its own, from one seed: guests in many states join, opt out in
// many words and come back; venues write campaigns and series for some guests or
// all, pause and cancel them, tag guests, and say what became of texts that nobody
// knows about;
// webhooks are lost, repeated and reordered; workers run beside each other, die
// between any two steps and inside of them, and find the store away; clocks jump,
// daylight saving begins and ends, laws change.
//
// After every step it holds what happened against the promises of
// docs/design.md. Its oracles share no code with the engine: hours and caps are
// written down in oracle_law.go from the statutes, who may be texted follows in
// oracle_consent.go from what guests meant, whom a campaign is for in
// oracle_audience.go from what they did, and what was sent is what arrived at the
// carrier.
//
// The same seed gives the same run to the letter, so a violation is found once
// and told as often as wanted: run the seed again with [Options.Story].
//
// That the oracles bite is tested by planting bugs (see [Bugs]): each must be
// caught.
package sim
