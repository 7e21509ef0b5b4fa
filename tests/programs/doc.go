// Package programs builds the product's programs for tests and runs them as
// processes, which can be stopped in order or killed.
//
// They are built from their sources as they are, but for one thing: their clock.
// Texts may go out only at certain hours, no clock of a program for production
// can be moved, and there are hours in which no place in the US may be texted at
// all. So the build replaces adapters/system, by means of the go command's
// -overlay, with itself moved by what NEXO_TEST_CLOCK says.
package programs
