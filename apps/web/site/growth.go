package site

import (
	"strconv"
	"time"

	"github.com/jobfluss/nexo/apps/web/ui"
	"github.com/jobfluss/nexo/core/consent"
)

// A day is what happened to the audience on one day of the venue's.
type day struct {
	At           time.Time // noon, in the venue's zone
	Joined, Left int
}

// days sorts hours into the venue's own days, the last n of them, today last.
func (v *visit) days(hours []consent.Hour, now time.Time, n int) []day {
	loc := located(v.biz.Zone)
	out := make([]day, n)
	index := make(map[string]int, n)
	y, m, d := now.In(loc).Date()
	for i := range out {
		out[i].At = time.Date(y, m, d-n+1+i, 12, 0, 0, 0, loc)
		index[out[i].At.Format(time.DateOnly)] = i
	}
	for _, h := range hours {
		if i, ok := index[h.At.In(loc).Format(time.DateOnly)]; ok {
			out[i].Joined += h.Joined
			out[i].Left += h.Left
		}
	}
	return out
}

func sum(days []day) (joined, left int) {
	for _, d := range days {
		joined += d.Joined
		left += d.Left
	}
	return joined, left
}

// growth is how many guests could be texted at the end of each day, counted back
// from how many can be now.
func (v *visit) growth(days []day, active int) ui.Chart {
	c := ui.Chart{ID: "growth", Cols: [2]string{v.say("growth.day"), v.say("growth.guests")}, Table: v.say("growth.table"), Num: num}
	points := make([]ui.Point, len(days))
	size := active
	for i := len(days) - 1; i >= 0; i-- {
		points[i] = ui.Point{When: days[i].At.Format("Mon 2 Jan"), N: max(0, size)}
		size += days[i].Left - days[i].Joined
	}
	// A venue that began last week has no use for the months before.
	from := 0
	for from < len(points)-14 && points[from+1].N == 0 && days[from+1].Joined == 0 {
		from++
	}
	points = points[from:]
	c.Points = points
	for i := len(points) - 1; i >= 0; i -= 7 {
		c.Rows = append(c.Rows, points[i])
	}
	c.Label = v.say("growth.label", "from", points[0].N, "to", active, "n", len(points)-1)
	return c
}

// percent is n of all, with one decimal where it matters: "1.2 %", "97 %".
func percent(n, of int) string {
	if of == 0 {
		return ""
	}
	p := float64(n) * 100 / float64(of)
	if p >= 10 && p <= 99 || n == 0 || n == of {
		return strconv.FormatFloat(p, 'f', 0, 64) + " %"
	}
	return strconv.FormatFloat(p, 'f', 1, 64) + " %"
}
