package ledger

import (
	"strconv"
	"strings"
	"time"
)

// gone begins the handles of those whose personal data were erased.
const gone = "gone-"

// Pseudonym returns the handle of a member once they are erased. Their name says no
// more than that.
func Pseudonym(joinNumber int64) string { return gone + strconv.FormatInt(joinNumber, 10) }

// IsPseudonym reports whether only an erased member can have the handle.
func IsPseudonym(handle string) bool {
	digits, found := strings.CutPrefix(handle, gone)
	return found && digits != "" && strings.Trim(digits, "0123456789") == ""
}

// Leaving is what is known of a member who is to be erased.
type Leaving struct {
	Member Member
	// StaysLeft says that no later day brings them back.
	StaysLeft bool
	// Asked says that a change to erase them waits already.
	Asked    bool
	ErasedAt time.Time
	// Open are the member's accounts that are not settled, by their names, and Undecided
	// is how many of their contributions wait for a decision.
	Open      []string
	Undecided int
}

// Check refuses to erase who is erased already, who has not left, and who has something
// open, unless a reason is given for keeping it.
func (l Leaving) Check(reason string) error {
	switch {
	case !l.ErasedAt.IsZero():
		return Errorf(Conflict, "member_erased", "That member is erased already.")
	case l.Member.Stage != Left || !l.StaysLeft:
		return Errorf(Conflict, "member_not_left",
			"Only who has left is erased: have a steward put them into the stage left first.")
	case reason != "" || len(l.Open) == 0 && l.Undecided == 0:
		return nil
	}
	refusal := Errorf(Conflict, "member_has_open",
		"Something of theirs is open: settle it first, or let a steward or treasurer say why it stays.")
	if len(l.Open) > 0 {
		refusal = refusal.With("accounts", strings.Join(l.Open, ", "))
	}
	if l.Undecided > 0 {
		refusal = refusal.With("undecided_contributions", strconv.Itoa(l.Undecided))
	}
	return refusal
}

// CheckAsked refuses to ask for a second time.
func (l Leaving) CheckAsked() error {
	if l.Asked {
		return Errorf(Conflict, "erasure_waiting",
			"It is asked for already, and waits for a second person; have it confirmed or withdrawn.")
	}
	return nil
}
