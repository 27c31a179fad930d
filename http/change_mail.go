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
		change, to, err := s.store.Confirmers(ctx, act.By, id)
		if err != nil {
			s.options.Log.Error("mail not sent", "error", withoutQuotations(err.Error()))
			return
		}
		for _, contact := range to {
			s.post.post(s.askToConfirm(act.By.Commons, change, contact.Email))
		}
	}
}

// askToConfirm is the letter about a change that waits.
func (s *Server) askToConfirm(commons ledger.Commons, change ledger.Change, to string) letter {
	page := s.viewChangePage(commons, change)
	return letter{
		to: to, subject: "Something waits for you in " + commons.Name,
		text: fmt.Sprintf("%s asks for this in %s:\n\n    %s\n\n"+
			"Nothing is done until somebody else confirms it. Look at it, and confirm it or take it\n"+
			"back:\n\n    %s%s\n\n"+
			"You get this because your role lets you confirm it.\n",
			page.By(), commons.Name, page.Title, s.options.URL, page.Path()),
	}
}
