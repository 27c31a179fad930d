package client_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"

	"phyle/http/client"
)

// A session from what was given to what is owed.
func Example() {
	ctx := context.Background()
	phyle, err := client.New("https://phyle.example.org", os.Getenv("PHYLE_TOKEN"))
	if err != nil {
		log.Fatal(err)
	}
	books := phyle.In("riverside")
	_, err = books.LogContribution(ctx, client.ContributionRequest{
		Member: "ana", Kind: "work", Quantity: "7.5", Date: "2026-10-05", Note: "laser cutter",
	})
	if err != nil {
		log.Fatal(err)
	}
	amount, err := client.ParseMoney("4200.00", "EUR")
	if err != nil {
		log.Fatal(err)
	}
	// The number of the invoice as key: however often this runs, it is booked once.
	_, err = books.RecordIncome(ctx, client.IncomeRequest{
		Amount: amount, Date: "2026-10-31", Source: "sale", Payer: "City", ExternalRef: "invoice-7",
	}, client.Key("invoice-7"))
	if err != nil {
		log.Fatal(err)
	}
	draft, err := books.DraftDistribution(ctx, client.DistributionRequest{Through: "2026-10-31"})
	if err != nil {
		log.Fatal(err)
	}
	for _, allocation := range draft.Allocations {
		fmt.Println(allocation.Member, allocation.Fund, allocation.Amount)
	}
	// Posted is what was looked at, or nothing.
	_, err = books.PostDistribution(ctx, draft.ID, client.DigestRequest{Digest: draft.Digest})
	if client.HasCode(err, "inputs_changed") {
		log.Fatal("Something was accepted in the meantime; look at a new draft.")
	}
	if err != nil {
		log.Fatal(err)
	}
	balance, err := books.GetBalance(ctx, "ana", client.GetBalanceQuery{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("Ana is owed", balance.Payable)
}

// Lists are ranged over, however many pages they have.
func ExampleBooks_AllContributions() {
	ctx := context.Background()
	phyle, err := client.New("https://phyle.example.org", os.Getenv("PHYLE_TOKEN"))
	if err != nil {
		log.Fatal(err)
	}
	query := client.ListContributionsQuery{State: "logged", From: "2026-10-01"}
	for found, err := range phyle.In("riverside").AllContributions(ctx, query) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(found.Date, found.Member, found.Quantity, found.Unit, found.Note)
	}
}

// A refusal says what to correct.
func ExampleProblem() {
	ctx := context.Background()
	phyle, err := client.New("https://phyle.example.org", os.Getenv("PHYLE_TOKEN"))
	if err != nil {
		log.Fatal(err)
	}
	_, err = phyle.In("riverside").LogContribution(ctx, client.ContributionRequest{
		Member: "ana", Kind: "work", Quantity: "7.5", Date: "2026-02-30",
	})
	var problem *client.Problem
	if errors.As(err, &problem) {
		fmt.Println(problem.Detail)
		for _, field := range problem.Errors {
			fmt.Println(field.Pointer, field.Message)
		}
	}
}

// An act to which no answer came is sent again under its key, perhaps much later.
func ExampleUnanswered() {
	ctx := context.Background()
	phyle, err := client.New("https://phyle.example.org", os.Getenv("PHYLE_TOKEN"))
	if err != nil {
		log.Fatal(err)
	}
	books := phyle.In("riverside")
	request := client.ContributionRequest{
		Member: "ana", Kind: "work", Quantity: "7.5", Date: "2026-10-05",
	}
	_, err = books.LogContribution(ctx, request)
	var unanswered *client.Unanswered
	if errors.As(err, &unanswered) {
		var receipt client.Receipt
		_, err = books.LogContribution(ctx, request, client.Key(unanswered.Key), client.Into(&receipt))
		if err == nil && receipt.Replayed {
			fmt.Println("It had been logged the first time.")
		}
	}
}

// Settings are changed as they were read, so that nobody's change is lost.
func ExampleBooks_UpdateCommons() {
	ctx := context.Background()
	phyle, err := client.New("https://phyle.example.org", os.Getenv("PHYLE_TOKEN"))
	if err != nil {
		log.Fatal(err)
	}
	books := phyle.In("riverside")
	var read client.Receipt
	if _, err := books.GetCommons(ctx, client.Into(&read)); err != nil {
		log.Fatal(err)
	}
	_, err = books.UpdateCommons(ctx, read.ETag, client.CommonsPatch{Name: new("Riverside Commons")})
	if client.HasCode(err, "precondition_failed") {
		log.Fatal("Somebody else was faster; look at it again.")
	}
	if err != nil {
		log.Fatal(err)
	}
}

// Reports can be had as text for people or as a table for programs.
func ExampleAs() {
	ctx := context.Background()
	phyle, err := client.New("https://phyle.example.org", os.Getenv("PHYLE_TOKEN"))
	if err != nil {
		log.Fatal(err)
	}
	query := client.ReportPayoutsQuery{From: "2026-10-01", To: "2026-10-31"}
	_, err = phyle.In("riverside").ReportPayouts(ctx, query, client.As("csv", os.Stdout))
	if err != nil {
		log.Fatal(err)
	}
}
