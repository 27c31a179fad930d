package postgres

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"phyle/ledger"
)

// LogShared logs one piece of work that several members gave together: each gets a
// contribution of their own, tied by a group, and the quantities sum exactly.
func (s *Store) LogShared(
	ctx context.Context, act *Act, shared ledger.SharedContribution,
) ([]ledger.Contribution, error) {
	shared.Group = newID[ledger.GroupID]()
	logged, err := s.log(ctx, &logging{
		ctx: ctx, act: act, added: shared.Whole(), shared: &shared, done: make(chan struct{}),
	})
	return logged, inShares(err)
}

// divide puts the parts of shared work in its place, once it is known what is counted.
func (l *logging) divide(n names, currency ledger.Currency) (err error) {
	if l.shared != nil {
		l.added, err = l.shared.Parts(n.kinds[l.shared.Kind].Unit, currency)
	}
	return err
}

// checkShared refuses shared work that names a member twice: by handle and by id.
func (l *logging) checkShared(rows []logged, wrong *ledger.FieldErrors) {
	seen := map[ledger.MemberID]bool{}
	for i, row := range rows {
		if l.shared != nil && row.member.ID != "" && seen[row.member.ID] {
			wrong.Add(element(rows, i)+"/member", "duplicate_member", "This member is named twice.")
		}
		seen[row.member.ID] = true
	}
}

// inShares makes errors about parts point into the shared contribution: those about
// a member at their share, all others at the one field that the parts have in common.
// Those about the shares themselves point there already.
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
		if _, err := strconv.Atoi(place); !found || err != nil {
			pointer = field.Pointer
		} else if name == "member" || field.Code == "too_many_hours" {
			pointer = "/shares/" + place + "/" + strings.Replace(name, "quantity", "share", 1)
		}
		if !seen[pointer] {
			field.Pointer = pointer
			wrong = append(wrong, field)
			seen[pointer] = true
		}
	}
	return wrong.Err()
}
