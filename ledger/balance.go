package ledger

// AccountBalance is an account and the sum of its postings: debit positive.
type AccountBalance struct {
	Account
	Balance Money
}

// MemberBalance is what stands between the commons and one member. Payable is
// what the member is owed now: negative after an advance.
type MemberBalance struct {
	Member  Member
	Payable Money
	Capital Money
	Claims  []ClaimBalance
}

// ClaimBalance is what is still promised for one kind.
type ClaimBalance struct {
	Kind        string
	Outstanding Money
}
