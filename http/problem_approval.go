package http

// approvalProblems are about what one person alone does not decide.
var approvalProblems = []problemPage{
	{
		Code: "approval_stale", Status: conflict409,
		Means: "Something that the rules read has changed since the draft was looked at, or the digest " +
			"is of another one. An approval is of certain figures and of no others.",
		Do: "Have the distribution drafted again, look at it, and approve it with its digest.",
	},
	{
		Code: "approvals_missing", Status: conflict409,
		Means: "The commons has agreed that others look at a distribution before it is posted, and too " +
			"few have, or nobody but you. Who has lost the right to approve counts no more. The answer " +
			"says how many are missing and who may give them.",
		Do: "Ask one of them to approve it, and post it then.",
	},
	{
		Code: "change_settled", Status: conflict409,
		Means: "This change was confirmed or taken back, or took effect at once, and that is final.",
		Do:    "Ask for the change anew if it is still wanted.",
	},
	{
		Code: "member_has_left", Status: conflict409,
		Means: "Who has left gets no office.",
		Do:    "Name a member who is there.",
	},
	{
		Code: "notice_running", Status: conflict409,
		Means: "An office that is given at the machine needs three days in which everybody may object.",
		Do:    "Run phyle member recover again once they are over.",
	},
	{
		Code: "holds_role", Status: conflict409,
		Means: "A role is taken by two people. Who holds one is neither made to leave nor suspended by " +
			"one alone, which would take it as well; whoever holds it may still leave by themself. A role " +
			"that begins on a later day counts, too.",
		Do: "Take the role first and have a second person confirm it, or ask the member to leave.",
	},
	{
		Code: "proposer_without_right", Status: conflict409,
		Means: "An act that waited is done as who asked for it, with the rights that they have now. They " +
			"have lost the role for it since.",
		Do: "Take the change back, and have somebody ask for it anew who may.",
	},
	{
		Code: "request_erased", Status: conflict409,
		Means: "The personal data of a member were erased while this waited, and the request with them: " +
			"it could have named the member.",
		Do: "Take the change back, and ask for it anew.",
	},
	{
		Code: "second_person", Status: forbidden403,
		Means: "The commons has agreed that two people do this. Where it was asked for it cannot wait for " +
			"the second one, as it can in the API.",
		Do: "Ask for it with --server and your token, and have a steward, treasurer or approver confirm " +
			"the change.",
	},
	{
		Code: "self_approval", Status: forbidden403,
		Means: "Who drafted a distribution does not approve it, nor does who alone would get something " +
			"from it.",
		Do: "Ask another treasurer or approver.",
	},
	{
		Code: "self_confirmation", Status: forbidden403,
		Means: "What a change asks for needs a second person. You are the first, or the only one whom it " +
			"pays.",
		Do: "Ask another steward, treasurer or approver to confirm it.",
	},
}
