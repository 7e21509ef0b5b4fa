package message

import (
	"bytes"
	"cmp"
	"slices"
	"time"

	"github.com/jobfluss/nexo/core"
)

// A Lane is what waits of one campaign of a business, or of what belongs to no
// campaign. Due is when its oldest text was due.
type Lane struct {
	Business core.BusinessID
	Campaign core.CampaignID
	Due      time.Time
}

// Share divides n places among lanes, and returns how many each gets, in their
// order: each business the same number, and of it each of its lanes the same.
// Where there are fewer places than businesses, those go first that have waited
// longest. So one venue's 50,000 texts do not delay another's 50.
func Share(lanes []Lane, n int) []int {
	out := make([]int, len(lanes))
	order := make([]int, len(lanes))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		x, y := lanes[a], lanes[b]
		return cmp.Or(x.Due.Compare(y.Due), bytes.Compare(x.Business[:], y.Business[:]), bytes.Compare(x.Campaign[:], y.Campaign[:]))
	})
	var businesses []core.BusinessID
	of := make(map[core.BusinessID][]int)
	for _, i := range order {
		b := lanes[i].Business
		if len(of[b]) == 0 {
			businesses = append(businesses, b)
		}
		of[b] = append(of[b], i)
	}
	for at, b := range businesses {
		for k, i := range of[b] {
			out[i] = part(part(max(n, 0), len(businesses), at), len(of[b]), k)
		}
	}
	return out
}

// part is the share of the i-th of so many: the first get what does not divide.
func part(n, among, i int) int {
	if i < n%among {
		return n/among + 1
	}
	return n / among
}
