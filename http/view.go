package http

import "phyle/ledger"

// moneyView is money as answers have it: always with the currency's own decimals.
type moneyView struct {
	Amount   string `json:"amount" doc:"The amount, with the currency's own decimals." example:"1234.50"`
	Currency string `json:"currency" doc:"A code of ISO 4217." example:"EUR"`
}

func viewMoney(m ledger.Money) moneyView {
	return moneyView{Amount: m.Figure(), Currency: string(m.Currency)}
}

func viewOptionalMoney(m *ledger.Money) *moneyView {
	if m == nil {
		return nil
	}
	view := viewMoney(*m)
	return &view
}

// first shows the one thing that came of an act on one thing.
func first[Item, View any](view func(*call, Item) View) func(*call, []Item) View {
	return func(c *call, items []Item) View { return view(c, items[0]) }
}

// all shows everything that came of an act, as a list of one page.
func all[Item, View any](view func(*call, Item) View) func(*call, []Item) page[View] {
	return func(c *call, items []Item) page[View] {
		return page[View]{Data: viewEach(c, items, view)}
	}
}

// viewEach returns the view of every item, an empty list for none.
func viewEach[Item, View any](c *call, items []Item, view func(*call, Item) View) []View {
	views := make([]View, len(items))
	for i, item := range items {
		views[i] = view(c, item)
	}
	return views
}
