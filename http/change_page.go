package http

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

func changePages() []webRoute {
	const path = "/commons/:commons/changes/:change"
	return []webRoute{
		{
			method: "GET", path: path,
			operation: ledger.ReadMembers, serve: showChange,
		},
		{
			method: "GET", path: path + "/confirm",
			operation: ledger.ConfirmChange, fresh: true, serve: askToConfirm,
		},
		{
			method: "POST", path: path + "/confirm",
			operation: ledger.ConfirmChange, fresh: true, serve: confirmOnPage,
		},
		{
			method: "GET", path: path + "/withdraw",
			operation: ledger.WithdrawChange, fresh: true, serve: askToWithdraw,
		},
		{
			method: "POST", path: path + "/withdraw",
			operation: ledger.WithdrawChange, fresh: true, serve: withdrawOnPage,
		},
	}
}

// mostWaiting is how many waiting changes the page of a commons shows.
const mostWaiting = 20

// changePage shows a change to people.
type changePage struct {
	Commons ledger.Commons
	Change  ledger.Change
	// Title says what is asked for, and Fields how.
	Title  string
	Fields []fieldOfAct
	// Verb is what the page asks to do: confirm or withdraw, "" for neither.
	Verb string
	// Mine says that the reader asked for it, Confirms and Withdraws what their roles allow.
	Mine, Confirms, Withdraws bool
}

// fieldOfAct is something that an act was asked for with.
type fieldOfAct struct{ Name, Value string }

// Waits reports whether nothing came of it yet.
func (p changePage) Waits() bool { return p.Change.State == ledger.ChangeWaiting }

// Path is that of the page.
func (p changePage) Path() string {
	return "/commons/" + p.Commons.Slug + "/changes/" + p.Change.ID.String()
}

// Asked is when it was asked for.
func (p changePage) Asked() string {
	return p.Change.ProposedAt.UTC().Format("2 January 2006, 15:04 UTC")
}

// Decided is when it ended.
func (p changePage) Decided() string {
	return p.Change.DecidedAt.UTC().Format("2 January 2006, 15:04 UTC")
}

// By is who asked for it.
func (p changePage) By() string {
	if p.Change.ProposedBy.Handle == "" {
		return "whoever runs the machine"
	}
	return p.Change.ProposedBy.Handle
}

// changeOnPage returns the change that the path names, as the page shows it.
func (v *visit) changeOnPage(ctx context.Context) (page changePage, by postgres.Caller, err error) {
	if by, err = v.caller(ctx); err != nil {
		return page, by, err
	}
	var id ledger.ChangeID
	if err = id.UnmarshalText([]byte(v.echo.Param("change"))); err != nil {
		return page, by, err
	}
	change, err := v.server.store.Change(ctx, by, id)
	if err != nil {
		return page, by, err
	}
	member, err := v.server.store.Member(ctx, by, by.Handle)
	if err != nil {
		return page, by, err
	}
	page = v.server.viewChangePage(by.Commons, change)
	page.Mine = change.ProposedBy.ID == by.Member
	page.Confirms = ledger.ConfirmChange.Allows(member.Roles, page.Mine) == nil &&
		change.CheckConfirm(by.Member, member.Roles) == nil
	page.Withdraws = ledger.WithdrawChange.Allows(member.Roles, page.Mine) == nil
	return page, by, nil
}

func (s *Server) viewChangePage(commons ledger.Commons, change ledger.Change) changePage {
	page := changePage{Commons: commons, Change: change}
	switch change.Type {
	case ledger.PolicyChange:
		page.Title = "Another approval policy"
		page.Fields = []fieldOfAct{
			{"Others who approve a distribution", strconv.Itoa(change.Policy.Count)},
			{"Once more is given than", ledger.Money{Amount: change.Policy.Above, Currency: commons.Currency}.String()},
		}
	case ledger.GrantChange:
		page.Title = change.Member.Handle + " becomes " + string(change.Role)
		if !change.Held {
			page.Title = change.Member.Handle + " is " + string(change.Role) + " no more"
		}
		page.Fields = []fieldOfAct{
			{"From", viewFirst(change.From).String()}, {"Until", change.Until.String()}, {"Why", change.Reason},
		}
	case ledger.EraseChange:
		page.Title = "Erase the personal data of " + change.Member.Handle
		page.Fields = []fieldOfAct{{"Why something stays open", change.Reason}}
	case ledger.ActChange:
		page.Title, page.Fields = s.actInWords(change.Act)
	}
	page.Fields = slices.DeleteFunc(page.Fields, func(f fieldOfAct) bool { return f.Value == "" })
	return page
}

// actInWords says what a request does, and with what.
func (s *Server) actInWords(asked ledger.ActRequest) (title string, fields []fieldOfAct) {
	row, found := s.rowOf(s.echo.NewContext(requestOf(asked), unread{}))
	if title = row.summary; !found {
		title = asked.Method + " " + asked.Path
	}
	var body map[string]any
	if json.Unmarshal([]byte(asked.Body), &body) != nil { // it was erased
		body = nil
	}
	for _, name := range slices.Sorted(maps.Keys(body)) {
		fields = append(fields, fieldOfAct{inWords(name), valueInWords(body[name])})
	}
	return title, append(fields, fieldOfAct{"Request", asked.Method + " " + asked.Path})
}

// valueInWords writes a value of a body for people: amounts with their currency, what is
// within in JSON.
func valueInWords(value any) string {
	switch value := value.(type) {
	case string:
		return value
	case map[string]any:
		amount, isAmount := value["amount"].(string)
		currency, hasCurrency := value["currency"].(string)
		if isAmount && hasCurrency && len(value) == 2 {
			return amount + " " + currency
		}
	}
	text, err := json.Marshal(value)
	if err != nil {
		return ""
	}
	return string(text)
}

func showChange(ctx context.Context, v *visit) error {
	page, _, err := v.changeOnPage(ctx)
	if err != nil {
		return err
	}
	return v.show("web_change", page.Title, page)
}

func askToConfirm(ctx context.Context, v *visit) error { return v.askAboutChange(ctx, "confirm") }

func askToWithdraw(ctx context.Context, v *visit) error { return v.askAboutChange(ctx, "withdraw") }

// askAboutChange asks whether it is really wanted, where that is still a question.
func (v *visit) askAboutChange(ctx context.Context, verb string) error {
	page, _, err := v.changeOnPage(ctx)
	if err != nil {
		return err
	}
	if !page.Waits() {
		return v.goTo(page.Path())
	}
	page.Verb = verb
	return v.show("web_change", page.Title, page)
}

// confirmOnPage confirms the change. What was done already, by a click before, is shown.
func confirmOnPage(ctx context.Context, v *visit) error {
	page, by, err := v.changeOnPage(ctx)
	if err != nil || !page.Waits() {
		return v.afterChange(page, err)
	}
	act := newAct(v.echo, by, ledger.ConfirmChange)
	if page.Change.Type == ledger.ActChange {
		err = v.server.repeat(ctx, act, page.Change)
	} else {
		_, err = v.server.store.ConfirmChange(ctx, act, page.Change.ID)
	}
	return v.afterChange(page, err)
}

func withdrawOnPage(ctx context.Context, v *visit) error {
	page, by, err := v.changeOnPage(ctx)
	if err != nil || !page.Waits() {
		return v.afterChange(page, err)
	}
	_, err = v.server.store.WithdrawChange(ctx, newAct(v.echo, by, ledger.WithdrawChange), page.Change.ID)
	return v.afterChange(page, err)
}

// afterChange goes back to the page of the change.
func (v *visit) afterChange(page changePage, err error) error {
	if err != nil {
		return err
	}
	return v.goTo(page.Path())
}

// waitingChanges are shown on the page of the commons.
func (v *visit) waitingChanges(ctx context.Context, by postgres.Caller) (pages []changePage, err error) {
	found, err := v.server.store.Changes(ctx, by, ledger.ChangeWaiting, "", mostWaiting)
	for _, change := range found {
		pages = append(pages, v.server.viewChangePage(by.Commons, change))
	}
	return pages, err
}
