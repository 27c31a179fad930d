package http

// suspensionProblems are about members who are suspended.
var suspensionProblems = []problemPage{
	{
		Code: "already_suspended", Status: conflict409,
		Means: "This member is suspended already. The first reason stands.",
		Do:    "Leave it, or end the suspension first and suspend them anew.",
	},
	{
		Code: "member_is_suspended", Status: conflict409,
		Means: "Whoever is suspended holds no roles, and gets none: not when one is asked for, not by a " +
			"change that waited, and not at the machine.",
		Do: "Have a steward end the suspension, and then give the role.",
	},
	{
		Code: "not_suspended", Status: conflict409,
		Means: "This member is not suspended, or not any more, so there is nothing to end.",
		Do:    "Look at the member: suspended_at says since when they are.",
	},
}
