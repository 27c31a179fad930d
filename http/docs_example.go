package http

// exampleDigest stands for the digest of a draft.
const exampleDigest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

// exampleBodies are bodies that are taken in a commons such as riverside: of Ana,
// Bo and Cy, with the kinds work and materials and the funds reserve and care.
// Names in braces and quotes stand for ids. A test sends every one of them.
var exampleBodies = map[string]string{
	"createCommons": `{"slug": "seaside", "name": "Seaside", "currency": "EUR",
		"time_zone": "Europe/Lisbon", "first_member": {"handle": "eva", "name": "Eva"}}`,
	"updateCommons": `{"name": "Riverside workshop"}`,
	"addMember":     `{"handle": "dee", "name": "Dee", "stage": "newcomer"}`,
	"changeStage":   `{"stage": "member", "from": "2026-10-01"}`,
	"changeRole":    `{"role": "auditor", "held": true}`,
	"addArea":       `{"code": "lab", "name": "Laboratory"}`,
	"addKind": `{"code": "driving", "name": "Driving", "unit": "km", "theme": "equipment",
		"becomes": "weight", "reviews": 1}`,
	"addRate": `{"kind": "work", "rate": "1.2", "from": "2026-11-01", "stage": "member"}`,
	"addFund": `{"code": "tools", "name": "Tools", "target": {"amount": "2000.00", "currency": "EUR"}}`,

	"logContribution": `{"member": "ana", "kind": "work", "quantity": "7.5", "date": "2026-10-05",
		"note": "laser cutter"}`,
	"logContributions": `{"contributions": [
		{"member": "ana", "kind": "work", "quantity": "4", "date": "2026-10-06"},
		{"member": "bo", "kind": "materials", "quantity": "18.40", "date": "2026-10-06", "note": "screws"}]}`,
	"logSharedContribution": `{"kind": "work", "quantity": "9", "date": "2026-10-07", "note": "carried the saw",
		"shares": [{"member": "ana", "share": "2"}, {"member": "bo", "share": "1"}]}`,
	"acceptContributions":  `{"ids": ["{contribution}"]}`,
	"acceptContribution":   `{"reason": "seen"}`,
	"questionContribution": `{"reason": "Which of the two saws?"}`,
	"declineContribution":  `{"reason": "That was for another group."}`,
	"withdrawContribution": `{"reason": "entered twice"}`,
	"reverseContribution":  `{"reason": "entered twice"}`,

	"recordIncome": `{"amount": {"amount": "4200.00", "currency": "EUR"}, "date": "2026-10-31",
		"source": "sale", "payer": "City",
		"deductions": [{"type": "collected", "name": "vat", "amount": {"amount": "670.59", "currency": "EUR"}}]}`,
	"reverseIncome": `{"reason": "It was a loan."}`,
	"adoptAgreement": `{"from": "2026-11-01",
		"decision": {"method": "consent", "date": "2026-10-20", "note": "nobody objected"}}`,
	"draftDistribution":   `{"through": "2026-10-31"}`,
	"postDistribution":    `{"digest": "{digest}"}`,
	"reverseDistribution": `{"reason": "A receipt was missing."}`,
	"reverseEntry":        `{"reason": "entered twice"}`,

	"recordSpending": `{"amount": {"amount": "95.00", "currency": "EUR"}, "date": "2026-10-20",
		"fund": "reserve", "payee": "Mill", "memo": "sharpening"}`,
	"recordRefund": `{"amount": {"amount": "20.00", "currency": "EUR"}, "date": "2026-10-20",
		"fund": "reserve", "payee": "City"}`,
	"recordTransfer": `{"amount": {"amount": "50.00", "currency": "EUR"}, "date": "2026-10-20",
		"fund": "reserve", "to_fund": "care"}`,
	"recordGift": `{"amount": {"amount": "10.00", "currency": "EUR"}, "date": "2026-10-20",
		"member": "ana", "to_fund": "care"}`,
	"recordCapital": `{"amount": {"amount": "100.00", "currency": "EUR"}, "date": "2026-10-20", "member": "bo"}`,
	"recordAdvance": `{"amount": {"amount": "30.00", "currency": "EUR"}, "date": "2026-10-20", "member": "bo"}`,
	"recordPayment": `{"amount": {"amount": "40.00", "currency": "EUR"}, "date": "2026-10-20", "member": "ana",
		"memo": "October"}`,
	"recordOpening": `{"amount": {"amount": "1500.00", "currency": "EUR"}, "date": "2026-01-01", "asset": "bank"}`,
	"closePeriod":   `{"through": "2026-09-30", "note": "third quarter"}`,
	"createToken":   `{"label": "board", "read_only": true}`,
}
