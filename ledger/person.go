package ledger

import (
	"regexp"
	"strings"
)

// Contact is a member with the address that their person signs in with, "" for none.
type Contact struct {
	Handle string
	Email  string
}

// Person is somebody who can sign in. In each commons they are one member at most.
type Person struct {
	ID    PersonID
	Email string
	Name  string
}

// plainEmail is the form of the addresses that mail is sent to: ASCII, without
// quotes and comments, and with a domain or, in networks of one's own, a host.
var plainEmail = regexp.MustCompile(
	`^[A-Za-z0-9!#$%&'*+/=?^_{|}~.-]{1,64}@[A-Za-z0-9]([A-Za-z0-9.-]{0,187}[A-Za-z0-9])?$`)

// CheckEmail refuses what no mail can be sent to.
func CheckEmail(email string) error {
	switch {
	case email == "":
		return Errorf(Invalid, "required", "This is needed.")
	case !plainEmail.MatchString(email) || strings.Contains(email, ".."):
		return Errorf(Invalid, "invalid_email", "Write an e-mail address, like ana@example.org.")
	}
	return nil
}
