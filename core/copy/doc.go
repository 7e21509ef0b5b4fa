// Package copy reads what a campaign says before anyone is texted it, and names
// everything that carriers refuse: a missing brand, missing or broken opt-out
// wording, public link shorteners, content that is forbidden on US business
// texting, alcohol for an audience that is not age-gated, and the shapes that
// spam filters look for.
//
// Sources: CTIA Messaging Principles and Best Practices (May 2023) §5.1.3 (opt
// out), §5.3.2 (links); the carriers' codes of conduct on SHAFT (sex, hate,
// alcohol, firearms, tobacco) and on cannabis, gambling and lending; The Campaign
// Registry's rejection codes 701–712; T-Mobile's Sev-0 content violations.
//
// Text is read as a person would read it: disguises (leetspeak, look-alike
// letters of other scripts, spaced or dotted letters, invisible characters) are
// undone first, and look-alikes (a shot of espresso, a pot roast, root beer, a
// shotgun wedding) are left alone. Every finding carries a span into the
// original text and a sentence on how to mend it.
//
// [Check] is a pure function of its draft and safe for concurrent use.
package copy
