package report

import (
	"fmt"
	"io"
	"strconv"

	"phyle/ledger"
)

// ClaimsText writes what is promised and not paid yet, how old the promises are and
// what cash there is for them, with the check below it.
func ClaimsText(out io.Writer, r ledger.ClaimsReport) error {
	if err := heading(out, r.Commons, "claims", r.Date); err != nil {
		return err
	}
	if len(r.Lines) == 0 {
		if _, err := fmt.Fprintln(out, "Nothing is promised that is not paid."); err != nil {
			return err
		}
	} else if err := claimTable(out, r); err != nil {
		return err
	}
	if err := cover(out, r); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, "Check: %s − %s = %s; outstanding = memorandum %s %s\n",
		figure(r.Total.Promised), figure(r.Total.Paid), figure(r.Total.Outstanding), figure(r.Books),
		mark(r.Agrees()))
	return err
}

func claimTable(out io.Writer, r ledger.ClaimsReport) error {
	lines := [][]string{{"kind", "member", "oldest", "promised", "paid", "outstanding", "days"}}
	for _, l := range append(r.Lines[:len(r.Lines):len(r.Lines)], r.Total) {
		lines = append(lines, []string{l.Kind, l.Member, l.Oldest.String(), figure(l.Promised),
			figure(l.Paid), figure(l.Outstanding), days(l)})
	}
	return table(out, 3, lines)
}

// cover writes what the cash comes to beside the promises.
func cover(out io.Writer, r ledger.ClaimsReport) error {
	percent, found := r.Cover()
	if !found {
		_, err := fmt.Fprintf(out, "\nCover: cash %s and nothing promised; %s is owed now.\n",
			figure(r.Cash), figure(r.Owed))
		return err
	}
	left := "leaves " + figure(r.Left())
	if r.Left().Sign() < 0 {
		left = "lacks " + figure(r.Left().Negated())
	}
	_, err := fmt.Fprintf(out,
		"\nCover: cash %s is %s %% of what is promised; after %s owed now it %s.\n",
		figure(r.Cash), percent, figure(r.Owed), left)
	return err
}

// days returns the age of the oldest promise that is not paid.
func days(l ledger.ClaimLine) string {
	if l.Oldest.IsZero() {
		return ""
	}
	return strconv.Itoa(l.Days)
}

// claimLineJSON is a line of a claim report as the API shows it.
type claimLineJSON struct {
	Kind        string `json:"kind"`
	Member      string `json:"member,omitempty"`
	Name        string `json:"name,omitempty"`
	Promised    money  `json:"promised"`
	Paid        money  `json:"paid"`
	Outstanding money  `json:"outstanding"`
	Oldest      string `json:"oldest,omitempty"`
	Days        *int   `json:"days,omitempty"`
}

// ClaimsJSON is a claim report as the API shows it.
type ClaimsJSON struct {
	Commons string          `json:"commons"`
	Date    string          `json:"date,omitempty"`
	Lines   []claimLineJSON `json:"lines"`
	Total   claimLineJSON   `json:"total"`
	Cover   claimsCover     `json:"cover"`
	Check   claimsCheck     `json:"check"`
}

// claimsCover is the cash beside the promises. Percent is rounded down, and is left
// out where nothing is promised.
type claimsCover struct {
	Cash    money  `json:"cash"`
	Owed    money  `json:"owed"`
	Left    money  `json:"left"`
	Percent string `json:"percent,omitempty"`
}

type claimsCheck struct {
	OK    bool  `json:"ok"`
	Books money `json:"memorandum"`
}

// Claims returns a claim report as the API shows it.
func Claims(r ledger.ClaimsReport) ClaimsJSON {
	j := ClaimsJSON{
		Commons: r.Commons.Slug, Date: r.Date.String(), Lines: []claimLineJSON{},
		Total: claimLine(r.Total),
		Cover: claimsCover{Cash: moneyOf(r.Cash), Owed: moneyOf(r.Owed), Left: moneyOf(r.Left())},
		Check: claimsCheck{OK: r.Agrees(), Books: moneyOf(r.Books)},
	}
	if percent, found := r.Cover(); found {
		j.Cover.Percent = percent.String()
	}
	for _, l := range r.Lines {
		j.Lines = append(j.Lines, claimLine(l))
	}
	return j
}

func claimLine(l ledger.ClaimLine) claimLineJSON {
	j := claimLineJSON{Kind: l.Kind, Member: l.Member, Name: l.Name, Promised: moneyOf(l.Promised),
		Paid: moneyOf(l.Paid), Outstanding: moneyOf(l.Outstanding), Oldest: l.Oldest.String()}
	if !l.Oldest.IsZero() {
		j.Days = &l.Days
	}
	return j
}

// ClaimsTo writes a claim report as JSON.
func ClaimsTo(out io.Writer, r ledger.ClaimsReport) error { return writeJSON(out, Claims(r)) }
