package agreement_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"phyle/ledger/agreement"
)

// mentioning names ana wherever an agreement can name a member, and also has a rule,
// a kind and a fund of that name, which are none.
const mentioning = `
name: What ana asked for
currency: EUR
kinds:
  ana: {unit: hour, name: Work like ana's, theme: ana's}
  materials: {unit: EUR, becomes: claim}
rules:
  - {id: back, take: rest, give: {claims: {kinds: [materials]}}}
  - id: ana
    name: For ana
    take: {percent: "10", of: left}
    give: {rules: [{id: two, take: rest, give: {members: {by: {shares: {bo: "1", ana: "2"}}}}}]}
  - {id: asked, take: {percent: "10", of: left}, give: {members: {by: takes}}}
  - {id: fair, take: {percent: "10", of: left}, give: {members: {by: {catch_up: {factors: {ana: "1"}}}}}}
  - {id: aside, take: rest, give: {fund: ana}}
leftover: carry
examples:
  - name: ana alone
    income: "100.00"
    members: [bo, {handle: ana, stage: member}]
    contributions: [{member: ana, kind: ana, quantity: "1"}]
    claims: {materials: {ana: "10.00"}}
    received: {fair: {ana: "1.00"}}
    takes: {asked: {ana: "1.00"}}
    rounding: {ana: "0.1"}
    expect: {payable: {ana: "1.00"}, capital: {ana: "0.00"}, claims: {materials: {ana: "0.00"}}, funds: {ana: "1.00"}}
`

const renamed = `{"name":"What someone asked for","currency":"EUR",` +
	`"kinds":{"ana":{"unit":"hour","name":"Work like ana's","theme":"ana's"},` +
	`"materials":{"unit":"EUR","becomes":"claim"}},` +
	`"rules":[{"id":"back","take":"rest","give":{"claims":{"kinds":["materials"]}}},` +
	`{"id":"ana","name":"For ana","take":{"percent":"10","of":"left"},"give":{"rules":[{"id":"two","take":"rest",` +
	`"give":{"members":{"by":{"shares":{"bo":"1","gone-7":"2"}}}}}]}},` +
	`{"id":"asked","take":{"percent":"10","of":"left"},"give":{"members":{"by":"takes"}}},` +
	`{"id":"fair","take":{"percent":"10","of":"left"},"give":{"members":{"by":{"catch_up":{"factors":{"ana":"1"}}}}}},` +
	`{"id":"aside","take":"rest","give":{"fund":"ana"}}],"leftover":"carry",` +
	`"examples":[{"name":"ana alone","income":"100.00","members":["bo",{"handle":"gone-7","stage":"member"}],` +
	`"contributions":[{"member":"gone-7","kind":"ana","quantity":"1"}],"claims":{"materials":{"gone-7":"10.00"}},` +
	`"received":{"fair":{"gone-7":"1.00"}},"takes":{"asked":{"gone-7":"1.00"}},"rounding":{"gone-7":"0.1"},` +
	`"expect":{"payable":{"gone-7":"1.00"},"capital":{"gone-7":"0.00"},"claims":{"materials":{"gone-7":"0.00"}},` +
	`"funds":{"ana":"1.00"}}}]}`

// A member is renamed where a document names members, and nothing else of that name.
func TestRename(t *testing.T) {
	t.Parallel()
	document, err := agreement.Document([]byte(mentioning), agreement.YAML)
	if err != nil {
		t.Fatal(err)
	}
	titles, err := agreement.Titles(document)
	want := []string{"What ana asked for", "For ana", "Work like ana's", "ana's", "ana alone"}
	if diff := cmp.Diff(want, titles); diff != "" || err != nil {
		t.Error(diff, err)
	}
	got, err := agreement.Rename(document, "ana", "gone-7",
		map[string]string{"What ana asked for": "What someone asked for"})
	if diff := cmp.Diff(renamed, string(got)); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if _, err := agreement.Parse(got, agreement.JSON); err != nil {
		t.Errorf("it cannot be read any more: %v", err)
	}
}

// Where an example has invented somebody of the pseudonym, the two stay apart.
func TestRenameTaken(t *testing.T) {
	t.Parallel()
	document, err := agreement.Document([]byte(`
name: Riverside
currency: EUR
rules: [{id: all, take: rest, give: {members: {by: equal}}}]
leftover: carry
examples: [{name: two, income: "1.00", members: [ana, gone-7], expect: {payable: {ana: "0.50", gone-7: "0.50"}}}]
`), agreement.YAML)
	if err != nil {
		t.Fatal(err)
	}
	got, err := agreement.Rename(document, "ana", "gone-7", nil)
	if err != nil {
		t.Fatal(err)
	}
	rules, err := agreement.Parse(got, agreement.JSON)
	if err != nil {
		t.Fatal(err)
	}
	members := rules.Examples[0].Members
	if members[0].Handle != "gone-7-0" || members[1].Handle != "gone-7" {
		t.Errorf("the members of the example are %+v", members)
	}
}

// A pseudonym takes no room: what fitted with a short handle still can be read.
func TestRenameFull(t *testing.T) {
	t.Parallel()
	title := strings.TrimSpace(strings.Repeat("al ", 67))
	document, err := agreement.Document([]byte(`
name: `+title+`
currency: EUR
rules: [{id: all, take: rest, give: {members: {by: equal}}}]
leftover: carry
`), agreement.YAML)
	if err != nil {
		t.Fatal(err)
	}
	longer := strings.ReplaceAll(title, "al", "gone-1234")
	got, err := agreement.Rename(document, "al", "gone-1234", map[string]string{title: longer})
	if err != nil {
		t.Fatal(err)
	}
	if rules, err := agreement.Parse(got, agreement.JSON); err != nil || rules.Name != longer {
		t.Errorf("%q: %v", rules.Name, err)
	}
	if _, err := agreement.Parse(append(got, make([]byte, 200_000)...), agreement.JSON); err == nil {
		t.Error("a document of any size is read")
	}
}
