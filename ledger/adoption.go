package ledger

import "time"

// NewAdoption puts an agreement in force from a day. Decision is recorded with it
// where the group decided elsewhere and nothing about that is in the books yet.
type NewAdoption struct {
	From     Date
	Decision *RecordedDecision
}

// Validate reports every wrong field.
func (a NewAdoption) Validate(commons Commons, now time.Time) error {
	var wrong FieldErrors
	wrong.AddError("/from", commons.CheckDate(a.From, now.AddDate(1, 0, 0)))
	if a.Decision != nil {
		wrong.AddError("/decision", a.Decision.Validate(commons, now))
		if a.Decision.Outcome == OutcomeRejected {
			wrong.Add("/decision/outcome", "unknown_value", "Only what was accepted is adopted.")
		}
	}
	return wrong.Err()
}

// CheckAdopt refuses to adopt what was not accepted. Deciding says that a decision
// is recorded together with the adoption.
func (s AgreementStatus) CheckAdopt(deciding bool) error {
	switch s {
	case StatusAdopted, StatusInForce, StatusSuperseded:
		return Errorf(Conflict, "already_adopted", "That agreement is adopted already.")
	case StatusRejected:
		return Errorf(Conflict, "agreement_rejected",
			"The group has rejected this agreement; bring another in.")
	case StatusAccepted:
		if deciding {
			return decidedAlready()
		}
		return nil
	}
	if deciding {
		return nil // whether that can be decided now is asked when it is
	}
	if err := s.checkOpen(); err != nil {
		return err
	}
	return Errorf(Conflict, "not_decided",
		"Nobody has decided on this agreement yet; record or count the decision first.")
}
