package agreement

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"phyle/ledger"
)

// canonicalOctober is what RFC 8785 makes of the October inputs. If it changes,
// digests that were approved do not fit any more.
const canonicalOctober = `{"agreement":"agr_riverside_3","carried":"0.00",` +
	`"claims":{"kinds":["materials"],"members":[[1,"120.00"],[2,"180.00"]]},"currency":"EUR","cut":4,` +
	`"funds":[["reserve","0.00"]],"incomes":[["inc_1","2400.00"],["inc_2","1500.00"],["inc_3","300.00"]],` +
	`"rounding":[[1,"0.25"]],"rules":[{"absent":[],"members":[[1,"10","42"],[2,"0","60"],[3,"0","40.8"]],` +
	`"received":[],"rule":"work"}],"settings":3,"through":"2026-10-31"}`

func TestCanonical(t *testing.T) {
	if diff := cmp.Diff(canonicalOctober, string(october().Canonical())); diff != "" {
		t.Error(diff)
	}
	const digest = "41f511a67ae38d65287b649312b16613831dbe8278720a14e402bcda12f43589"
	if got := october().Digest(); got != digest {
		t.Errorf("the digest is %s", got)
	}
}

func TestCanonicalIsStable(t *testing.T) {
	in := october()
	slices.Reverse(in.Incomes)
	slices.Reverse(in.Rules[0].Members)
	slices.Reverse(in.Claims.Members)
	slices.Reverse(in.Rounding)
	in.Rules[0].Members = append(in.Rules[0].Members, MemberWeights{9, decimals("0", "0.000")})
	before := in.Rules[0].Members[0].Member
	if diff := cmp.Diff(canonicalOctober, string(in.Canonical())); diff != "" {
		t.Error(diff)
	}
	if in.Rules[0].Members[0].Member != before {
		t.Error("the inputs themselves were put into another order")
	}
	two := Inputs{Currency: "EUR", Claims: Claims{Kinds: []string{"love", "costs"},
		Members: []MemberClaims{{1, decimals("1", "2")}}}}
	if got := string(two.Canonical()); !strings.Contains(got, `{"kinds":["costs","love"],"members":[[1,"2.00","1.00"]]}`) {
		t.Error(got)
	}
}

// Every part of the inputs is part of the digest.
func TestDigestSeesEverything(t *testing.T) {
	seen := map[string]string{october().Digest(): "unchanged"}
	for name, change := range map[string]func(*Inputs){
		"agreement": func(in *Inputs) { in.Agreement = "agr_riverside_4" },
		"currency":  func(in *Inputs) { in.Currency = "USD" },
		"income":    func(in *Inputs) { in.Incomes[0].Net = euro("1500.01") },
		"income id": func(in *Inputs) { in.Incomes[0].ID = "inc_4" },
		"carried":   func(in *Inputs) { in.Carried = euro("0.01") },
		"cut":       func(in *Inputs) { in.Cut++ },
		"settings":  func(in *Inputs) { in.Settings++ },
		"through":   func(in *Inputs) { in.Through = in.Through.AddDays(1) },
		"rule":      func(in *Inputs) { in.Rules[0].Rule = "play" },
		"member":    func(in *Inputs) { in.Rules[0].Members[0].Member = 8 },
		"weight":    func(in *Inputs) { in.Rules[0].Members[0].Weights = decimals("0", "60.000001") },
		"kind":      func(in *Inputs) { in.Rules[0].Members[0].Weights = decimals("60", "0") },
		"absent":    func(in *Inputs) { in.Rules[0].Absent = []MemberWeights{{5, decimals("1")}} },
		"claim":     func(in *Inputs) { in.Claims.Members[0].Amounts = decimals("180.01") },
		"claimant":  func(in *Inputs) { in.Claims.Members[0].Member = 8 },
		"claims of": func(in *Inputs) { in.Claims.Kinds[0] = "love" },
		"fund":      func(in *Inputs) { in.Funds[0].Balance = euro("0.01") },
		"rounding":  func(in *Inputs) { in.Rounding[1].Balance++ },
	} {
		in := october()
		change(&in)
		digest := in.Digest()
		if other, found := seen[digest]; found {
			t.Errorf("%s and %s have one digest", name, other)
		}
		seen[digest] = name
	}
}

func TestParseInputsReadsBack(t *testing.T) {
	a := must(t, string(riverside(t)))
	for _, text := range []string{canonicalOctober,
		strings.NewReplacer(",", " ,\n ", ":", ": ").Replace(canonicalOctober)} {
		in, err := ParseInputs([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if in.Digest() != october().Digest() {
			t.Error("the digest is another")
		}
		want, _ := Evaluate(a, october())
		got, err := Evaluate(a, in)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(summary(want), summary(got)); diff != "" {
			t.Error(diff)
		}
	}
}

func TestParseInputsRefuses(t *testing.T) {
	for _, replace := range [][2]string{
		{`"cut":4`, `"cut":4.0`}, {`"cut":4`, `"cut":-1`}, {`"cut":4`, `"cut":9007199254740992`},
		{`"cut":4`, `"cut":"4"`}, {`"cut":4`, `"cut":4,"more":1`}, {`"EUR"`, `"EUX"`},
		{`"0.00"`, `"0.001"`}, {`"42"`, `42`}, {`"42"`, `"4e2"`}, {`"42"`, `"NaN"`}, {`[1,"10","42"]`, `["1","42"]`},
		{`[1,"10","42"]`, `{"1":"42"}`}, {`"42"`, `"` + strings.Repeat("1", 81) + `"`},
		{`[1,"120.00"]`, `[1,"120.00","1.00"]`}, {`[1,"0.25"]`, `[1]`}, {`[1,"0.25"]`, `[1,"0.0000000000001"]`},
		{`"2026-10-31"}`, `"2026-10-31"}{}`}, {`"2026-10-31"`, `"31.10.2026"`}, {`{"agreement"`, `["agreement"`},
		{`"1500.00"`, `"1,5"`}, {`"42"`, `"--42"`}, {`"42"`, `"4.2.0"`},
	} {
		text := strings.Replace(canonicalOctober, replace[0], replace[1], 1)
		_, err := ParseInputs([]byte(text))
		var refused *ledger.Error
		if !errors.As(err, &refused) || refused.Code != "malformed_inputs" || text == canonicalOctober {
			t.Errorf("%s for %s: %v", replace[1], replace[0], err)
		}
	}
}

// Strings are escaped as RFC 8785 says and in no other way.
func TestCanonicalStrings(t *testing.T) {
	in := Inputs{Agreement: "\"\\/<é\u2028\b\t\n\f\r\x00\x1f\x7f\xff", Currency: "EUR"}
	want := `{"agreement":"\"\\/<é` + "\u2028" + `\b\t\n\f\r\u0000\u001f` + "\x7f\uFFFD" + `","carried":"0.00",`
	if got := string(in.Canonical()); !strings.HasPrefix(got, want) {
		t.Errorf("got %q", got)
	}
	in.Agreement = "\"\\/<é\u2028\b\t\n\f\r\x00\x1f\x7f"
	in.Carried = euro("0.00")
	back, err := ParseInputs(in.Canonical())
	if err != nil || back.Agreement != in.Agreement {
		t.Errorf("read back as %q, %v", back.Agreement, err)
	}
}

func TestCanonicalIsCompact(t *testing.T) {
	_, in := tenThousand(t)
	if size := len(in.Canonical()); size > 2_000_000 {
		t.Errorf("10,000 members in five rules take %d bytes", size)
	}
}

// What 10,000 members and five rules leave behind stays below 2 MB.
func TestInputsAreCompact(t *testing.T) {
	_, in := tenThousand(t)
	if size := len(in.Canonical()); size > 2_000_000 {
		t.Errorf("the inputs take %d bytes", size)
	}
}
