package env

import (
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/retention"
)

// periods reads how long data is kept.
func (r *reader) periods(name string) retention.Periods {
	p, err := retention.ParsePeriods(r.get(name))
	if err != nil {
		r.wrong(name, "%s", core.MessageOf(err))
	}
	return p
}
