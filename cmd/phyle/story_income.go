package main

import (
	"time"

	"github.com/shopspring/decimal"

	"phyle/ledger"
)

// tax is what sales collect for the tax office.
var tax = decimal.New(19, -2)

// received is money without deductions.
func received(on, amount, source, payer, note string) ledger.NewIncome {
	return ledger.NewIncome{
		Amount: eur(amount), Date: day(on), Source: source, Payer: payer, Note: note, Asset: "bank",
	}
}

// sold is a sale with its invoice: on the net amount tax is collected.
func sold(on, net, payer, area, invoice, note string) ledger.NewIncome {
	i := received(on, net, "sale", payer, note)
	i.Area, i.ExternalRef = area, invoice
	collected := ledger.Money{Amount: i.Amount.Amount.Mul(tax), Currency: "EUR"}
	i.Amount = i.Amount.Plus(collected)
	i.Deductions = []ledger.Deduction{{Type: ledger.Collected, Name: "vat", Amount: collected}}
	return i
}

// till is what the till of the bike repair took in a month.
func till(on, net string) ledger.NewIncome {
	i := sold(on, net, "Customers of the bike repair", "bikes", "", "till")
	i.Asset = "till"
	return i
}

// shop is what the web shop sent, less its fee.
func shop(on, net, fee string) ledger.NewIncome {
	i := sold(on, net, "Web shop", "kits", "", "kits sold in the web shop")
	return less(i, ledger.Fee, "shop", fee)
}

// less takes off what never arrives.
func less(
	i ledger.NewIncome, deduction ledger.DeductionType, name, amount string,
) ledger.NewIncome {
	i.Deductions = append(i.Deductions,
		ledger.Deduction{Type: deduction, Name: name, Amount: eur(amount)})
	return i
}

// incomes is everything that came in during the year.
func incomes() []ledger.NewIncome {
	licence := func(on, amount, withheld string) ledger.NewIncome {
		i := received(on, amount, "licence", "Northlight Instruments", "drawings of the weather kit")
		i.Area = "kits"
		return less(i, ledger.Withheld, "withholding-tax", withheld)
	}
	grant := func(on, amount, note string) ledger.NewIncome {
		return received(on, amount, "grant", "Town council", note)
	}
	supporters := func(on, amount string) ledger.NewIncome {
		i := received(on, amount, "membership", "Supporters", "yearly contributions of supporters")
		return less(i, ledger.Fee, "bank", "4.80")
	}
	return []ledger.NewIncome{
		grant("2025-11-05", "2400.00", "neighbourhood workshop, winter"),
		sold("2025-11-14", "2150.00", "City library", "laser", "2025-118", "fronts and signs"),
		till("2025-11-29", "684.00"),
		shop("2025-11-30", "1312.00", "46.84"),

		sold("2025-12-09", "1680.00", "School on the hill", "kits", "2025-119", "air-quality kits"),
		received("2025-12-13", "742.30", "donation", "Winter market", "collected at our stand"),
		till("2025-12-20", "512.00"),
		shop("2025-12-31", "2264.00", "80.82"),

		supporters("2026-01-08", "1860.00"),
		sold("2026-01-22", "3120.00", "Architects Berg", "laser", "2026-001", "models of a quarter"),
		till("2026-01-30", "438.00"),

		licence("2026-02-06", "1500.00", "225.00"),
		sold("2026-02-18", "2480.00", "City library", "laser", "2026-002", "shelves"),
		till("2026-02-27", "566.00"),
		shop("2026-02-28", "905.00", "32.31"),

		grant("2026-03-04", "2400.00", "neighbourhood workshop, spring"),
		sold("2026-03-17", "1935.00", "Kindergarten Seven Oaks", "bikes", "2026-003", "cargo bikes"),
		till("2026-03-31", "1124.00"),
		received("2026-03-31", "410.00", "upstream", "Riverside commons", "for our lathe course"),

		sold("2026-04-10", "2890.00", "School on the hill", "kits", "2026-004", "twenty weather kits"),
		received("2026-04-18", "655.00", "donation", "Repair day", "collected at the repair day"),
		till("2026-04-30", "1378.00"),
		shop("2026-04-30", "1146.00", "40.91"),

		sold("2026-05-13", "3350.00", "Museum of the river", "laser", "2026-005", "exhibition stands"),
		till("2026-05-30", "1541.00"),
		shop("2026-05-31", "984.00", "35.13"),

		grant("2026-06-03", "2400.00", "neighbourhood workshop, summer"),
		sold("2026-06-19", "2260.00", "Environment office", "kits", "2026-006", "kits and a course"),
		till("2026-06-30", "1489.00"),

		supporters("2026-07-07", "1920.00"),
		sold("2026-07-16", "2745.00", "Architects Berg", "laser", "2026-007", "models, stencils"),
		till("2026-07-31", "1203.00"),

		licence("2026-08-07", "2000.00", "300.00"),
		till("2026-08-29", "876.00"),
		shop("2026-08-31", "1633.00", "58.30"),

		grant("2026-09-02", "2400.00", "neighbourhood workshop, autumn"),
		sold("2026-09-22", "3480.00", "City library", "laser", "2026-008", "workbenches"),
		received("2026-09-30", "525.00", "upstream", "Riverside commons", "for our drawings"),

		sold("2026-10-15", "3060.00", "School on the hill", "kits", "2026-009", "weather kits"),
		till("2026-10-31", "1297.00"),
	}
}

// incomesIn returns what came in during the month.
func incomesIn(m month) (found []ledger.NewIncome) {
	for _, i := range incomes() {
		if !i.Date.Before(m.day(1)) && !i.Date.After(m.last()) {
			found = append(found, i)
		}
	}
	return found
}

// collectedIn returns the tax that was collected from the one month to the other.
func collectedIn(from, to month) ledger.Money {
	sum := eur("0")
	for _, i := range incomes() {
		if i.Date.Before(from.day(1)) || i.Date.After(to.last()) {
			continue
		}
		for _, d := range i.Deductions {
			if d.Type == ledger.Collected {
				sum = sum.Plus(d.Amount)
			}
		}
	}
	return sum
}

// day reads a day of the tables here.
func day(text string) ledger.Date {
	on, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic("the story has no day " + text)
	}
	return ledger.DateOf(on)
}
