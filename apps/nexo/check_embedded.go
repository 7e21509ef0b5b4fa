//go:build embedded

package main

import "github.com/jobfluss/nexo/core"

type checkCmd struct{}

// Run refuses: what nobody asks in a trial is not in a program that is built for
// embedded parts, since a newcomer waits for each line that is compiled.
func (checkCmd) Run() error {
	return core.E("nexo.check", core.Invalid,
		"this program was built for a trial on embedded parts and checks nothing; build it without the tag embedded, as make build does")
}
