package http

// agreementProblems are about the text of an agreement. The pointer beside each
// message says where in it.
var agreementProblems = []problemPage{
	{
		Code: "duplicate", Status: invalid422,
		Means: "A word or a name stands in a list twice.",
		Do:    "Keep one of them.",
	},
	{
		Code: "duplicate_id", Status: invalid422,
		Means: "Two rules have the same id, so a report could not say which of them it means.",
		Do:    "Give every rule an id of its own, also inside groups.",
	},
	{
		Code: "factor_over_1", Status: invalid422,
		Means: "Decay makes weights smaller with time, and a factor above 1 would make them " +
			"larger.",
		Do: "Write a factor from 0 to 1.",
	},
	{
		Code: "inputs_mismatch", Status: invalid422,
		Means: "What the rules are to be applied to does not belong to these rules: other " +
			"kinds, funds or members than they name, or the same one twice.",
		Do: "Evaluate the inputs with the agreement that they were recorded for.",
	},
	{
		Code: "invalid_count", Status: invalid422,
		Means: "A stretch of time is not written as one.",
		Do:    `Write a whole number from 1 to 1000 and a unit: "3 months".`,
	},
	{
		Code: "invalid_name", Status: invalid422,
		Means: "A short name in the agreement has characters that none has, or too many of them.",
		Do:    "Use 1 to 32 lower-case letters, digits and hyphens.",
	},
	{
		Code: "left_before_joined", Status: invalid422,
		Means: "In an example, a member's last day is before their first.",
		Do:    "Correct one of the two days.",
	},
	{
		Code: "malformed_inputs", Status: malformed400,
		Means: "A file that should hold the recorded inputs of a distribution does not.",
		Do:    "Write the file anew from the distribution; it is not meant to be edited.",
	},
	{
		Code: "malformed_yaml", Status: malformed400,
		Means: "The agreement is not written in the plain YAML that agreements use.",
		Do: "Correct the line that the detail names: its indentation, a missing colon, or text " +
			"that belongs in quotes.",
	},
	{
		Code: "most_below_floor", Status: invalid422,
		Means: "A rule gives each member at most less than its floor.",
		Do:    "Raise the most or lower the floor.",
	},
	{
		Code: "most_below_least", Status: invalid422,
		Means: "A rule gives each member at most less than the least it gives.",
		Do:    "Raise the most or lower the least.",
	},
	{
		Code: "never_receives", Status: invalid422,
		Means: "A rule stands after one that gives away all the rest, so nothing ever reaches it.",
		Do:    "Move it before that rule, or take it out.",
	},
	{
		Code: "no_leftover", Status: invalid422,
		Means: "The agreement does not say what happens to money that no rule gives.",
		Do:    `Write "leftover: carry" to keep it for the next time, or name a fund that gets it.`,
	},
	{
		Code: "not_a_claim_kind", Status: invalid422,
		Means: "Only kinds that become claims are promises of money, and this one becomes a " +
			"weight.",
		Do: "Name another kind. What a kind becomes is settled when it is added.",
	},
	{
		Code: "not_a_weight_kind", Status: invalid422,
		Means: "Only kinds that become weights count in a division, and this one becomes a claim.",
		Do:    "Name another kind, or pay its claims by a rule of their own.",
	},
	{
		Code: "not_allowed_here", Status: invalid422,
		Means: "A word is good in other places of an agreement and means nothing in this one.",
		Do:    "The message says with what it goes; move it there or take it out.",
	},
	{
		Code: "not_with_then", Status: invalid422,
		Means: "An example continues another, and says again what it takes from that one.",
		Do:    "Leave it out of the second example.",
	},
	{
		Code: "nothing_before", Status: invalid422,
		Means: "The first example is to continue from one before it.",
		Do:    "Write it out in full, or move it behind another.",
	},
	{
		Code: "percent_over_100", Status: invalid422,
		Means: "A percentage, or the sum of those taken of the whole, is above 100.",
		Do:    "Lower one of them, or take the later ones of what is left.",
	},
	{
		Code: "reserved_id", Status: invalid422,
		Means: `The id "leftover" names what no rule gives.`,
		Do:    "Choose another id for the rule.",
	},
	{
		Code: "through_backwards", Status: invalid422,
		Means: "An example goes through an earlier day than the one that it continues.",
		Do:    "Take a later day, or put the examples in order.",
	},
	{
		Code: "too_deep", Status: invalid422,
		Means: "Groups of rules stand in each other too deep to be understood.",
		Do:    "Put rules beside each other instead of inside.",
	},
	{
		Code: "too_many_examples", Status: invalid422,
		Means: "The agreement has more examples than are tried.",
		Do:    "Keep those that show something.",
	},
	{
		Code: "too_many_rules", Status: invalid422,
		Means: "The agreement has more than 200 rules.",
		Do:    "Join rules that do the same.",
	},
	{
		Code: "too_much_work", Status: invalid422,
		Means: "Working out the examples of a file would take too long: many rules, members, " +
			"contributions or days of decay, many times.",
		Do: "Use fewer or smaller examples, or put some into a file of their own.",
	},
	{
		Code: "unknown_becomes", Status: invalid422,
		Means: "A contribution becomes a weight, which counts in divisions, or a claim, which " +
			"is paid back.",
		Do: "Write weight or claim.",
	},
	{
		Code: "unknown_by", Status: invalid422,
		Means: "Money is not divided among members by that.",
		Do:    "Write one of the ways that the message names.",
	},
	{
		Code: "unknown_count", Status: invalid422,
		Means: "The agreement counts contributions in a way that is not known.",
		Do:    "Write new, all, or a stretch of time under last.",
	},
	{
		Code: "unknown_format", Status: invalid422,
		Means: "Agreements are written in JSON or YAML, and this is to be another format.",
		Do:    "Write it in one of the two.",
	},
	{
		Code: "unknown_leftover", Status: invalid422,
		Means: "What no rule gives is to go where nothing goes.",
		Do:    `Write carry, or a fund: {fund: "reserve"}.`,
	},
	{
		Code: "unknown_of", Status: invalid422,
		Means: "A percentage is to be taken of something unknown.",
		Do:    "Write left for what the rules before it left, or whole for all that came in.",
	},
	{
		Code: "unknown_per", Status: invalid422,
		Means: "Decay goes by a unit of time that is not known.",
		Do:    "Write day, week or month.",
	},
	{
		Code: "unknown_rounding", Status: invalid422,
		Means: "Cents are to be rounded in a way that is not known.",
		Do:    "Write one of the two ways that the message names.",
	},
	{
		Code: "unknown_take", Status: invalid422,
		Means: "A rule takes something unknown.",
		Do:    "Write rest, an amount, or a percent with what it is of.",
	},
	{
		Code: "yaml_feature", Status: invalid422,
		Means: "The agreement uses a part of YAML that hides what is meant: anchors, tags, " +
			"merge keys, several documents or the like.",
		Do: "Write out what is meant, and put it in quotes if it is text.",
	},
}
