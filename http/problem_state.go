package http

// stateProblems are about the state in which the books are. The same request may
// be right at another time.
var stateProblems = []problemPage{
	{
		Code: "agreement_out_of_order", Status: conflict409,
		Means: "The version before begins on a later day than this one would.",
		Do:    "Take the day on which it begins, or a later one.",
	},
	{
		Code: "already_adopted", Status: conflict409,
		Means: "This agreement is adopted already, and an adopted agreement is not changed.",
		Do:    "Keep the new text as an agreement of its own and adopt that.",
	},
	{
		Code: "already_approved", Status: conflict409,
		Means: "You have accepted this contribution, or approved this distribution, before, and that " +
			"counts once.",
		Do: "Ask somebody else who may to look at it.",
	},
	{
		Code: "already_posted", Status: conflict409,
		Means: "This distribution is posted, and stays so.",
		Do:    "Nothing, if that was the wish. To take it back, reverse it.",
	},
	{
		Code: "already_reversed", Status: conflict409,
		Means: "This is reversed already, and a thing is reversed once.",
		Do:    "Look at its reversal. To have it in the books again, record it anew.",
	},
	{
		Code: "capital_redeemed", Status: conflict409,
		Means: "What is to be taken back brought a member capital, and some of that is redeemed since. " +
			"The answer's account and shortfall say whose and how much is missing.",
		Do: "Reverse the redemption first, or correct the distribution by the next one.",
	},
	{
		Code: "code_taken", Status: conflict409,
		Means: "Another area, kind or fund of this commons has that code.",
		Do:    "Choose another code, or use the one that is there.",
	},
	{
		Code: "contribution_accepted", Status: conflict409,
		Means: "The contribution is accepted already: its weight is fixed.",
		Do:    "Reverse it, and log it again as it should be.",
	},
	{
		Code: "contribution_changed", Status: conflict409,
		Means: "Somebody decided on this contribution while your request was on its way, or the " +
			"request names it twice.",
		Do: "Look at it again.",
	},
	{
		Code: "contribution_declined", Status: conflict409,
		Means: "The contribution is declined, and that is final.",
		Do:    "Log it again if something about it is different now.",
	},
	{
		Code: "contribution_questioned", Status: conflict409,
		Means: "A question about this contribution is open already.",
		Do:    "Wait for the answer, or decide.",
	},
	{
		Code: "contribution_withdrawn", Status: conflict409,
		Means: "The contribution is withdrawn, and that is final.",
		Do:    "Log it again if it was withdrawn by mistake.",
	},
	{
		Code: "entry_is_permanent", Status: conflict409,
		Means: "Something in the books was to be changed or deleted, and what is there stays.",
		Do:    "Reverse it instead; both stay visible.",
	},
	{
		Code: "exceeds_capital", Status: conflict409,
		Means: "More of a member's capital was to be redeemed than there is. The answer's " +
			"shortfall says how much is missing.",
		Do: "Redeem less.",
	},
	{
		Code: "exceeds_fund", Status: conflict409,
		Means: "The fund holds less than was to be taken out of it. The answer's shortfall says " +
			"how much is missing.",
		Do: "Take less, or move money into the fund first.",
	},
	{
		Code: "exceeds_in_transit", Status: conflict409,
		Means: "More was to arrive or to fail than is on its way. The answer's shortfall says " +
			"how much is missing.",
		Do: "Look for a payment that was settled before.",
	},
	{
		Code: "exceeds_payable", Status: conflict409,
		Means: "More was to be paid or given than the commons owes the member, and than it " +
			"advances. The answer's shortfall says how much is missing.",
		Do: "Take less, or raise the commons' limit for advances.",
	},
	{
		Code: "exceeds_undistributed", Status: conflict409,
		Means: "There is less undivided money than was to be taken back. The answer's shortfall " +
			"says how much is missing.",
		Do: "Reverse the distribution that divided it first.",
	},
	{
		Code: "external_ref_taken", Status: conflict409, Also: invalid422,
		Means: "Something of this sort is in the books already under that external_ref.",
		Do: "Look whether it is the same; then nothing is left to do. Else give this one " +
			"another name.",
	},
	{
		Code: "fund_spent", Status: conflict409,
		Means: "The distribution set money aside that is spent since, so it cannot be taken " +
			"back in full.",
		Do: "Move money into that fund first, or correct the distribution by the next one.",
	},
	{
		Code: "handle_taken", Status: conflict409,
		Means: "Another member of this commons has that handle, or had it.",
		Do:    "Choose another.",
	},
	{
		Code: "idempotency_in_flight", Status: conflict409,
		Means: "The first request with this key is still running.",
		Do:    "Ask again in a moment with the same key; you will get its answer.",
	},
	{
		Code: "income_already_distributed", Status: conflict409,
		Means: "A posted distribution has divided one of these incomes. Each is divided once.",
		Do:    "Leave it out, or reverse that distribution first.",
	},
	{
		Code: "income_reversed", Status: conflict409,
		Means: "One of these incomes was taken back, so there is nothing in it to divide.",
		Do:    "Leave it out.",
	},
	{
		Code: "incomes_of_different_agreements", Status: conflict409,
		Means: "Incomes of an area with an agreement of its own are divided by that one, and " +
			"these are of several.",
		Do: "Divide those of each area by themselves.",
	},
	{
		Code: "inputs_changed", Status: conflict409,
		Means: "The books have moved since the draft was looked at, so its figures would be " +
			"others now; or the digest belongs to another draft.",
		Do: "Draft it again, look at the new figures, and post with their digest.",
	},
	{
		Code: "is_reversal", Status: conflict409,
		Means: "This takes something back itself, and a reversal is not reversed.",
		Do:    "Record again what had been reversed.",
	},
	{
		Code: "last_steward", Status: conflict409,
		Means: "Without this member nobody would be steward, and nobody could make one.",
		Do:    "Give the role to somebody else first.",
	},
	{
		Code: "last_treasurer", Status: conflict409,
		Means: "Without this member nobody would be treasurer, and no money could be divided.",
		Do:    "Give the role to somebody else first.",
	},
	{
		Code: "no_agreement", Status: conflict409,
		Means: "On the day of this distribution no agreement was in force, so nobody knows how " +
			"to divide.",
		Do: "Adopt one that is in force from that day or before.",
	},
	{
		Code: "not_accepted", Status: conflict409,
		Means: "Only accepted contributions are reversed, and this one is not accepted.",
		Do:    "Withdraw it, or have it declined.",
	},
	{
		Code: "not_latest", Status: conflict409,
		Means: "Later distributions stand on this one. The answer's distribution_id names the " +
			"latest of them.",
		Do: "Reverse from the latest backwards, or correct it by the next one.",
	},
	{
		Code: "not_posted", Status: conflict409,
		Means: "This is a draft, of which nothing is in the books.",
		Do:    "Discard it.",
	},
	{
		Code: "nothing_to_rehearse", Status: conflict409,
		Means: "In the months that were asked for nothing was distributed, and no income waits to " +
			"be divided: there is nothing to try the agreement on.",
		Do: "Go back more months, or record incomes.",
	},
	{
		Code: "nothing_to_distribute", Status: conflict409,
		Means: "No income is open through that day, and nothing was carried over.",
		Do:    "Record income first, or take a later day.",
	},
	{
		Code: "received_already_opened", Status: conflict409,
		Means: "What this rule gave this member before the books were opened is recorded already, and " +
			"it is recorded once.",
		Do: "Look at what was recorded.",
	},
	{
		Code: "reverse_its_source", Status: conflict409,
		Means: "This entry was made by something else: an income, a distribution or a " +
			"contribution.",
		Do: "Reverse that, and the entry follows by itself.",
	},
	{
		Code: "slug_taken", Status: conflict409,
		Means: "Another commons on this machine has that slug.",
		Do:    "Choose another.",
	},
}
