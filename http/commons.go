package http

import (
	"context"
	"time"

	"github.com/shopspring/decimal"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

func commonsRoutes() []route {
	return []route{
		{
			method: "POST", path: "/commons", id: "createCommons", summary: "Found a commons",
			operation: ledger.CreateCommons,
			about: "Its first member is steward and treasurer. The token in the answer acts for them; " +
				"it is shown here only.",
			access: instanceOnly, made: "commons/{}", status: 201,
			handler: write(createCommons, viewFounded),
		},
		{
			method: "GET", path: "/commons", id: "listCommons",
			operation: ledger.ReadCommons,
			summary:   "List the commons that the token reaches",
			access:    anyMember, handler: read(listCommons),
		},
		{
			method: "GET", path: inCommons, id: "getCommons", summary: "Show the commons",
			operation: ledger.ReadCommons,
			handler:   read(getCommons),
		},
		{
			method: "PATCH", path: inCommons, id: "updateCommons",
			operation: ledger.ManageSettings,
			summary:   "Change the name, zone, limit or visibility of the commons", matched: true,
			handler: write(updateCommons, viewCommons),
		},
	}
}

type commonsBody struct {
	Slug         string           `json:"slug" maxLength:"32" doc:"Its name in addresses." example:"riverside"`
	Name         string           `json:"name" doc:"Its name." example:"Riverside"`
	Currency     ledger.Currency  `json:"currency" maxLength:"3" doc:"A code of ISO 4217." example:"EUR"`
	TimeZone     string           `json:"time_zone" doc:"The IANA zone of its dates." example:"Europe/Berlin"`
	AdvanceLimit *ledger.Money    `json:"advance_limit,omitzero" doc:"How far advances may go; 0 unless given."`
	FirstMember  *firstMemberBody `json:"first_member,omitzero" doc:"Who begins; founder unless given."`
}

type firstMemberBody struct {
	Handle string `json:"handle" maxLength:"32" doc:"Their name in addresses." example:"ana"`
	Name   string `json:"name" doc:"Their name." example:"Ana"`
}

// founder begins a commons whose first member nobody named.
var founder = firstMemberBody{Handle: "founder", Name: "Founder"}

func createCommons(ctx context.Context, c *call, in commonsBody) (postgres.Founded, error) {
	limit, err := inCurrency(in.AdvanceLimit, "/advance_limit", in.Currency)
	if err != nil {
		return postgres.Founded{}, err
	}
	first := founder
	if in.FirstMember != nil {
		first = *in.FirstMember
	}
	return c.store.CreateCommons(ctx, c.act, ledger.Commons{
		Slug: in.Slug, Name: in.Name, Currency: in.Currency, TimeZone: in.TimeZone,
		AdvanceLimit: limit,
	}, ledger.NewMember{
		Handle: first.Handle, Name: first.Name, Stage: ledger.FullPart,
		Roles: []ledger.Role{ledger.Steward, ledger.Treasurer},
	})
}

// inCurrency returns the figure of optional money, which must be of the currency;
// none is zero.
func inCurrency(
	m *ledger.Money, pointer string, currency ledger.Currency,
) (decimal.Decimal, error) {
	if m == nil {
		return decimal.Decimal{}, nil
	}
	if m.Currency != currency {
		var wrong ledger.FieldErrors
		wrong.Add(pointer+"/currency", "wrong_currency",
			"The books of this commons are kept in %s.", currency)
		return decimal.Decimal{}, wrong.Err()
	}
	return m.Amount, nil
}

type commonsPatch struct {
	Name         *string       `json:"name,omitzero" doc:"Its new name." example:"Riverside"`
	TimeZone     *string       `json:"time_zone,omitzero" doc:"Its new IANA zone." example:"Europe/Berlin"`
	AdvanceLimit *ledger.Money `json:"advance_limit,omitzero" doc:"How far advances may go from now on."`

	Visibility *visibilityPatch `json:"visibility,omitzero" doc:"What members see of each other from now on."`
}

type visibilityPatch struct {
	Contributions *ledger.Audience `json:"contributions,omitzero" enum:"members,officers" doc:"Who sees what others did."`
	Books         *ledger.Audience `json:"books,omitzero" enum:"members,officers" doc:"Who sees what others are owed and were given, the journal and the reports."`
}

func updateCommons(ctx context.Context, c *call, in commonsPatch) (ledger.Commons, error) {
	patch := postgres.CommonsPatch{Name: in.Name, TimeZone: in.TimeZone}
	limit, err := inCurrency(in.AdvanceLimit, "/advance_limit", c.caller.Commons.Currency)
	if err != nil {
		return ledger.Commons{}, err
	}
	if in.AdvanceLimit != nil {
		patch.AdvanceLimit = &limit
	}
	if in.Visibility != nil {
		patch.Contributions, patch.Books = in.Visibility.Contributions, in.Visibility.Books
	}
	c.mustMatch(func(current any) any { return viewCommons(c, current.(ledger.Commons)) })
	return c.store.UpdateCommons(ctx, c.act, patch)
}

type commonsView struct {
	ID           ledger.CommonsID `json:"id" doc:"Its id."`
	Slug         string           `json:"slug" doc:"Its name in addresses."`
	Name         string           `json:"name" doc:"Its name."`
	Currency     string           `json:"currency" doc:"The currency of its books."`
	TimeZone     string           `json:"time_zone" doc:"The zone of its dates."`
	AdvanceLimit moneyView        `json:"advance_limit" doc:"How far advances may go."`
	Approvals    policyView       `json:"approvals" doc:"Who must approve distributions; it changes by the group's changes only."`
	Visibility   visibilityView   `json:"visibility" doc:"What members see of each other; what is their own they see always."`
	CreatedAt    time.Time        `json:"created_at" doc:"When it was founded."`
}

type visibilityView struct {
	Contributions ledger.Audience `json:"contributions" enum:"members,officers" doc:"Who sees what others did: members, or officers alone."`
	Books         ledger.Audience `json:"books" enum:"members,officers" doc:"Who sees what others are owed and were given, the journal and the reports."`
}

func viewCommons(_ *call, commons ledger.Commons) commonsView {
	limit := ledger.Money{Amount: commons.AdvanceLimit, Currency: commons.Currency}
	return commonsView{
		ID: commons.ID, Slug: commons.Slug, Name: commons.Name,
		Currency: string(commons.Currency), TimeZone: commons.TimeZone,
		AdvanceLimit: viewMoney(limit), Approvals: viewPolicy(commons.Approvals, commons.Currency),
		Visibility: visibilityView(commons.Visibility),
		CreatedAt:  commons.CreatedAt.UTC(),
	}
}

type foundedView struct {
	Commons     commonsView `json:"commons" doc:"The new commons."`
	FirstMember memberView  `json:"first_member" doc:"Its first member."`
	Token       string      `json:"token" doc:"The first member's bearer token; shown here only."`
}

func (v foundedView) resource() string { return v.Commons.Slug }

func viewFounded(c *call, founded postgres.Founded) foundedView {
	return foundedView{
		Commons:     viewCommons(c, founded.Commons),
		FirstMember: viewMember(c, founded.Member),
		Token:       founded.Token,
	}
}

func listCommons(ctx context.Context, c *call, _ none) (page[commonsView], error) {
	commons, err := c.store.Commons(ctx, c.caller)
	return all(viewCommons)(c, []ledger.Commons{commons}), err
}

func getCommons(ctx context.Context, c *call, _ none) (commonsView, error) {
	commons, err := c.store.Commons(ctx, c.caller)
	return viewCommons(c, commons), err
}
