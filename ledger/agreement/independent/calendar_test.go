package independent_test

import (
	"strconv"
	"strings"
	"time"
)

// day is a date of the calendar. The zero day means that no date was given.
type day struct{ year, month, date int }

func dayOf(text string) day {
	if text == "" {
		return day{}
	}
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic("not a date: " + text)
	}
	return day{at.Year(), int(at.Month()), at.Day()}
}

func (d day) String() string {
	if d.undated() {
		return ""
	}
	return d.time().Format(time.DateOnly)
}

func (d day) undated() bool { return d == day{} }

func (d day) time() time.Time {
	return time.Date(d.year, time.Month(d.month), d.date, 0, 0, 0, 0, time.UTC)
}

// after says that both days are dated and d is the later one.
func (d day) after(other day) bool {
	if d.undated() || other.undated() {
		return false
	}
	return d.time().After(other.time())
}

func (d day) plusDays(n int) day {
	at := d.time().AddDate(0, 0, n)
	return day{at.Year(), int(at.Month()), at.Day()}
}

// lastDate is the number of days of a month.
func lastDate(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

func (d day) endsMonth() bool { return d.date == lastDate(d.year, d.month) }

// back goes n days, weeks, months or years back. A week is seven days, a year twelve months.
func back(from day, n int, unit string) day {
	switch strings.TrimSuffix(unit, "s") {
	case "day":
		return from.plusDays(-n)
	case "week":
		return from.plusDays(-7 * n)
	case "month":
		return monthsBack(from, n)
	case "year":
		return monthsBack(from, 12*n)
	}
	panic("no such unit of time: " + unit)
}

// monthsBack keeps the day of the month. Where the month reached is too short, it is that
// month's end; and from the end of a month one comes to the end of a month.
func monthsBack(from day, n int) day {
	months := 12*from.year + from.month - 1 - n
	to := day{year: months / 12, month: months%12 + 1}
	to.date = min(from.date, lastDate(to.year, to.month))
	if from.endsMonth() {
		to.date = lastDate(to.year, to.month)
	}
	return to
}

// elapsed is the number of whole units from a date to a later one: the largest n for which
// the date is not after n units back.
func elapsed(date, through day, unit string) int {
	n := 0
	for !date.after(back(through, n+1, unit)) {
		n++
	}
	return n
}

// windowStart reads "3 months": the day that many units before through. The window itself
// begins on the day after.
func windowStart(last string, through day) day {
	count, unit, found := strings.Cut(last, " ")
	n, err := strconv.Atoi(count)
	if !found || err != nil {
		panic("not a length of time: " + last)
	}
	return back(through, n, unit)
}
