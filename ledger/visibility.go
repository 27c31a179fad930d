package ledger

import "slices"

// Audience is who sees something of a commons that is not their own.
type Audience string

// The audiences: everybody in the commons, or holders of a role alone.
const (
	ToMembers  Audience = "members"
	ToOfficers Audience = "officers"
)

// Audiences lists every audience.
var Audiences = []Audience{ToMembers, ToOfficers}

// Visibility is what a commons shows its members of each other. What is their own they
// see always, and the roles that the matrix names see everything.
type Visibility struct {
	// Contributions is for who did what.
	Contributions Audience
	// Books is for what is owed and was given to whom, the journal and the reports.
	Books Audience
}

// Open is the visibility of a new commons: members see everything.
var Open = Visibility{Contributions: ToMembers, Books: ToMembers}

// Validate reports each audience that there is not.
func (v Visibility) Validate() error {
	var wrong FieldErrors
	for pointer, audience := range map[string]Audience{
		"/contributions": v.Contributions, "/books": v.Books,
	} {
		if !slices.Contains(Audiences, audience) {
			wrong.Add(pointer, "unknown_value", "Write members or officers.")
		}
	}
	return wrong.Err()
}

// shows reports whether members see what the operation reads, if it is not their own.
func (v Visibility) shows(o Operation) bool {
	return o == ReadContributions && v.Contributions == ToMembers ||
		o == ReadBooks && v.Books == ToMembers
}
