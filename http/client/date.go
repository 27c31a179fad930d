package client

import "time"

// Date is a day, such as "2026-10-31", in the time zone of the commons. "" is none.
type Date string

// DateOf returns the day on which t falls where t says it is.
func DateOf(t time.Time) Date { return Date(t.Format(time.DateOnly)) }

// In returns when the day begins at the place, or an error where it is no day.
func (d Date) In(place *time.Location) (time.Time, error) {
	return time.ParseInLocation(time.DateOnly, string(d), place)
}
