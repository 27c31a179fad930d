package client_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	phyle "phyle/http"
	"phyle/http/client"
)

func TestMoneyFromJSON(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, text, want string }{
		{"usual", `{"amount":"1234.50","currency":"EUR"}`, "1234.50 EUR"},
		{"whole", `{"amount":"5","currency":"JPY"}`, "5 JPY"},
		{"below zero", `{"amount":"-0.01","currency":"EUR"}`, "-0.01 EUR"},
		{"long", `{"amount":"999999999999999999.123456789","currency":"BTC"}`,
			"999999999999999999.123456789 BTC"},
		{"more members", `{"amount":"1","currency":"EUR","note":"x"}`, "1 EUR"},
		{"number", `{"amount":1234.50,"currency":"EUR"}`, ""},
		{"whole number", `{"amount":5,"currency":"EUR"}`, ""},
		{"bare number", `5`, ""},
		{"bare string", `"5 EUR"`, ""},
		{"null", `null`, ""},
		{"null amount", `{"amount":null,"currency":"EUR"}`, ""},
		{"no amount", `{"currency":"EUR"}`, ""},
		{"no currency", `{"amount":"5"}`, ""},
		{"exponent", `{"amount":"1e3","currency":"EUR"}`, ""},
		{"huge exponent", `{"amount":"1e999999999","currency":"EUR"}`, ""},
		{"plus", `{"amount":"+5","currency":"EUR"}`, ""},
		{"grouping", `{"amount":"1,000","currency":"EUR"}`, ""},
		{"blank", `{"amount":" 5","currency":"EUR"}`, ""},
		{"leading zero", `{"amount":"05","currency":"EUR"}`, ""},
		{"point", `{"amount":"5.","currency":"EUR"}`, ""},
		{"empty", `{"amount":"","currency":"EUR"}`, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			var m client.Money
			err := json.Unmarshal([]byte(test.text), &m)
			if (err == nil) != (test.want != "") {
				t.Fatalf("got %v and %v", m, err)
			}
			if err == nil && m.String() != test.want {
				t.Errorf("got %s, want %s", m, test.want)
			}
		})
	}
}

func TestMoneyToJSON(t *testing.T) {
	t.Parallel()
	third := decimal.NewFromInt(1).DivRound(decimal.NewFromInt(3), 20)
	for _, test := range []struct {
		name   string
		amount decimal.Decimal
		want   string
	}{
		{"usual", decimal.RequireFromString("1234.50"), `{"amount":"1234.5","currency":"EUR"}`},
		{"none", decimal.Decimal{}, `{"amount":"0","currency":"EUR"}`},
		{"exponent", decimal.New(15, 3), `{"amount":"15000","currency":"EUR"}`},
		{"below zero", decimal.New(-1, -2), `{"amount":"-0.01","currency":"EUR"}`},
		{"a third", third, ""},
		{"huge", decimal.New(1, 2_000_000_000), ""},
		{"tiny", decimal.New(1, -2_000_000_000), ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			text, err := json.Marshal(client.Money{Amount: test.amount, Currency: "EUR"})
			if (err == nil) != (test.want != "") || string(text) != test.want {
				t.Errorf("got %s and %v, want %s", text, err, test.want)
			}
		})
	}
}

// TestMoneyIsExact sends amounts to the server that floats cannot hold, and has them
// back.
func TestMoneyIsExact(t *testing.T) {
	t.Parallel()
	p, ctx := newPlace(t, phyle.Options{}), t.Context()
	sum := decimal.Decimal{}
	for _, amount := range []string{"0.1", "0.2", "123456789012345.67", "9007199254740.93"} {
		income := must(p.books.RecordIncome(ctx, client.IncomeRequest{
			Amount: euro(amount), Date: "2026-10-31", Source: "sale",
		}))(t)
		if !income.Gross.Amount.Equal(decimal.RequireFromString(amount)) {
			t.Errorf("%s came back as %s", amount, income.Gross)
		}
		sum = sum.Add(income.Gross.Amount)
	}
	register := must(p.books.GetRegister(ctx, "assets:bank", client.GetRegisterQuery{}))(t)
	last := register.Data[len(register.Data)-1].Balance
	if last.String() != "132463988267086.90 EUR" || !last.Amount.Equal(sum) {
		t.Errorf("the bank has %s, want %s", last, sum)
	}
	_, err := p.books.RecordIncome(ctx, client.IncomeRequest{
		Amount: euro("0.001"), Date: "2026-10-31", Source: "sale",
	})
	if !client.IsInvalid(err) || !client.HasCode(err, "too_many_decimals") {
		t.Errorf("a tenth of a cent: %v", err)
	}
}

func TestNumber(t *testing.T) {
	t.Parallel()
	for number, right := range map[client.Number]bool{
		"7.5": true, "0": true, "-3": true, "": false, "1e3": false, "NaN": false, " 7": false,
	} {
		d, err := number.Decimal()
		if (err == nil) != right || right && client.NumberOf(d) != number {
			t.Errorf("%q is %s, %v", number, d, err)
		}
	}
	var in struct{ Quantity client.Number }
	if err := json.Unmarshal([]byte(`{"quantity":7.5}`), &in); err == nil {
		t.Errorf("a JSON number was read as %s", in.Quantity)
	}
}

func TestParseMoney(t *testing.T) {
	t.Parallel()
	got, err := client.ParseMoney("4200.00", "EUR")
	if diff := cmp.Diff(euro("4200.00"), got); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if _, err := client.ParseMoney("4.200,00", "EUR"); err == nil {
		t.Error("that is no amount")
	}
}
