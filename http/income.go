package http

import (
	"context"
	"time"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

const incomesPath = inCommons + "/incomes"

// usualAsset is where money is unless the caller says so.
const usualAsset = "bank"

func incomeRoutes() []route {
	return []route{
		{
			method: "POST", path: incomesPath, id: "recordIncome",
			operation: ledger.RecordIncome,
			summary:   "Record money received that is to be divided",
			money:     true, made: "incomes/{}", status: 201,
			handler: write(recordIncome, first(viewIncome)),
		},
		{
			method: "GET", path: incomesPath, id: "listIncomes", summary: "List incomes, newest first",
			operation: ledger.ReadBooks,
			handler:   read(listIncomes),
		},
		{
			method: "GET", path: incomesPath + "/{income}", id: "getIncome", summary: "Show an income",
			operation: ledger.ReadBooks,
			handler:   read(getIncome),
		},
		{
			method: "POST", path: incomesPath + "/{income}/reverse", id: "reverseIncome",
			operation: ledger.ReverseIncome,
			summary:   "Take an income back that was recorded by mistake",
			about:     "One that a posted distribution has divided stays until that distribution is reversed.",
			money:     true, handler: write(reverseIncome, first(viewIncome)),
		},
	}
}

type incomeBody struct {
	Amount      ledger.Money    `json:"amount" doc:"The gross amount."`
	Date        ledger.Date     `json:"date" doc:"The day on which it arrived." example:"2026-10-31"`
	Source      string          `json:"source" enum:"sale,grant,donation,licence,membership,upstream" doc:"Where it comes from." example:"sale"`
	Payer       string          `json:"payer,omitzero" doc:"Who paid." example:"City"`
	Deductions  []deductionBody `json:"deductions,omitzero" maxItems:"20" doc:"What is not divided."`
	Area        string          `json:"area,omitzero" maxLength:"32" doc:"The code of the area whose agreement divides it." example:"lab"`
	Asset       string          `json:"asset,omitzero" maxLength:"32" doc:"Where it arrived; bank unless given." example:"bank"`
	Document    string          `json:"document,omitzero" maxLength:"2000" doc:"A link to its document." example:"https://example.org/7"`
	Note        string          `json:"note,omitzero" maxLength:"2000" doc:"What it was for." example:"October"`
	ExternalRef string          `json:"external_ref,omitzero" doc:"Its name elsewhere; unique." example:"invoice-7"`
}

type deductionBody struct {
	Type   ledger.DeductionType `json:"type" enum:"collected,withheld,fee" doc:"Collected tax is owed on; the others never arrive." example:"collected"`
	Name   string               `json:"name" maxLength:"32" doc:"What it is called." example:"vat"`
	Amount ledger.Money         `json:"amount" doc:"How much."`
}

func recordIncome(ctx context.Context, c *call, in incomeBody) ([]ledger.Income, error) {
	income := ledger.NewIncome{
		Amount: in.Amount, Date: in.Date, Payer: in.Payer, Source: in.Source, Area: in.Area,
		Asset: orBank(in.Asset), Document: in.Document, Note: in.Note, ExternalRef: in.ExternalRef,
	}
	for _, d := range in.Deductions {
		income.Deductions = append(income.Deductions,
			ledger.Deduction{Type: d.Type, Name: d.Name, Amount: d.Amount})
	}
	return c.store.RecordIncomes(ctx, c.act, []ledger.NewIncome{income})
}

func orBank(asset string) string {
	if asset == "" {
		return usualAsset
	}
	return asset
}

type incomeQuery struct {
	paging
	State  string      `json:"state,omitzero" enum:"open,distributed,reversed" doc:"Only in this state."`
	Source string      `json:"source,omitzero" enum:"sale,grant,donation,licence,membership,upstream" doc:"Only of this source."`
	Area   string      `json:"area,omitzero" maxLength:"32" doc:"Only of the area of this code."`
	From   ledger.Date `json:"from,omitzero" doc:"Only from this day or later."`
	To     ledger.Date `json:"to,omitzero" doc:"Only from this day or earlier."`
}

func listIncomes(ctx context.Context, c *call, q incomeQuery) (page[incomeView], error) {
	from, err := after[ledger.IncomeID](c, q.paging)
	if err != nil {
		return page[incomeView]{}, err
	}
	found, err := c.store.Incomes(ctx, c.caller, postgres.IncomeFilter{
		State: q.State, Source: q.Source, Area: q.Area, From: q.From, To: q.To, After: from,
		Limit: q.size() + 1,
	})
	if err != nil {
		return page[incomeView]{}, err
	}
	return newPage(c, q.paging, found, viewIncome,
		func(i ledger.Income) ledger.IncomeID { return i.ID })
}

func getIncome(ctx context.Context, c *call, _ none) (incomeView, error) {
	id, err := idIn[ledger.IncomeID](c, "income")
	if err != nil {
		return incomeView{}, err
	}
	found, err := c.store.Income(ctx, c.caller, id)
	return viewIncome(c, found), err
}

type reversalBody struct {
	Reason string      `json:"reason" maxLength:"2000" doc:"Why." example:"entered twice"`
	Date   ledger.Date `json:"date,omitzero" doc:"The day of the reversal; today unless given."`
}

func reverseIncome(ctx context.Context, c *call, in reversalBody) ([]ledger.Income, error) {
	id, err := idIn[ledger.IncomeID](c, "income")
	if err != nil {
		return nil, err
	}
	return c.store.ReverseIncomes(ctx, c.act, []ledger.IncomeID{id}, in.Date, in.Reason)
}

type incomeView struct {
	ID           ledger.IncomeID       `json:"id" doc:"Its id."`
	Gross        moneyView             `json:"gross" doc:"What was paid."`
	Net          moneyView             `json:"net" doc:"What is divided."`
	Deductions   []deductionView       `json:"deductions" doc:"What is not divided."`
	Date         ledger.Date           `json:"date" doc:"The day on which it arrived."`
	Source       string                `json:"source" doc:"Where it comes from."`
	Asset        string                `json:"asset" doc:"Where it arrived."`
	Payer        string                `json:"payer,omitzero" doc:"Who paid."`
	Area         string                `json:"area,omitzero" doc:"The code of its area."`
	Document     string                `json:"document,omitzero" doc:"A link to its document."`
	Note         string                `json:"note,omitzero" doc:"What it was for."`
	ExternalRef  string                `json:"external_ref,omitzero" doc:"Its name elsewhere."`
	Entry        ledger.EntryID        `json:"entry" doc:"The entry that books it."`
	RecordedBy   string                `json:"recorded_by" doc:"The handle of who recorded it."`
	RecordedAt   time.Time             `json:"recorded_at" doc:"When."`
	Reversed     bool                  `json:"reversed" doc:"Whether it was taken back."`
	Distribution ledger.DistributionID `json:"distribution,omitzero" doc:"The posted one that divided it."`
}

type deductionView struct {
	Type   ledger.DeductionType `json:"type" doc:"What became of it."`
	Name   string               `json:"name" doc:"What it is called."`
	Amount moneyView            `json:"amount" doc:"How much."`
}

func (v incomeView) resource() string { return v.ID.String() }

func viewIncome(c *call, i ledger.Income) incomeView {
	return incomeView{
		ID: i.ID, Gross: viewMoney(i.Gross), Net: viewMoney(i.Net),
		Deductions: viewEach(c, i.Deductions, viewDeduction), Date: i.Date, Source: i.Source,
		Asset: i.Asset, Payer: i.Payer, Area: i.Area, Document: i.Document, Note: i.Note,
		ExternalRef: i.ExternalRef, Entry: i.Entry, RecordedBy: i.RecordedBy,
		RecordedAt: i.RecordedAt, Reversed: i.Reversed, Distribution: i.Distribution,
	}
}

func viewDeduction(_ *call, d ledger.Deduction) deductionView {
	return deductionView{Type: d.Type, Name: d.Name, Amount: viewMoney(d.Amount)}
}
