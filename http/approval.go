package http

import (
	"time"

	"phyle/ledger"
)

type policyView struct {
	Approvals int       `json:"approvals" doc:"How many other members must approve a distribution before it is posted."`
	Above     moneyView `json:"above" doc:"Only once more than this is given, counted with what was posted in the thirty days before."`
}

func viewPolicy(p ledger.ApprovalPolicy, currency ledger.Currency) policyView {
	return policyView{
		Approvals: p.Count, Above: viewMoney(ledger.Money{Amount: p.Above, Currency: currency}),
	}
}

type approvalsView struct {
	Asked   int            `json:"asked" doc:"How many other members must approve it."`
	Missing int            `json:"missing" doc:"How many still must."`
	Given   []approvalView `json:"given" doc:"Who has approved these figures."`
}

type approvalView struct {
	Member     string    `json:"member" doc:"The handle of who has approved."`
	ApprovedAt time.Time `json:"approved_at" doc:"When."`
	Counts     bool      `json:"counts" doc:"Whether they held the right to approve when it was posted; of a draft, whether they hold it now."`
}

// viewApprovals shows nothing where nothing was asked for or given.
func viewApprovals(c *call, a ledger.Approvals) *approvalsView {
	if a.Asked == 0 && len(a.Given) == 0 {
		return nil
	}
	return &approvalsView{
		Asked: a.Asked, Missing: a.Missing(), Given: viewEach(c, a.Given, viewApproval),
	}
}

func viewApproval(_ *call, a ledger.Approval) approvalView {
	return approvalView{Member: a.Member.Handle, ApprovedAt: a.At, Counts: a.Counts}
}
