package http

import nethttp "net/http"

// personProblems are about who somebody is and how they come in.
var personProblems = []problemPage{
	{
		Code: "already_in_commons", Status: conflict409,
		Means: "The person who follows the invitation is another member of the same commons.",
		Do: "Go on as that member. If both are the same person, ask a steward to take the " +
			"invitation back.",
	},
	{
		Code: "already_set_up", Status: conflict409,
		Means: "The link that sets a new instance up was followed after somebody had done so.",
		Do:    "Sign in, or ask a steward of your commons for an invitation.",
	},
	{
		Code: "code_gone", Status: forbidden403,
		Means: "The code to sign in was used, is older than 10 minutes, was tried five times, or " +
			"was asked for in another browser.",
		Do: "Have a new one sent, and type it in the browser in which you asked for it.",
	},
	{
		Code: "code_wrong", Status: forbidden403,
		Means: "The code to sign in is another than the one that was sent last.",
		Do:    "Look at the newest mail. After five tries, have a new code sent.",
	},
	{
		Code: "email_taken", Status: conflict409,
		Means: "Somebody signs in with that e-mail address already. Capital and small letters " +
			"count as the same.",
		Do: "If that is you, sign in first and open the link again. Otherwise give another address.",
	},
	{
		Code: "form_stale", Status: forbidden403,
		Means: "The form was shown before its sender signed in or out, in another browser, or " +
			"not at all.",
		Do: "Open the page again and send it once more.",
	},
	{
		Code: "insecure_address", Status: forbidden403,
		Means: "A page for people was asked for over http from another machine, where everybody " +
			"on the way could read along.",
		Do: "Reach this Phyle over https. Whoever runs it sets PHYLE_URL to that address.",
	},
	{
		Code: "invalid_email", Status: invalid422,
		Means: "No mail can be sent to what was given as an e-mail address.",
		Do:    "Write it like ana@example.org, without blanks and without a name around it.",
	},
	{
		Code: "link_gone", Status: missing404,
		Means: "The link of an invitation is older than 7 days, was taken back or replaced by a " +
			"newer one, or was copied in part.",
		Do: "Ask for a new one. If a newer mail has one, follow that.",
	},
	{
		Code: "link_used", Status: conflict409,
		Means: "The invitation was used already, by somebody else than the one who follows it now.",
		Do:    "Sign in, if it was you. If it was not, tell a steward at once.",
	},
	{
		Code: "mail_not_set_up", Status: unavailable503,
		Means: "People sign in with a code by mail, and there is no mail server to send it.",
		Do: "Set PHYLE_SMTP and PHYLE_MAIL_FROM, or try things out with phyle serve " +
			"--development, which writes the codes into its log.",
	},
	{
		Code: "malformed_form", Status: malformed400,
		Means: "The fields of a form could not be read, or were longer than any form has them.",
		Do:    "Open the page again and send less.",
	},
	{
		Code: "member_joined", Status: conflict409,
		Means: "Somebody signs in as this member already, so nobody else can be invited to be them.",
		Do:    "Check the handle. Who has lost their way in signs in with a code by mail.",
	},
	{
		Code: "passkey_known", Status: conflict409,
		Means: "The same passkey was added before.",
		Do:    "Sign in with it, or make another.",
	},
	{
		Code: "passkey_refused", Status: forbidden403,
		Means: "The passkey is not known here, its holder was not asked to unlock it, or its answer " +
			"came too late or twice.",
		Do: "Try again, or sign in another way and add the passkey anew.",
	},
	{
		Code: "passkeys_need_name", Status: conflict409,
		Means: "Passkeys belong to the name of a server, and this one is reached by a number.",
		Do:    "Whoever runs it sets PHYLE_URL to an address with a name.",
	},
	{
		Code: "password_short", Status: invalid422,
		Means: "A new password has fewer than 12 characters.",
		Do:    "Take a longer one, such as a few words.",
	},
	{
		Code: "password_wrong", Status: forbidden403,
		Means: "Nobody signs in with that address and that password.",
		Do:    "Check both, or sign in with a code by mail and set a new password.",
	},
	{
		Code: "set_up_gone", Status: missing404,
		Means: "The link that sets an instance up is older than a day, or was copied in part.",
		Do:    "Start phyle serve again; it prints a new link as long as there is no commons.",
	},
	{
		Code: "sign_in_again", Status: forbidden403,
		Means: "What was asked for needs a sign-in of the last 15 minutes.",
		Do:    "Sign in again; the session that you have is replaced by a new one.",
	},
	{
		Code: "signed_out", Status: unknown401,
		Means: "The session has ended: by signing out, from another browser, after 12 hours " +
			"without use or 14 days in all.",
		Do: "Sign in again.",
	},
	{
		Code: "too_many_passkeys", Status: conflict409,
		Means: "A person has 20 passkeys already, which is as many as fit.",
		Do:    "Remove one that is not used any more.",
	},
	{
		Code: "too_many_tries", Status: nethttp.StatusTooManyRequests,
		Means: "Codes were asked for or tried for one account from one place more than five " +
			"times in a minute. Each further time the wait is twice as long, up to 15 minutes.",
		Do: "Wait as long as Retry-After says. Other accounts and other places are not held up.",
	},
}
