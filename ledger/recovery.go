package ledger

import "time"

// RecoveryNotice is how long everybody may object before a role is given by whoever runs
// the machine.
const RecoveryNotice = 72 * time.Hour

// Recovery is an office that whoever runs the machine gives to a member, because nobody
// who holds it can be reached.
type Recovery struct {
	Member string
	Role   Role
	Reason string
}

// Validate reports every wrong field.
func (r Recovery) Validate() error {
	var wrong FieldErrors
	if r.Role != Treasurer && r.Role != Steward {
		wrong.Add("/role", "unknown_value", "Write treasurer or steward; they give the other roles.")
	}
	wrong.AddError("/reason", RequiredText(r.Reason, 2000))
	return wrong.Err()
}

// NoticeEnds returns when a role that was asked for at the machine may be given.
func (c Change) NoticeEnds() time.Time { return c.ProposedAt.Add(RecoveryNotice) }

// CheckNotice refuses to give the role before the notice is over.
func (c Change) CheckNotice(now time.Time) error {
	if now.Before(c.NoticeEnds()) {
		return Errorf(Conflict, "notice_running",
			"Everybody may object until %s; run it again then.", c.NoticeEnds().Format(time.RFC3339)).
			With("change_id", c.ID.String())
	}
	return nil
}
