// Package evidence holds what proves why a text was sent or not, so that anyone
// can check it without our database, and so that we could not have rewritten it.
//
// Each fact that may have to be proven one day is a [Record]: its body is
// canonical JSON (RFC 8785), written in the transaction of the fact itself. A
// record commits to its body with a random salt; the commitment is part of a
// [Leaf] of an append-only Merkle tree (RFC 6962), whose signed head is a
// [Checkpoint]. Erasing a record drops body and salt: the commitment, the leaf
// and every proof stay valid, and say nothing about whom the record was.
//
// Leaves carry a gapless number per business, so that a record that is left out
// shows.
package evidence
