package age_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/jobfluss/nexo/core/age"
)

var now = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func TestDatesAsGuestsWriteThem(t *testing.T) {
	for text, want := range map[string]age.Result{
		// As asked for.
		"03/04/1990": age.Passed, "3/4/1990": age.Passed, "3-4-1990": age.Passed, "3.4.1990": age.Passed, "3 4 1990": age.Passed,
		" 3 / 4 / 1990 ": age.Passed, "03041990": age.Passed, "1990-03-04": age.Passed, "19900304": age.Passed, "1990/3/4": age.Passed,
		"3/4/90": age.Passed, "030490": age.Passed, "3/4/'90": age.Passed, "03/04/1990.": age.Passed, "(03/04/1990)": age.Passed,
		"dob: 3/4/1990": age.Passed, "I was born on 3/4/1990 lol": age.Passed, "12–31–1999": age.Passed, "3\\4\\1990": age.Passed,
		"０３／０４／１９９０": age.Passed, "٠٣/٠٤/١٩٩٠": age.Passed, "3/4/1990 yes 3/4/1990": age.Passed,
		// In words.
		"March 4 1990": age.Passed, "march 4th, 1990": age.Passed, "Mar 4 '90": age.Passed, "MAR. 4, 1990": age.Passed, "4 March 1990": age.Passed,
		"4th of March 1990": age.Passed, "4mar1990": age.Passed, "1990 March 4": age.Passed, "Febuary 2 1988": age.Passed, "Setpember 9 1985": age.Passed,
		"the 4th of march, 1990": age.Passed, "4 de marzo de 1990": age.Passed, "4 de marzo del 1990": age.Passed, "Sept 9 1985": age.Passed, "June 1 2000": age.Passed,
		"october 31st in 1985": age.Passed,
		// Day first, where month first is no date.
		"25/12/1990": age.Passed, "25.12.90": age.Passed,
		// Under age.
		"3/4/2010": age.Under, "3/4/10": age.Under, "March 4th 2010": age.Under, "11/24/2006": age.Under, "1/2/2020": age.Under, "1/2/26": age.Under,
		// The day itself, and those beside it.
		"11/24/2005": age.Passed, "11/25/2005": age.Under, "11/23/2005": age.Passed, "11/24/05": age.Passed, "11/25/05": age.Under,
		// What cannot be told: the order of month and day decides, or the century.
		"12/11/2005": age.Unclear, "11/12/2005": age.Unclear, "1/2/2005": age.Passed, "12/31/26": age.Unclear,
		// No date of birth, but a date or a part of one.
		"2/30/1990": age.Unclear, "13/13/1990": age.Unclear, "2/29/2001": age.Unclear, "1/1/2099": age.Unclear, "1/1/1850": age.Unclear, "3/4": age.Unclear,
		"1990": age.Unclear, "March 4": age.Unclear, "march": age.Unclear, "born in 1985": age.Unclear, "0/0/0000": age.Unclear, "12345678": age.Unclear,
		"3/4/1990 or 4/5/1991": age.Unclear, "99999999": age.Unclear, "3/4/199": age.Unclear,
		// None at all.
		"": age.NoDate, "yes": age.NoDate, "21": age.NoDate, "I'm 25": age.NoDate, "why do you need that?": age.NoDate, "table for 4 at 7?": age.NoDate, "YES I AM 21+": age.NoDate,
		"may i come in?": age.NoDate, "👍": age.NoDate, "STOP": age.NoDate, "call 512 555 0100": age.NoDate, "5125550100": age.NoDate, "\xff\xfe": age.NoDate,
		"no way, that's private": age.NoDate, "7:30": age.NoDate, "marching band": age.NoDate,
	} {
		if got := age.Check(text, now, age.OfAge); got != want {
			t.Errorf("Check(%q) is %v, want %v", text, got, want)
		}
	}
}

// Who was born on a leap day comes of age on 1 March.
func TestALeapDay(t *testing.T) {
	for day, want := range map[time.Time]age.Result{
		time.Date(2025, 2, 28, 23, 59, 0, 0, time.UTC): age.Under,
		time.Date(2025, 3, 1, 0, 0, 0, 0, time.UTC):    age.Passed,
	} {
		if got := age.Check("2/29/2004", day, age.OfAge); got != want {
			t.Errorf("on %s: %v, want %v", day.Format(time.DateOnly), got, want)
		}
	}
}

// However a date is written, with the month named or first and the year whole,
// it is judged by the calendar.
func TestEveryWayOfWritingIsJudgedByTheCalendar(t *testing.T) {
	layouts := []string{
		"01/02/2006", "1/2/2006", "1-2-2006", "01.02.2006", "2006-01-02", "January 2 2006", "Jan 2, 2006", "2 January 2006", "2 Jan 2006", "January 2, 2006", "01022006",
		"my birthday is January 2 2006 ok", "DOB 01/02/2006",
	}
	rapid.Check(t, func(t *rapid.T) {
		today := time.Date(2024, 1, 1, 12, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 3000).Draw(t, "today"))
		born := time.Date(1930, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 34000).Draw(t, "born"))
		layout := rapid.SampledFrom(layouts).Draw(t, "layout")
		want := age.Passed
		switch of := born.AddDate(21, 0, 0); {
		case born.After(today):
			want = age.Unclear
		case of.After(today):
			want = age.Under
		}
		got := age.Check(strings.ToUpper(born.Format(layout)), today, 21)
		if got == want {
			return
		}
		// Where the order of month and day decides, month first is not taken for sure.
		other := time.Date(born.Year(), time.Month(born.Day()), int(born.Month()), 0, 0, 0, 0, time.UTC)
		byOrder := born.Day() <= 12 && (other.AddDate(21, 0, 0).After(today) != born.AddDate(21, 0, 0).After(today) || other.After(today) != born.After(today))
		if got != age.Unclear || !byOrder || strings.Contains(layout, "Jan") {
			t.Fatalf("on %s, %s is %v, want %v", today.Format(time.DateOnly), born.Format(layout), got, want)
		}
	})
}

// Nobody passes a day too early, whatever they write around the date and in
// whichever order it is read.
func TestNobodyPassesTooYoung(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		young := now.AddDate(-21, 0, rapid.IntRange(1, 21*365).Draw(t, "days"))
		text := rapid.SampledFrom([]string{"", "i'm ", "dob ", "ok: "}).Draw(t, "before") +
			young.Format(rapid.SampledFrom([]string{"1/2/2006", "01-02-06", "2006-01-02", "Jan 2 2006", "2 Jan '06", "01/02/06"}).Draw(t, "layout")) +
			rapid.SampledFrom([]string{"", " thx", "!", " 🎂"}).Draw(t, "after")
		if got := age.Check(text, now, 21); got == age.Passed {
			t.Fatalf("%q passes", text)
		}
	})
}

func FuzzCheck(f *testing.F) {
	for _, s := range []string{"03/04/1990", "March 4th '90", "4 de marzo de 1990", "19900304", "٠٣/٠٤/١٩٩٠", "1\u200b/2/3", "\xff", strings.Repeat("1", 100), strings.Repeat("1/", 100)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r := age.Check(s, now, 21)
		if r.String() == "" || r != age.Check(s, now, 21) {
			t.Errorf("Check(%q) is %v", s, r)
		}
		// Who is older passes where a younger one does.
		if r == age.Passed && age.Check(s, now.AddDate(1, 0, 0), 21) == age.Under {
			t.Errorf("%q passes, and a year later does not", s)
		}
	})
}

func ExampleCheck() {
	at := time.Date(2026, 11, 24, 18, 0, 0, 0, time.UTC)
	for _, text := range []string{"March 4th, 1990", "3/4/2010", "I'm 25"} {
		fmt.Println(age.Check(text, at, age.OfAge))
	}
	// Output:
	// passed
	// under
	// no_date
}
