package http

import nethttp "net/http"

// requestProblems are about requests that cannot be read, or not in this way.
var requestProblems = []problemPage{
	{
		Code: "bad_cursor", Status: malformed400,
		Means: "The cursor in the query is none that this program gave out, or a part of one is " +
			"missing.",
		Do: "Send next_cursor of the page before exactly as it came, or start again without a " +
			"cursor.",
	},
	{
		Code: "body_too_large", Status: nethttp.StatusRequestEntityTooLarge,
		Means: "The body has more bytes than this operation reads. The detail names the bound.",
		Do:    "Send it in several requests, each with an idempotency key of its own.",
	},
	{
		Code: "body_too_slow", Status: nethttp.StatusRequestTimeout,
		Means: "The body had not arrived in full when the time for it was over, 30 seconds " +
			"after the start.",
		Do: "Send it again. On a slow line, send it in smaller parts.",
	},
	{
		Code: "cross_origin", Status: nethttp.StatusForbidden,
		Means: "A browser says that a page of another site made it send this. Nothing is changed " +
			"here on the word of other sites.",
		Do: "Open the page here and do it there. Programs that are no browser leave out the headers " +
			"Origin and Sec-Fetch-Site. If it was our own page, whoever runs the machine sets the " +
			"address that people use.",
	},
	{
		Code: "cursor_mismatch", Status: malformed400,
		Means: "The cursor belongs to another list: another path, other filters or another " +
			"commons.",
		Do: "Keep the filters as they were while you turn pages, or start again without a cursor.",
	},
	{
		Code: "duplicate_field", Status: malformed400, Also: invalid422,
		Means: "A name stands twice in one object, so it is not certain which of its values is " +
			"meant.",
		Do: "Keep one of them. Names that differ only in case count as the same.",
	},
	{
		Code: "idempotency_key_malformed", Status: malformed400,
		Means: "The Idempotency-Key header was sent twice, is empty or too long, or holds " +
			"blanks or quotes.",
		Do: "Send one header of 1 to 255 visible ASCII characters. A random UUID is a good key.",
	},
	{
		Code: "idempotency_key_required", Status: malformed400,
		Means: "This operation moves money or decides about it, and came without an " +
			"Idempotency-Key header.",
		Do: "Send a new key with every new act, and the same key when you try that act again: " +
			"then it happens once, however often it is sent.",
	},
	{
		Code: "idempotency_key_reused", Status: invalid422,
		Means: "The same key came before with another request. That one took effect, and the " +
			"answer's resource_id names what it made; this one did nothing.",
		Do: "Take a new key for a new act. To repeat the first act, send exactly what was sent " +
			"then.",
	},
	{
		Code: "invalid_parameter", Status: malformed400,
		Means: "A parameter of the query is missing, stands there twice, or has a value it " +
			"cannot have.",
		Do: "Correct the one that the detail names. Parameters without a value are left out " +
			"altogether.",
	},
	{
		Code: "malformed_json", Status: malformed400,
		Means: "The body is not one JSON document: something is cut off, follows after its end, " +
			"or is written otherwise than JSON allows.",
		Do: "Correct the place that the detail names. A JSON library writes it better than " +
			"string concatenation does.",
	},
	{
		Code: "malformed_path", Status: malformed400,
		Means: "The path has characters that no path here has, an empty part, or parts such as " +
			`"..".`,
		Do: "Write it with letters, digits and - . _ : ~ between single slashes, without escapes.",
	},
	{
		Code: "method_not_allowed", Status: nethttp.StatusMethodNotAllowed,
		Means: "The path exists and does not take this method.",
		Do:    "Use one that the Allow header of the answer names.",
	},
	{
		Code: "precondition_failed", Status: nethttp.StatusPreconditionFailed,
		Means: "Somebody has changed this since you read it: the tag in If-Match is no longer " +
			"its ETag.",
		Do: "Read it again, decide anew with what you see, and send the new ETag.",
	},
	{
		Code: "precondition_required", Status: nethttp.StatusPreconditionRequired,
		Means: "Others may be changing this too, so a change must say which state of it it is " +
			"about.",
		Do: "Read it first and send the ETag of that answer in an If-Match header.",
	},
	{
		Code: "too_many_requests", Status: nethttp.StatusTooManyRequests,
		Means: "More requests came from this member or address than the limit allows.",
		Do: "Wait for as many seconds as Retry-After says. The RateLimit header tells with " +
			"every answer how many are left.",
	},
	{
		Code: "unknown_filter", Status: malformed400,
		Means: "The query has a parameter that this operation does not know. It is not passed " +
			"over, since a filter spelled wrong would show more than you asked for.",
		Do: "Correct its name or leave it out.",
	},
	{
		Code: "unsupported_encoding", Status: nethttp.StatusUnsupportedMediaType,
		Means: "The body is compressed, which this program does not read.",
		Do:    "Send it as it is, without a Content-Encoding header.",
	},
	{
		Code: "unsupported_media_type", Status: nethttp.StatusUnsupportedMediaType,
		Means: "The Content-Type header is missing, stands there twice, or names a type or " +
			"character set that is not read here.",
		Do: "Send one that the detail names, in UTF-8.",
	},
}

// rightProblems are about who asks.
var rightProblems = []problemPage{
	{
		Code: "forbidden", Status: forbidden403,
		Means: "The token is good, and its member's roles do not allow this operation.",
		Do:    "Ask one of those whom the detail names to do it, or a steward for the role.",
	},
	{
		Code: "member_left", Status: forbidden403,
		Means: "The token is that of somebody who has left the commons, and has no rights there " +
			"any more.",
		Do: "Ask a steward: they can take you in again, and tell you what the books say.",
	},
	{
		Code: "member_suspended", Status: forbidden403,
		Means: "The token is that of somebody who is suspended in the commons: for a while they take " +
			"no part. What they gave counts and what they are owed stays theirs. They can sign in, read " +
			"what is kept about them and their own rows of the audit trail, leave, and ask to be erased.",
		Do: "Read the reason in your own data, and ask a steward: they can end the suspension.",
	},
	{
		Code: "not_found", Status: missing404,
		Means: "Nothing is there by that name, or nothing that this token may know of. The " +
			"answer is the same for both, so that nobody learns what other groups keep here.",
		Do: "Check the path, the ids in it, and whether the token is one of this commons.",
	},
	{
		Code: "own_role", Status: forbidden403,
		Means: "Members do not give roles to themselves or take them from themselves.",
		Do:    "Ask another steward.",
	},
	{
		Code: "own_suspension", Status: forbidden403,
		Means: "Members neither suspend themselves nor end their own suspension.",
		Do:    "Leave the commons if you want to go; a steward ends a suspension.",
	},
	{
		Code: "scope_missing", Status: forbidden403,
		Means: "The token was made for other things than this operation: it lacks the scope " +
			"that the detail names. That holds for dry runs too, and for scopes that a new token " +
			"is to have.",
		Do: "Use a token that has the scope. Members make one with one of theirs that has it, " +
			"and whoever runs the machine with: phyle token create.",
	},
	{
		Code: "self_acceptance", Status: forbidden403,
		Means: "You gave this contribution, or logged it, and its kind asks for somebody else " +
			"to look at it.",
		Do: "Ask another steward to decide.",
	},
	{
		Code: "token_expired", Status: unknown401,
		Means: "The token is known, and its time is over, or its secret was replaced.",
		Do: "Make a new one with another token of yours, or ask whoever runs the machine for " +
			"one: phyle token create. Renew the next one before it ends.",
	},
	{
		Code: "unauthenticated", Status: unknown401,
		Means: "No token came with the request, or one that is not known here: mistyped, or " +
			"ended since.",
		Do: "Send one header Authorization: Bearer phy_… with a token of this commons. Whoever " +
			"runs the machine makes a new one with: phyle token create.",
	},
}

// serverProblems are about this program and what it stands on. They are nobody's
// mistake who asks.
var serverProblems = []problemPage{
	{
		Code: "busy", Status: unavailable503,
		Means: "Others were writing in the same books for longer than a request waits.",
		Do:    "Send it again in a moment, with the same Idempotency-Key if it had one.",
	},
	{
		Code: "database_unavailable", Status: unavailable503,
		Means: "The database did not answer: it is restarting, full of connections, or away.",
		Do: "Send it again after Retry-After, with the same Idempotency-Key if it had one. If " +
			"it lasts, tell whoever runs the machine.",
	},
	{
		Code: "internal", Status: nethttp.StatusInternalServerError,
		Means: "This program made a mistake. Its log says where and which, without what people " +
			"have written; nobody else is told.",
		Do: "Name the request_id of the answer to whoever runs the machine.",
	},
	{
		Code: "stopping", Status: unavailable503,
		Means: "The program was told to end: it finishes what is begun and takes nothing new.",
		Do:    "Ask again in a moment, when it or another one runs.",
	},
	{
		Code: "storage_full", Status: unavailable503,
		Means: "The disk of the database is full, so nothing more can be written.",
		Do:    "Tell whoever runs the machine. Reading still works.",
	},
	{
		Code: "timeout", Status: unavailable503,
		Means: "The database took longer over this than it is given.",
		Do: "Send it again, with the same Idempotency-Key if it had one. If it lasts, ask for " +
			"less at once: fewer items, a shorter time.",
	},
	{
		Code: "too_slow", Status: unavailable503,
		Means: "The request took longer in all than one is given, 40 seconds.",
		Do: "Send it again, with the same Idempotency-Key if it had one. If it lasts, ask for " +
			"less at once: fewer items, a shorter time.",
	},
}
