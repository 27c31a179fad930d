package main

import (
	"fmt"
	"hash/fnv"
	"time"

	"phyle/ledger"
)

// chance draws numbers that are the same on every machine and in every year:
// SplitMix64, begun from a text.
type chance uint64

func newChance(text string) *chance {
	hash := fnv.New64a()
	_, _ = hash.Write([]byte(text)) // a hash takes everything
	c := chance(hash.Sum64())
	return &c
}

// below draws a number from 0 up to n−1.
func (c *chance) below(n int) int {
	*c += 0x9e3779b97f4a7c15
	z := uint64(*c)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return int((z ^ z>>31) % uint64(n))
}

// between draws a number from least to most.
func (c *chance) between(least, most int) int { return least + c.below(most-least+1) }

// month is one of the twelve months of the year that is told.
type month struct {
	year  int
	month time.Month
}

// theYear is from November 2025 to October 2026.
func theYear() (months []month) {
	for i := range 12 {
		first := ledger.NewDate(2025, time.November+time.Month(i), 1).Time()
		months = append(months, month{first.Year(), first.Month()})
	}
	return months
}

// day returns a day of the month; day 0 is the last of the month before.
func (m month) day(n int) ledger.Date { return ledger.NewDate(m.year, m.month, n) }

// last returns the last day of the month.
func (m month) last() ledger.Date { return ledger.NewDate(m.year, m.month+1, 0) }

// next returns the month after.
func (m month) next() month {
	first := m.last().AddDays(1).Time()
	return month{first.Year(), first.Month()}
}

// is reports whether it is the month.
func (m month) is(year int, name time.Month) bool { return m == month{year, name} }

// at returns an instant on a day of the month.
func (m month) at(day, hour int) time.Time {
	return time.Date(m.year, m.month, day, hour, 0, 0, 0, time.UTC)
}

// atEnd returns an instant on the last day of the month.
func (m month) atEnd(hour int) time.Time { return m.next().at(0, hour) }

// key is how acts of the month begin their keys, such as "2026-03-".
func (m month) key() string { return fmt.Sprintf("%d-%02d-", m.year, m.month) }

// String returns the month as people write it.
func (m month) String() string { return fmt.Sprintf("%s %d", m.month, m.year) }
