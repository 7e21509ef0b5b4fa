package ui

import (
	"strings"
	"testing"
)

func TestLine(t *testing.T) {
	points := func(ns ...int) Chart {
		c := Chart{}
		for _, n := range ns {
			c.Points = append(c.Points, Point{N: n})
		}
		return c
	}
	for _, x := range []struct {
		name      string
		chart     Chart
		low, high int
		line      string
	}{
		{"none", points(), 0, 1, ""},
		{"one", points(5), 5, 6, "M640.0 116.0"},
		{"from nothing", points(0, 10), 0, 10, "M0.0 116.0L640.0 4.0"},
		{"hardly moved", points(1000, 1010), 1000, 1010, "M0.0 116.0L640.0 4.0"},
		{"down", points(10, 5, 0), 0, 10, "M0.0 4.0L320.0 60.0L640.0 116.0"},
	} {
		if low, high := x.chart.bounds(); low != x.low || high != x.high {
			t.Errorf("%s: from %d to %d, want %d to %d", x.name, low, high, x.low, x.high)
		}
		if got := x.chart.line(false); got != x.line {
			t.Errorf("%s: the line is %s, want %s", x.name, got, x.line)
		}
		if got := x.chart.line(true); !strings.HasSuffix(got, "Z") || !strings.HasPrefix(got, x.line) {
			t.Errorf("%s: the area is %s, want the line and back", x.name, got)
		}
	}
}
