// Package sms knows what a text costs: which encoding it needs, into how many
// parts it is cut, which characters make it dear, and what it can grow to once
// its merge tags are filled in.
//
// The tables are those of 3GPP TS 23.038 §6.2.1 (the GSM 7-bit default alphabet
// and its extension table); the sizes of parts follow from 140 octets a part and
// a 6-octet concatenation header (3GPP TS 23.040 §9.2.3.24.1). National shift
// tables are never used: handsets and carriers in the US do not support them
// reliably.
//
// Every function is pure and safe for concurrent use. [Measure] does not
// allocate.
package sms
