package site

import (
	"fmt"

	"github.com/jobfluss/nexo/apps/web/ui"
)

// components shows the design system, where nothing is real.
func (s *site) components(v *visit) error {
	if s.o.Demo == nil {
		return errNotFound
	}
	c := ui.Chart{ID: "sample", Label: v.say("growth.label", "from", 940, "to", 1204, "n", 11), Cols: [2]string{v.say("growth.day"), v.say("growth.guests")}, Table: v.say("growth.table"), Num: num}
	for i := range 12 {
		c.Points = append(c.Points, ui.Point{When: fmt.Sprintf("%d Nov", i+1), N: 940 + i*24 + i%3*9})
	}
	c.Rows = []ui.Point{c.Points[11], c.Points[4]}
	return v.show(componentsPage(v.page("", "components.title"), c))
}
