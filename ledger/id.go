package ledger

import (
	"encoding/base32"
	"encoding/hex"
	"strings"
)

// idNoun is implemented by the phantom types that tell identifiers apart.
type idNoun interface{ prefix() string }

// ID names one thing. It holds a UUID in its text form (so that databases take
// it as it is) and is shown as a prefix and 26 digits of base 32, which sort as
// the UUIDs do. The empty ID names nothing.
type ID[N idNoun] string

type (
	// CommonsNoun and its like stand for the things that ids name.
	CommonsNoun      struct{}
	MemberNoun       struct{}
	AreaNoun         struct{}
	KindNoun         struct{}
	RateNoun         struct{}
	FundNoun         struct{}
	ContributionNoun struct{}
	GroupNoun        struct{}
	ImportNoun       struct{}
	IncomeNoun       struct{}
	AgreementNoun    struct{}
	DistributionNoun struct{}
	AccountNoun      struct{}
	EntryNoun        struct{}
	TokenNoun        struct{}
	PeriodNoun       struct{}
	ChangeNoun       struct{}
	PersonNoun       struct{}
	SessionNoun      struct{}
	PasskeyNoun      struct{}
)

func (CommonsNoun) prefix() string      { return "com" }
func (MemberNoun) prefix() string       { return "mem" }
func (AreaNoun) prefix() string         { return "are" }
func (KindNoun) prefix() string         { return "knd" }
func (RateNoun) prefix() string         { return "rat" }
func (FundNoun) prefix() string         { return "fnd" }
func (ContributionNoun) prefix() string { return "ctr" }
func (GroupNoun) prefix() string        { return "grp" }
func (ImportNoun) prefix() string       { return "imp" }
func (IncomeNoun) prefix() string       { return "inc" }
func (AgreementNoun) prefix() string    { return "agr" }
func (DistributionNoun) prefix() string { return "dst" }
func (AccountNoun) prefix() string      { return "acc" }
func (EntryNoun) prefix() string        { return "ent" }
func (TokenNoun) prefix() string        { return "tok" }
func (PeriodNoun) prefix() string       { return "per" }
func (ChangeNoun) prefix() string       { return "chg" }
func (PersonNoun) prefix() string       { return "psn" }
func (SessionNoun) prefix() string      { return "ses" }
func (PasskeyNoun) prefix() string      { return "pky" }

// The identifiers of Phyle, one type each, so that none passes for another.
type (
	CommonsID      = ID[CommonsNoun]
	MemberID       = ID[MemberNoun]
	AreaID         = ID[AreaNoun]
	KindID         = ID[KindNoun]
	RateID         = ID[RateNoun]
	FundID         = ID[FundNoun]
	ContributionID = ID[ContributionNoun]
	GroupID        = ID[GroupNoun]
	ImportID       = ID[ImportNoun]
	IncomeID       = ID[IncomeNoun]
	AgreementID    = ID[AgreementNoun]
	DistributionID = ID[DistributionNoun]
	AccountID      = ID[AccountNoun]
	EntryID        = ID[EntryNoun]
	TokenID        = ID[TokenNoun]
	PeriodID       = ID[PeriodNoun]
	ChangeID       = ID[ChangeNoun]
	PersonID       = ID[PersonNoun]
	SessionID      = ID[SessionNoun]
	PasskeyID      = ID[PasskeyNoun]
)

var idEncoding = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").
	WithPadding(base32.NoPadding)

// String returns the id as the API shows it, as "mem_06f…"; "" stays "".
func (id ID[N]) String() string {
	raw, err := hex.DecodeString(strings.ReplaceAll(string(id), "-", ""))
	if err != nil || len(raw) != 16 {
		return ""
	}
	var n N
	return n.prefix() + "_" + idEncoding.EncodeToString(raw)
}

// MarshalText returns what String returns.
func (id ID[N]) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText takes what ParseID takes.
func (id *ID[N]) UnmarshalText(text []byte) (err error) {
	*id, err = ParseID[N](string(text))
	return err
}

// Prefix returns the letters that ids of this noun begin with.
func (id ID[N]) Prefix() string {
	var n N
	return n.prefix()
}

// ParseID reads an id as String shows it, in exactly that spelling; anything
// else is a NotFound error, because such a thing cannot exist.
func ParseID[N idNoun](s string) (ID[N], error) {
	var n N
	digits, found := strings.CutPrefix(s, n.prefix()+"_")
	raw, err := idEncoding.DecodeString(digits)
	if !found || err != nil || len(raw) != 16 {
		return "", Errorf(NotFound, "not_found", "There is no such id here. Ids of this kind begin with %s_.",
			n.prefix())
	}
	h := hex.EncodeToString(raw)
	id := ID[N](h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:])
	if id.String() != s {
		return "", Errorf(NotFound, "not_found", "There is no such id here.")
	}
	return id, nil
}
