package ledger

import (
	"fmt"
	"time"
)

// Date is a day of the Gregorian calendar, without a time or a zone. The zero
// Date is no day.
type Date struct {
	year  int
	month time.Month
	day   int
}

// NewDate returns the day; months and days beyond their range carry over, as in
// package time.
func NewDate(year int, month time.Month, day int) Date {
	return DateOf(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
}

// DateOf returns the day that t shows on its own clock.
func DateOf(t time.Time) Date {
	year, month, day := t.Date()
	return Date{year, month, day}
}

// ParseDate reads a day as "2026-10-31", from 1900 to 9998, and nothing else.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || len(s) != len(time.DateOnly) || t.Year() < 1900 || t.Year() > 9998 {
		return Date{}, Errorf(Invalid, "invalid_date",
			"Write a day of the calendar as 2026-10-31, from 1900 on.")
	}
	return DateOf(t), nil
}

// IsZero reports whether d is no day.
func (d Date) IsZero() bool { return d == Date{} }

// String returns the day as "2026-10-31", and "" for no day.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.year, int(d.month), d.day)
}

// MarshalText returns what String returns.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText takes what ParseDate takes, and "" for no day.
func (d *Date) UnmarshalText(text []byte) (err error) {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	*d, err = ParseDate(string(text))
	return err
}

// Scan takes what databases return for a day: a time or the text, or nil.
func (d *Date) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*d = Date{}
	case time.Time:
		*d = DateOf(v)
	case string:
		return d.UnmarshalText([]byte(v))
	case []byte:
		return d.UnmarshalText(v)
	default:
		return fmt.Errorf("a date cannot be read from %T", src)
	}
	return nil
}

// Time returns midnight of the day in UTC.
func (d Date) Time() time.Time {
	return time.Date(d.year, d.month, d.day, 0, 0, 0, 0, time.UTC)
}

// Compare returns −1, 0 or 1 as d is before, on or after e.
func (d Date) Compare(e Date) int { return d.Time().Compare(e.Time()) }

// Before reports whether d is before e.
func (d Date) Before(e Date) bool { return d.Compare(e) < 0 }

// After reports whether d is after e.
func (d Date) After(e Date) bool { return d.Compare(e) > 0 }

// AddDays returns the day n days later.
func (d Date) AddDays(n int) Date { return NewDate(d.year, d.month, d.day+n) }

// BackMonths returns the day n months earlier: the same day of the month, clipped
// to the month's end, and from a month's end always a month's end.
func (d Date) BackMonths(n int) Date {
	last := NewDate(d.year, d.month-time.Month(n)+1, 0)
	if d.isMonthEnd() || d.day > last.day {
		return last
	}
	return Date{last.year, last.month, d.day}
}

// MonthsSince returns how many months the month of d is after that of e.
func (d Date) MonthsSince(e Date) int {
	return 12*(d.year-e.year) + int(d.month) - int(e.month)
}

func (d Date) isMonthEnd() bool { return d.AddDays(1).day == 1 }

// LaterOf returns the later of two days; no day is before every day.
func LaterOf(d, e Date) Date {
	if d.IsZero() || !e.IsZero() && e.After(d) {
		return e
	}
	return d
}
