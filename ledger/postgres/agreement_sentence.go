package postgres

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"phyle/ledger"
	"phyle/ledger/agreement"
)

// AgreementSentences is what an agreement says in plain sentences, with the names
// that its commons uses.
type AgreementSentences struct {
	Sentences []agreement.Sentence
	// Since is the version that Changes compares it with; "" if there is none.
	Since   ledger.AgreementID
	Changes []agreement.Amendment
}

// AgreementSentences says in sentences what an agreement says, and how it differs
// from another. Without a since that is the version adopted before it, or the latest
// one for what is not adopted yet.
func (s *Store) AgreementSentences(
	ctx context.Context, by Caller, id, since ledger.AgreementID,
) (AgreementSentences, error) {
	return read(ctx, s, by.to(ledger.ReadAgreements), func(w *work) (said AgreementSentences, err error) {
		after, rules, err := w.rulesOf(ctx, id)
		if err != nil {
			return said, err
		}
		if said.Since = since; since == "" {
			if said.Since, err = w.versionBefore(ctx, after); err != nil {
				return said, err
			}
		}
		var before agreement.Agreement
		if said.Since != "" {
			if _, before, err = w.rulesOf(ctx, said.Since); err != nil {
				return said, err
			}
		}
		both := agreement.Agreement{Rules: slices.Concat(before.Rules, rules.Rules)}
		names, err := w.namesFor(ctx, both)
		if err != nil {
			return said, err
		}
		said.Sentences = rules.Sentences(names)
		if said.Since != "" {
			said.Changes = agreement.Differences(before, rules, names)
		}
		return said, nil
	})
}

func (w *work) rulesOf(
	ctx context.Context, id ledger.AgreementID,
) (a Agreement, rules agreement.Agreement, err error) {
	if a, err = w.agreement(ctx, id); err == nil {
		rules, err = agreement.Parse(a.Document, agreement.JSON)
	}
	return a, rules, err
}

// versionBefore returns the version that was adopted last before the agreement, for
// the same area; "" if there is none.
func (w *work) versionBefore(
	ctx context.Context, a Agreement,
) (before ledger.AgreementID, err error) {
	area, err := w.areaNamed(ctx, a.Area)
	if err != nil {
		return "", err
	}
	err = w.GetContext(ctx, &before, `
		SELECT agreement_id FROM adoption
		 WHERE commons_id = $1 AND area_id IS NOT DISTINCT FROM $2::uuid AND ($3 = 0 OR version < $3)
		 ORDER BY version DESC LIMIT 1`,
		string(w.commons.ID), nullable(area), a.Version)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return before, err
}
