package http

// valueProblems are about values that are not what their field takes.
var valueProblems = []problemPage{
	{
		Code: "amount_must_be_string", Status: invalid422,
		Means: "An amount or a quantity came as a JSON number. Many programs read such numbers " +
			"as binary fractions, which changes money without a word.",
		Do: `Write it in quotes: "1234.50".`,
	},
	{
		Code: "amount_out_of_range", Status: invalid422,
		Means: "An amount, a quantity, or the product of quantity and rate goes beyond 10^15.",
		Do:    "Check for digits too many. Amounts that large are kept in parts.",
	},
	{
		Code: "auditor_too_long", Status: invalid422,
		Means: "The role auditor was to be given for more than two years: its last day is more than 731 " +
			"days after the first.",
		Do: "Take an earlier last day. Towards its end the role can be given again.",
	},
	{
		Code: "auditor_without_end", Status: invalid422,
		Means: "The role auditor always has a last day: who looks at everything does so for a time.",
		Do: "Write until, at most two years after the first day; for a new member roles_until, or " +
			"--roles-until on the command line.",
	},
	{
		Code: "choose_one", Status: invalid422,
		Means: "Of several fields exactly one says what is meant here, and there were none or " +
			"several.",
		Do: "Send the one that you mean; the message beside the field names them.",
	},
	{
		Code: "duplicate_item", Status: invalid422,
		Means: "Something stands in a list twice in which everything stands once.",
		Do:    "Name it once.",
	},
	{
		Code: "duplicate_member", Status: invalid422,
		Means: "A member has two shares of the same work.",
		Do:    "Add the two shares up and name the member once.",
	},
	{
		Code: "duplicate_role", Status: invalid422,
		Means: "A role is named twice for the same member.",
		Do:    "Name it once.",
	},
	{
		Code: "duplicate_scope", Status: invalid422,
		Means: "A scope is named twice.",
		Do:    "Name each scope once.",
	},
	{
		Code: "invalid", Status: invalid422,
		Means: "A value breaks a rule of its field.",
		Do:    "The message beside the field says which; correct the value.",
	},
	{
		Code: "invalid_date", Status: invalid422,
		Means: "A date is not a day of the calendar, is not written as one, or lies too far " +
			"away: most things cannot have happened in the future.",
		Do: "Write it as 2026-10-31, in the time zone of the commons.",
	},
	{
		Code: "invalid_handle", Status: invalid422,
		Means: "A short name has characters that none has, or too many of them.",
		Do:    "Use 1 to 32 lower-case letters, digits and hyphens.",
	},
	{
		Code: "invalid_id", Status: invalid422,
		Means: "This cannot be an id, or it is the id of another sort of thing.",
		Do:    "Ids begin with a prefix such as inc_ and are sent as they came.",
	},
	{
		Code: "invalid_instant", Status: invalid422,
		Means: "An instant is not written as one.",
		Do:    "Write it as 2026-10-31T18:30:00Z.",
	},
	{
		Code: "invalid_text", Status: invalid422,
		Means: "Text is not UTF-8, holds control characters or such as change how text around " +
			"them is read, or is a name of several lines.",
		Do: "Save it as UTF-8, take those characters out, and write names in one line.",
	},
	{
		Code: "invalid_value", Status: invalid422,
		Means: "A value has a form that the books cannot keep.",
		Do:    "Check text, numbers and dates for what is unusual in them.",
	},
	{
		Code: "malformed_amount", Status: invalid422,
		Means: "A number is not written as a plain decimal.",
		Do: `Write digits, and a point before the decimals: "1234.50". No plus sign, no ` +
			"exponent, no blanks or commas, no zeros in front.",
	},
	{
		Code: "named_twice", Status: invalid422,
		Means: "The same id stands in the request twice.",
		Do:    "Name each once.",
	},
	{
		Code: "negative", Status: invalid422,
		Means: "The number is below zero, and this one cannot be.",
		Do: "Write zero or more. What was too much is reversed, not corrected by a negative " +
			"number.",
	},
	{
		Code: "negative_amount", Status: invalid422,
		Means: "An amount below zero cannot be divided.",
		Do:    "Reverse what was recorded too much, and divide again.",
	},
	{
		Code: "negative_weight", Status: invalid422,
		Means: "Something weighs less than zero, so it cannot take part in a division.",
		Do:    "Look for what was reversed beyond what had been given, and correct that.",
	},
	{
		Code: "nothing_left", Status: invalid422,
		Means: "The deductions take the whole income or more.",
		Do:    "Check them against the amount.",
	},
	{
		Code: "not_positive", Status: invalid422,
		Means: "The number is zero or below, and this one must be above.",
		Do:    "Write a number above zero, or leave the item out.",
	},
	{
		Code: "out_of_range", Status: invalid422,
		Means: "A whole number lies outside the bounds of its field.",
		Do:    "The message beside the field names the bounds.",
	},
	{
		Code: "period_closed", Status: conflict409, Also: invalid422,
		Means: "The date lies in a period that is closed. No entry is dated there any more, so " +
			"that its reports stay as they were shown.",
		Do: "Take a later day: what belongs to a closed period is corrected in an open one.",
	},
	{
		Code: "required", Status: invalid422,
		Means: "Something that is needed here is missing, null or empty.",
		Do:    "Send it; the pointer beside the message says where.",
	},
	{
		Code: "same_account", Status: invalid422,
		Means: "Money is to move from one place to the same place.",
		Do:    "Name two different members, funds or assets.",
	},
	{
		Code: "through_goes_back", Status: invalid422,
		Means: "The distribution before counted work through a later day.",
		Do: "Take that day or a later one. Work of earlier days that was accepted since is " +
			"counted too.",
	},
	{
		Code: "too_few_or_many", Status: invalid422,
		Means: "Work is shared among fewer than 2 or more than 100 members.",
		Do:    "Log the work of one member by itself, and that of many in several groups.",
	},
	{
		Code: "too_large", Status: invalid422,
		Means: "A document has too many bytes, too many values, or stands too deep in itself.",
		Do:    "Shorten it: leave out examples, or divide it.",
	},
	{
		Code: "too_long", Status: invalid422,
		Means: "Text has more characters than its field keeps.",
		Do:    "Shorten it. What is long belongs behind a link.",
	},
	{
		Code: "too_many", Status: invalid422,
		Means: "An income has more than 20 deductions.",
		Do:    "Add up those of the same name and type.",
	},
	{
		Code: "too_many_decimals", Status: invalid422,
		Means: "A number has more decimals than can be kept exactly: those of the currency for " +
			"money, six for quantities and rates. Nothing is rounded without your knowing.",
		Do: "Round it yourself, as your group does.",
	},
	{
		Code: "too_many_hours", Status: invalid422,
		Means: "A member would have more than 24 hours on one day.",
		Do:    "Log each day by itself, and look for what was logged twice.",
	},
	{
		Code: "too_many_items", Status: invalid422,
		Means: "A list has more items than one request takes.",
		Do:    "Send the others by further requests, each with an idempotency key of its own.",
	},
	{
		Code: "too_small", Status: invalid422,
		Means: "A member's share of shared work comes to less than the smallest quantity that " +
			"is kept.",
		Do: "Leave the member out, or give a larger share.",
	},
	{
		Code: "too_specific", Status: invalid422,
		Means: "A rate for one member holds in every area and stage, so it cannot name any.",
		Do:    "Leave out area and stage, or the member.",
	},
	{
		Code: "unknown_field", Status: invalid422,
		Means: "A body or an agreement has a field that is not known in that place. It is not " +
			"passed over, since a typing mistake in money must not be.",
		Do: "Correct its name or leave it out. Names are written in lower case; in an " +
			"agreement, what is only to be remembered goes into comments.",
	},
	{
		Code: "wrong_currency", Status: invalid422,
		Means: "The books of a commons are kept in one currency, and this is another.",
		Do:    "Record what arrived in the currency of the books.",
	},
	{
		Code: "wrong_type", Status: invalid422,
		Means: "A value is of another JSON type than its field, or null.",
		Do: "Send the type that the message names. What is optional is left out and not sent as " +
			"null.",
	},
}

// nameProblems are about names and words that nobody knows here.
var nameProblems = []problemPage{
	{
		Code: "unknown_area", Status: invalid422,
		Means: "No area of this commons has that code.",
		Do:    "Check the spelling against the list of areas, or add the area first.",
	},
	{
		Code: "unknown_currency", Status: invalid422,
		Means: "This is no currency code, or none that this program knows the minor unit of.",
		Do:    "Write three capital letters as in ISO 4217: EUR.",
	},
	{
		Code: "unknown_fund", Status: invalid422,
		Means: "No fund of this commons has that code.",
		Do:    "Check the spelling against the list of funds, or add the fund first.",
	},
	{
		Code: "unknown_grouping", Status: invalid422,
		Means: "A report cannot be grouped by that.",
		Do:    "Group by member, month, rule or kind.",
	},
	{
		Code: "unknown_income", Status: invalid422,
		Means: "One of the incomes is not in this commons, or is named twice.",
		Do:    "Check the ids against the list of incomes.",
	},
	{
		Code: "unknown_kind", Status: invalid422,
		Means: "No kind of contribution in this commons has that code.",
		Do:    "Check the spelling against the list of kinds, or add the kind first.",
	},
	{
		Code: "unknown_member", Status: invalid422,
		Means: "No member of this commons has that handle or id.",
		Do:    "Check the spelling against the list of members.",
	},
	{
		Code: "unknown_method", Status: invalid422,
		Means: "The way in which the group decided is none of those that are kept.",
		Do: "Write consent, consensus, majority, two_thirds or other, and say the rest in the " +
			"note.",
	},
	{
		Code: "unknown_role", Status: invalid422,
		Means: "There is no role of that name.",
		Do:    "Write steward, treasurer, auditor or approver.",
	},
	{
		Code: "unknown_rule", Status: invalid422,
		Means: "No agreement that is kept here has a rule of that id of the kind that this is about: for " +
			"takes one that gives by takes, for what was received one that catches up.",
		Do: "Check the spelling, and name the area if the agreement is for one.",
	},
	{
		Code: "unknown_source", Status: invalid422,
		Means: "Income does not come from a source of that name.",
		Do:    "Write sale, grant, donation, licence, membership or upstream: the nearest will do.",
	},
	{
		Code: "unknown_scope", Status: invalid422,
		Means: "There is no scope of that name.",
		Do:    "Write one of those that phyle rights lists, such as ledger:read.",
	},
	{
		Code: "unknown_stage", Status: invalid422,
		Means: "Members are in no stage of that name.",
		Do:    "Write guest, newcomer, member or left.",
	},
	{
		Code: "unknown_theme", Status: invalid422,
		Means: "Kinds of contributions have no theme of that name.",
		Do:    "Write work, care, material, money, equipment or recognition.",
	},
	{
		Code: "unknown_time_zone", Status: invalid422,
		Means: "There is no time zone of that name.",
		Do:    "Write a name of the IANA list, such as Europe/Berlin or UTC.",
	},
	{
		Code: "unknown_type", Status: invalid422,
		Means: "Deductions have no type of that name.",
		Do:    "Write collected, withheld or fee.",
	},
	{
		Code: "unknown_value", Status: invalid422,
		Means: "The field takes one of a few words, and this is none of them.",
		Do:    "Write one of those that the message names, in lower case.",
	},
	{
		Code: "until_before_from", Status: invalid422,
		Means: "A role would end before it begins.",
		Do: "Write a last day that is not before the first. Roles of a new member that have a last " +
			"day do not begin before today.",
	},
	{
		Code: "until_without_role", Status: invalid422,
		Means: "A last day was given with no role that could end on it: the role is taken, or none is named.",
		Do:    "Leave it out. To end a role on a day, give it again with that last day, or take it from the day after.",
	},
}
