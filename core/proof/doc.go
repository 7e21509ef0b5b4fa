// Package proof makes what proves texts to others, and checks it: packs about one
// guest's number, and certificates about one campaign.
//
// Whoever checks needs the file and the log's public key, and neither our database
// nor the network. [Verify] tells what it checked and the first thing that fails.
// docs/evidence.md describes the files, so that another program can check
// them too.
//
// # What binds what
//
// A pack's manifest names every file in it by its SHA-256, and is signed. A line of
// records.jsonl has a record, the salt under which it was committed to, its place in
// the log, and the hashes that lead from there to the root. The root is in the
// checkpoint, which is signed too, and which others have copies of. The container is a zip archive of
// which every byte follows from the names and contents of its files. So there is no
// byte that can be changed without being noticed.
package proof
