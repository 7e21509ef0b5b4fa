package ui

import (
	"fmt"
	"strconv"
	"strings"
)

// A Chart is a line of figures over time, drawn on the server. What it shows is
// said in Label, and in a table beneath it, so that nobody needs to see it.
type Chart struct {
	ID    string
	Label string // the whole of it in a sentence
	Cols  [2]string
	Table string // what opens the table
	Points,
	Rows []Point // Rows are those of the table, such as one a week
	Num func(int) string
}

// A Point is a figure and when it was so, in words.
type Point struct {
	When string
	N    int
}

// The chart's own units; the page stretches them.
const chartWide, chartHigh = 640, 120

// low and high are the figures at the chart's lower and upper edge: the axis
// begins at 0 unless that would make a flat line of what moved.
func (c Chart) bounds() (low, high int) {
	if len(c.Points) == 0 {
		return 0, 1
	}
	low, high = c.Points[0].N, c.Points[0].N
	for _, p := range c.Points {
		low, high = min(low, p.N), max(high, p.N)
	}
	if low < (high-low)*4 {
		low = 0
	}
	if high == low {
		high++
	}
	return low, high
}

// line is the path of the figures; with area it goes on to the floor and back.
func (c Chart) line(area bool) string {
	low, high := c.bounds()
	var b strings.Builder
	for i, p := range c.Points {
		x := float64(chartWide)
		if len(c.Points) > 1 {
			x = float64(i) * chartWide / float64(len(c.Points)-1)
		}
		y := chartHigh - 4 - float64(p.N-low)*(chartHigh-8)/float64(high-low)
		verb := "L"
		if i == 0 {
			verb = "M"
		}
		fmt.Fprintf(&b, "%s%s %s", verb, f1(x), f1(y))
	}
	if area {
		fmt.Fprintf(&b, "L%d %dL0 %dZ", chartWide, chartHigh, chartHigh)
	}
	return b.String()
}

func (c Chart) say(n int) string {
	if c.Num == nil {
		return strconv.Itoa(n)
	}
	return c.Num(n)
}

func (c Chart) edges() (low, high string) {
	l, h := c.bounds()
	return c.say(l), c.say(h)
}

func (c Chart) ends() (first, last string) {
	if len(c.Points) == 0 {
		return "", ""
	}
	return c.Points[0].When, c.Points[len(c.Points)-1].When
}

func viewBox(w, h int) string { return fmt.Sprintf("0 0 %d %d", w, h) }
