// Package check is `nexo check`: questions in, answers out, one JSON object per
// line, so that a program in any language can ask the core. docs/check.md is its
// contract, and each check's Schema says it to machines.
//
// The rules of the lines are here, and the rules of law are not: a check reads
// its fields, asks one function of the core, and writes what that said.
package check
