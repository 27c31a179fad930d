package postgres

import (
	"context"

	"phyle/ledger"
)

// MoveMoney records moves of money, each as one entry: spendings, refunds,
// transfers, gifts, capital, advances, payments and openings.
func (s *Store) MoveMoney(
	ctx context.Context, act *Act, moves []ledger.Move,
) ([]ledger.Entry, error) {
	return write(ctx, s, act, func(w *work) ([]ledger.Entry, error) {
		entries, err := w.resolveMoves(ctx, moves)
		if err != nil {
			return nil, err
		}
		if err := insertEntries(ctx, w, entries); err != nil {
			return nil, err
		}
		ids := make([]string, len(entries))
		for i, e := range entries {
			tell(w, ledger.EntryRecorded, e.ID)
			ids[i] = string(e.ID)
		}
		return w.entriesByID(ctx, ids)
	})
}

// resolveMoves looks up every name, checks the rights, and reports all wrong
// fields at once.
func (w *work) resolveMoves(ctx context.Context, moves []ledger.Move) ([]ledger.Entry, error) {
	var handles, codes []string
	for _, m := range moves {
		handles, codes = append(handles, m.Member, m.To), append(codes, m.ClaimKind)
	}
	members, err := w.memberRefs(ctx, handles)
	if err != nil {
		return nil, err
	}
	kinds, err := w.kinds(ctx, codes)
	if err != nil {
		return nil, err
	}
	funds, err := w.funds(ctx)
	if err != nil {
		return nil, err
	}
	var wrong ledger.FieldErrors
	entries := make([]ledger.Entry, len(moves))
	for i, m := range moves {
		if err := w.authorizeMove(m, members[m.Member].ID); err != nil {
			return nil, err
		}
		var bad ledger.FieldErrors
		bad.AddError("", m.Validate(w.commons, w.now))
		p := parties(&bad, m, members, funds, kinds)
		if len(bad) == 0 {
			entries[i] = m.Entry(p)
		}
		wrong.AddError(element(moves, i), bad.Err())
	}
	return entries, wrong.Err()
}

func (w *work) authorizeMove(m ledger.Move, member ledger.MemberID) error {
	if m.Kind == ledger.GiftEntry {
		return w.authorize(ledger.GiveGift, member == w.by)
	}
	return w.authorize(ledger.MoveMoney, false)
}

func parties(
	wrong *ledger.FieldErrors, m ledger.Move, members map[string]ledger.MemberRef,
	funds map[string]ledger.FundRef, kinds map[string]ledger.ContributionKind,
) (p ledger.Parties) {
	var found bool
	if p.Member, found = members[m.Member]; !found && m.Member != "" {
		unknown(wrong, "/member", "member", m.Member)
	}
	if p.To, found = members[m.To]; !found && m.To != "" {
		unknown(wrong, "/to", "member", m.To)
	}
	if p.Fund, found = funds[m.Fund]; !found && m.Fund != "" {
		unknown(wrong, "/fund", "fund", m.Fund)
	}
	if p.ToFund, found = funds[m.ToFund]; !found && m.ToFund != "" {
		unknown(wrong, "/to_fund", "fund", m.ToFund)
	}
	kind, found := kinds[m.ClaimKind]
	switch {
	case m.ClaimKind != "" && !found:
		unknown(wrong, "/claim_kind", "kind", m.ClaimKind)
	case found && kind.Becomes != ledger.BecomesClaim:
		wrong.Add("/claim_kind", "not_a_claim_kind",
			"%q becomes a weight; name a kind that becomes claims.", m.ClaimKind)
	}
	p.Claim = ledger.KindRef{ID: kind.ID, Code: kind.Code}
	if p.To.ID != "" && p.To.ID == p.Member.ID {
		wrong.Add("/to", "same_account", "A gift goes to somebody else.")
	}
	return p
}
