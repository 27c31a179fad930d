package ledger

// DataPart is a part of what is kept about a member: a list of rows.
type DataPart string

// DataRow is one thing that is kept about a member, by name and as text. What is empty is
// not in it. Other members are in it by their handles.
type DataRow map[string]string

// The parts that are one row at the most, and not a list.
const (
	DataOfMember DataPart = "member"
	DataOfPerson DataPart = "person"
)

// DataParts lists every part, in the order in which they are shown.
var DataParts = []DataPart{
	DataOfMember, "stages", "roles", "suspensions", "rates", DataOfPerson, "passkeys", "sessions",
	"codes", "invitations", "tokens", "contributions", "decisions", "imports", "import_undos", "agreements",
	"proposals", "withdrawals", "votes", "recorded_votes", "approvals", "changes", "takes",
	"received", "allocations", "roundings", "accounts", "lines", "keys", "acts",
}

// IsSingle reports whether the part is one row at the most.
func (p DataPart) IsSingle() bool { return p == DataOfMember || p == DataOfPerson }
