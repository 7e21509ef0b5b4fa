// Package bunstore is the part that the SQL stores share: the domain's ports as
// statements of SQL, over [bun].
//
// Every call is one statement or a constant number of them, whatever the size
// of its batch: a batch is written as a list of rows that the statement joins
// with. Where the two databases differ, [Dialect] says how; a statement that
// needs more than that difference does not belong here.
//
// The SQL is written out, since that is what one reads when a plan is slow. bun
// puts the arguments into it, escaped, on this side of the connection, and
// reads the rows. A question mark is an argument anywhere in a statement, also
// within quotes.
//
// Three traps shape the code. Instants go in as UTC with microseconds, which is
// what comes out. A bulk INSERT that skips conflicts never reads rows back into
// the slice it came from: they would be taken for others. Errors of a database
// may quote phone numbers, so only their code and the name of the constraint
// are kept.
package bunstore
