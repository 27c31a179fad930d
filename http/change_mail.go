package http

import (
	"context"
	"fmt"

	"phyle/ledger"
	"phyle/ledger/postgres"
)

// tellConfirmers writes to those who may confirm what the act has left waiting. Letters say
// what is asked for, and no sums.
func (s *Server) tellConfirmers(ctx context.Context, act *postgres.Act) {
	if act.DryRun || !s.post.mail.isSet() {
		return
	}
	for _, id := range act.Waiting {
		change, to, err := s.store.Confirmers(ctx, act.By.Commons, id)
		if err != nil {
			s.options.Log.Error("mail not sent", "error", withoutQuotations(err.Error()))
			return
		}
		asks := s.askToConfirm(act.By.Commons, change)
		for _, contact := range to {
			asks.to = contact.Email
			s.post.post(asks)
		}
	}
}

// askToConfirm is the letter about a change that waits, to nobody yet.
func (s *Server) askToConfirm(commons ledger.Commons, change ledger.Change) letter {
	page := s.viewChangePage(commons, change)
	return letter{
		subject: "Something waits for you in " + commons.Name,
		text: fmt.Sprintf("%s asks for this in %s:\n\n    %s\n\n"+
			"Nothing is done until somebody else confirms it. Look at it, and confirm it or take it\n"+
			"back:\n\n    %s%s\n\n"+
			"You get this because your role lets you confirm it.\n",
			page.By(), commons.Name, page.Title, s.options.URL, page.Path()),
	}
}
