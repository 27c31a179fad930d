package client

import (
	"encoding/json"
	"fmt"
)

// Unconfirmed is the error of an act that a second person has to confirm: nothing is done
// yet. ConfirmChange does it, with the token of somebody else.
type Unconfirmed struct {
	// Change is what waits.
	Change Change
}

// Error says what waits and what to do.
func (w *Unconfirmed) Error() string {
	return fmt.Sprintf("Nothing is done yet: a second person has to confirm the change %s.", w.Change.ID)
}

// unconfirmed takes the change from an answer that says that the act waits.
func (r *received) unconfirmed() error {
	if err := r.mustBe(jsonMedia); err != nil {
		return err
	}
	w := &Unconfirmed{}
	if err := json.Unmarshal(r.body, &w.Change); err != nil {
		return fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	return w
}
