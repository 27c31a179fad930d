package http

// erasureProblems are about erasing personal data.
var erasureProblems = []problemPage{
	{
		Code: "answer_erased", Status: conflict409,
		Means: "The request with this idempotency key was done, once. Its answer was kept, but somebody's " +
			"personal data were erased since, and kept answers with them, because they may have told of " +
			"that person. Nothing is done again.",
		Do: "Look at what the request made: the answer's resource_id names it, where that is known still.",
	},
	{
		Code: "erasure_waiting", Status: conflict409,
		Means: "Somebody has asked already for this member to be erased, and a second person has neither " +
			"confirmed nor withdrawn it.",
		Do: "Ask a steward or treasurer to confirm the change that waits, or to withdraw it.",
	},
	{
		Code: "member_erased", Status: conflict409,
		Means: "The personal data of this member are erased. Their amounts stand under a pseudonym, and " +
			"what is owed to it can still be paid, but nothing new is said of them.",
		Do: "Add somebody who comes back as a new member.",
	},
	{
		Code: "member_has_open", Status: conflict409,
		Means: "The commons owes this member something or the other way round, they hold capital or a " +
			"claim, or contributions of theirs wait for a decision. The answer names the accounts and " +
			"counts the contributions. Once they are erased, nobody here can tell whom to pay.",
		Do: "Settle the accounts and decide on the contributions. If that cannot be, a steward or " +
			"treasurer asks for the erasure with keep_reason, which is kept with it.",
	},
	{
		Code: "member_not_left", Status: conflict409,
		Means: "Only who has left the commons is erased, and this member has not, or comes back on a " +
			"later day.",
		Do: "Have a steward put them into the stage left, from today or before.",
	},
	{
		Code: "reserved_handle", Status: invalid422,
		Means: "A handle of gone- and a number is what an erased member is called by, so that nobody can " +
			"be taken for one.",
		Do: "Choose another handle.",
	},
}
