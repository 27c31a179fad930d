// Package client speaks to the JSON API of a Phyle server.
//
// A Client holds the server's address and a token. What happens in one commons is
// asked of its Books, which have a method for every operation of the API, by the
// name that the server's OpenAPI document gives it:
//
//	phyle, err := client.New("https://phyle.example.org", token)
//	if err != nil {
//		return err
//	}
//	books := phyle.In("riverside")
//	logged, err := books.LogContribution(ctx, client.ContributionRequest{
//		Member: "ana", Kind: "work", Quantity: "7.5", Date: "2026-10-05",
//	})
//	if client.HasCode(err, "period_closed") {
//		…
//	}
//	for found, err := range books.AllContributions(ctx, client.ListContributionsQuery{
//		Member: "ana", State: "accepted",
//	}) {
//		…
//	}
//
// Money is exact: amounts are decimals and travel as strings, as do quantities,
// rates and weights.
//
// # Trying again
//
// Every act that takes an Idempotency-Key is sent with one, a random one unless the
// caller brings it with Key, and with the same one whenever it is sent again. So
// acts can be sent again as safely as reads: what was done already is not done
// twice, and its first answer is given again. A Client does so by itself, a bounded
// number of times within a bounded time, when the connection fails, when the server
// says 429 or 503, when a gateway before it says 502 or 504, and when the first sending
// is still being worked on. It never repeats an act without a key, nor any other refusal.
//
// An act to which no answer came is an *Unanswered, which holds its key. Whether
// the act was done is then not known; Key with that key finds out.
//
// # Refusals
//
// Whatever the server refuses is a *Problem, with the stable Code by which programs
// tell refusals apart and a sentence for people. An act that a second person has to
// confirm first is a *Unconfirmed, with the change that says so.
//
// The files that say so in their first line are made from the OpenAPI document by
// go generate.
package client

//go:generate go test -run ^TestGenerated$ ./generate -generate
