// Package webhooks shows an operator what carriers and payment providers have
// sent, and what became of it: nexo inbox. Phone numbers are masked everywhere,
// also inside of what was sent, and nothing that somebody wrote can move the
// cursor of a terminal.
package webhooks
