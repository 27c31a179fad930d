package postgres

import (
	"context"
	"errors"
	"strings"

	"phyle/ledger"
)

// LogShared logs one piece of work that several members gave together: each gets a
// contribution of their own, tied by a group, and the quantities sum exactly.
func (s *Store) LogShared(
	ctx context.Context, act *Act, shared ledger.SharedContribution,
) ([]ledger.Contribution, error) {
	parts, err := shared.Parts()
	if err != nil {
		return nil, err
	}
	group := newID[ledger.GroupID]()
	for i := range parts {
		parts[i].Group = group
	}
	logged, err := s.LogContributions(ctx, act, parts)
	return logged, inShares(err)
}

// inShares makes errors about parts point into the shared contribution: those about
// a member at their share, all others at the one field that the parts have in common.
func inShares(err error) error {
	var refusal *ledger.Error
	if !errors.As(err, &refusal) || len(refusal.Fields) == 0 {
		return err
	}
	var wrong ledger.FieldErrors
	seen := map[string]bool{}
	for _, field := range refusal.Fields {
		place, name, found := strings.Cut(strings.TrimPrefix(field.Pointer, "/"), "/")
		pointer := "/" + name
		if name == "member" || field.Code == "too_many_hours" {
			pointer = "/shares/" + place + "/" + strings.Replace(name, "quantity", "share", 1)
		}
		if found && !seen[pointer] {
			wrong = append(wrong, ledger.FieldError{Pointer: pointer, Code: field.Code, Message: field.Message})
			seen[pointer] = true
		}
	}
	return wrong.Err()
}
