package generate

import (
	"maps"
	"slices"
	"strings"
	"unicode"
)

// fileOfTag says in which file the operations of a tag are, where that is not the
// tag in the singular.
var fileOfTag = map[string]string{
	"advances": "spending", "capital": "spending", "gifts": "spending", "openings": "spending",
	"payments": "spending", "refunds": "spending", "transfers": "spending",
	"commons": "commons", "entries": "entry", "agreement.schema.json": "agreement_sentence",
}

// fileOfOperation says the same of single operations that are a noun of their own.
var fileOfOperation = map[string]string{
	"explainDistribution": "explanation", "getAgreementSentences": "agreement_sentence",
	"rehearseAgreement": "rehearsal", "rehearseDocument": "rehearsal",
}

// typeOfSchema names the types that are written by hand.
var typeOfSchema = map[string]string{
	"Money": "Money", "MoneyBody": "Money", "ReportMoney": "Money",
	"Problem": "Problem", "FieldError": "FieldError",
}

// typeOfName says what strings of a name are, in every schema.
var typeOfName = map[string]string{
	"quantity": "Number", "rate": "Number", "weight": "Number", "total_weight": "Number",
	"from": "Date", "to": "Date", "date": "Date", "through": "Date",
}

// typeOfProperty says what the document does not: which ids stand where, and what
// has the name of a number or a day and is none.
var typeOfProperty = map[string]string{
	"AcceptBody.ids":           "[]ContributionID",
	"AgreementSentences.since": "AgreementID",
	"Audit.last_subject":       "SubjectID",
	"Audit.request_id":         "RequestID",
	"Audit.subject":            "SubjectID",
	"Audit.token_id":           "TokenID",
	"Contribution.group":       "GroupID",
	"Contribution.reverses":    "ContributionID",
	"Contribution.reversed_by": "ContributionID",
	"Distribution.agreement":   "AgreementID",
	"Distribution.entry":       "EntryID",
	"DistributionBody.incomes": "[]IncomeID",
	"Divided.id":               "IncomeID",
	"Entry.reverses":           "EntryID",
	"Entry.reversed_by":        "EntryID",
	"Event.subject":            "SubjectID",
	"GiftBody.to":              "string",
	"Income.distribution":      "DistributionID",
	"Income.entry":             "EntryID",
	"Line.entry":               "EntryID",
	"NewToken.id":              "TokenID",
	"Preview.same_period":      "DistributionID",
	"ReportClaimLine.days":     "*int64", // 0 is not none
	"Uncounted.id":             "ContributionID",
	"Waiting.id":               "ContributionID",

	"GetAgreementSentencesQuery.since": "AgreementID",
	"ReportRehearsal.after":            "Date",
	"ReportRehearsal.agreement":        "AgreementID",
	"ReportRehearsedIncome.income":     "IncomeID",
	"ReportRehearsedRun.agreement":     "AgreementID",
	"ReportRehearsedRun.distribution":  "DistributionID",
}

// initials are the parts of names that Go writes in capitals.
var initials = map[string]string{"id": "ID", "ids": "IDs", "ok": "OK", "url": "URL"}

// exported returns the Go name of a field: external_ref as ExternalRef.
func exported(name string) string {
	var out strings.Builder
	for part := range strings.SplitSeq(strings.ReplaceAll(name, "-", "_"), "_") {
		if whole, ok := initials[part]; ok {
			out.WriteString(whole)
			continue
		}
		out.WriteString(upperFirst(part))
	}
	return out.String()
}

func upperFirst(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
func lowerFirst(s string) string { return strings.ToLower(s[:1]) + s[1:] }

// unexported returns the Go name of an argument.
func unexported(name string) string {
	if whole, ok := initials[name]; ok {
		return strings.ToLower(whole)
	}
	return lowerFirst(exported(name))
}

// inWords returns a Go name in words: ContributionKind as contribution kind.
func inWords(name string) string {
	var out strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) && i > 0 {
			out.WriteByte(' ')
		}
		out.WriteRune(unicode.ToLower(r))
	}
	return out.String()
}

func article(words string) string {
	if strings.ContainsRune("aeiou", rune(words[0])) {
		return "an " + words
	}
	return "a " + words
}

// use says what a schema is for: which operation sends or answers it, or what it
// is part of.
func (g *generator) use(name string) string {
	var sent, answered, parts []string
	for _, o := range g.document.operations() {
		if o.RequestBody != nil && refersTo(o.RequestBody.Content["application/json"].Schema, name) {
			sent = append(sent, upperFirst(o.ID))
		}
		if refersTo(o.answer(), name) || refersTo(o.answer(), "Page"+name) {
			answered = append(answered, upperFirst(o.ID))
		}
	}
	for _, other := range slices.Sorted(maps.Keys(g.document.Components.Schemas)) {
		for _, property := range g.document.Components.Schemas[other].Properties {
			if !strings.HasPrefix(other, "Page") && refersTo(property, name) {
				parts = append(parts, goNameOf(other))
			}
		}
	}
	switch {
	case len(sent) > 0:
		return "is what " + sent[0] + " sends" + andOthers(sent)
	case len(answered) > 0:
		return "is what " + answered[0] + " answers" + andOthers(answered)
	}
	return "is part of " + parts[0] + andOthers(slices.Compact(parts))
}

// andOthers ends a sentence about the first of the names.
func andOthers(names []string) string {
	if len(names) > 1 {
		return ", among others."
	}
	return "."
}

// goNameOf returns the name of a schema's type: ContributionBody, which is sent, is a
// ContributionRequest.
func goNameOf(schema string) string {
	if sent, ok := strings.CutSuffix(schema, "Body"); ok {
		return sent + "Request"
	}
	return schema
}

func refersTo(s *schema, name string) bool {
	return s != nil && (s.Ref == "#/components/schemas/"+name || refersTo(s.Items, name))
}
