package http

import (
	"context"

	"phyle/ledger"
)

func erasureRoutes() []route {
	return []route{{
		method: "POST", path: inCommons + "/members/{member}/erase", id: "eraseMember",
		operation: ledger.EraseMember,
		summary:   "Ask for a member's personal data to be erased",
		about: "The member has left, and may ask for themself; stewards and treasurers may for others. It " +
			"waits as a change until a second person, a steward or treasurer, confirms it; where nobody " +
			"else could, it takes effect at once, marked unchecked. Then a pseudonym takes the place of " +
			"handle and name, what they wrote and the answers kept under idempotency keys are gone, and " +
			"their tokens have ended. Amounts stay. Nothing may be open, unless a steward or treasurer " +
			"says why it stays.",
		status: 202, handler: write(eraseMember, viewChange),
	}}
}

type eraseBody struct {
	KeepReason string `json:"keep_reason,omitzero" doc:"Why what is open stays open; stewards and treasurers alone may give one."`
}

func eraseMember(ctx context.Context, c *call, in eraseBody) (ledger.Change, error) {
	return c.store.EraseMember(ctx, c.act, c.param("member"), in.KeepReason)
}

type erasureView struct {
	Member     string `json:"member" doc:"The handle of the member: their pseudonym, once it has taken effect."`
	KeepReason string `json:"keep_reason,omitzero" doc:"Why something of theirs stays open."`
}
