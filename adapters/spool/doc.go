// Package spool keeps webhooks on this machine's disk while the database is
// away, so that a carrier can be told that they were taken.
//
// A folder holds two queues, opt-outs and everything else, each of numbered
// segment files that are only appended to:
//
//	urgent-0000000001.spool   a header, then records
//	others-0000000001.spool
//	aside-…                   what the store refused, and damaged bytes
//
// A record is a mark, its length, a checksum of both (so that a damaged length is
// not believed), a checksum of what follows, and that. A record is acknowledged
// only after fsync; many share one. A segment goes when all of it is in the
// database. After a crash a segment is read from its beginning again: events
// have their provider's id, and the database keeps each once.
//
// Files hold what guests wrote and their numbers, in the open: only the owner may
// read them (0600, the folder 0700). The folder belongs to one process at a time
// and must be on a disk that outlives it.
package spool
