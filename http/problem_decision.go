package http

// decisionProblems are about how a group comes to its agreement: what was proposed,
// who votes, and what was decided.
var decisionProblems = []problemPage{
	{
		Code: "agreement_rejected", Status: conflict409,
		Means: "The group has decided against this agreement, so that it cannot be adopted.",
		Do:    "Bring another one in. What was decided about this one stays visible.",
	},
	{
		Code: "agreement_withdrawn", Status: conflict409,
		Means: "This agreement was proposed and taken back, and that is final.",
		Do:    "Bring its text in again as an agreement of its own.",
	},
	{
		Code: "already_decided", Status: conflict409,
		Means: "The group has decided on this agreement, and a decision is made once.",
		Do: "Adopt it, without naming a decision, if it was accepted. To decide anew, bring the " +
			"text in again.",
	},
	{
		Code: "already_proposed", Status: conflict409,
		Means: "This agreement is before the group already.",
		Do:    "Wait for the decision, or withdraw it and bring the text in again.",
	},
	{
		Code: "decided_by_vote", Status: conflict409,
		Means: "The members vote on this agreement in Phyle, so a decision made elsewhere is not " +
			"recorded.",
		Do: "Send an empty body once the vote has closed: then the votes are counted.",
	},
	{
		Code: "may_not_vote", Status: forbidden403,
		Means: "Those vote who were in the stage member when the vote was opened, as was known " +
			"then. Guests, newcomers and who joined later do not.",
		Do: "Talk to somebody who may vote.",
	},
	{
		Code: "no_objections", Status: invalid422,
		Means: "Where votes are counted by majority or two thirds, an objection has no more " +
			"weight than a no.",
		Do: "Write no, and the reason beside it.",
	},
	{
		Code: "no_vote_open", Status: conflict409,
		Means: "This agreement is a draft, or the group decides on it elsewhere.",
		Do:    "Propose it with a vote, or have the decision recorded.",
	},
	{
		Code: "nobody_may_vote", Status: conflict409,
		Means: "Nobody in this commons is in the stage member today, so nobody could vote.",
		Do:    "Put somebody into that stage first, or propose it without a vote.",
	},
	{
		Code: "not_decided", Status: conflict409,
		Means: "Only what the group has accepted is adopted, and it has not decided yet.",
		Do: "Count the votes or record the decision first; a decision made elsewhere can be sent " +
			"along.",
	},
	{
		Code: "not_proposed", Status: conflict409,
		Means: "This is a draft that is not before the group, so there is nothing to take back.",
		Do:    "Leave it as it is; drafts bind nobody.",
	},
	{
		Code: "notice_not_over", Status: conflict409,
		Means: "Notice was given until a later day than that of the decision.",
		Do:    "Decide on that day or later, so that everybody has had the time to think.",
	},
	{
		Code: "vote_closed", Status: conflict409,
		Means: "The last day of the vote is over, where the commons is.",
		Do:    "Have the votes counted.",
	},
	{
		Code: "vote_open", Status: conflict409,
		Means: "The vote is open to the end of its last day, where the commons is, and votes are " +
			"counted after that.",
		Do: "Wait until then, even if all have voted: they may change their minds.",
	},
}
