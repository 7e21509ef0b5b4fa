package law

import "time"

// A Day is a civil date: days since 1970-01-01, without a zone.
type Day int32

// DayOf returns the Day of a date. The month and day must be of the calendar.
func DayOf(year int, month time.Month, day int) Day {
	y := int64(year)
	if month <= 2 {
		y--
	}
	era := floorDiv(y, 400)
	yoe := y - era*400
	mp := (int64(month) + 9) % 12
	doy := (153*mp+2)/5 + int64(day) - 1
	doe := yoe*365 + yoe/4 - yoe/100 + doy
	return Day(era*146097 + doe - 719468)
}

// DayIn returns the date of t on the clock of loc.
func DayIn(t time.Time, loc *time.Location) Day {
	y, m, d := t.In(loc).Date()
	return DayOf(y, m, d)
}

// Date returns the year, month and day.
func (d Day) Date() (int, time.Month, int) {
	z := int64(d) + 719468
	era := floorDiv(z, 146097)
	doe := z - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	month := time.Month((mp+2)%12 + 1)
	year := yoe + era*400
	if month <= 2 {
		year++
	}
	return int(year), month, int(doy - (153*mp+2)/5 + 1)
}

// Weekday returns the day of the week.
func (d Day) Weekday() time.Weekday {
	const weeks = 7 * 400_000_000 // whole weeks, more than there are days before 1970
	return time.Weekday(uint64(int64(d)+4+weeks) % 7)
}

// String returns the date as 2026-10-18.
func (d Day) String() string { return d.midnight().Format(time.DateOnly) }

func (d Day) midnight() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

func parseDay(s string) (Day, bool) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, false
	}
	return DayOf(t.Year(), t.Month(), t.Day()), true
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
