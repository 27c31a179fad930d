package postgres

import (
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"phyle/ledger"
)

// factsOf returns what the audit trail says of what an act changed or made, if that is
// a single thing: ids, figures, dates, codes and states. Names of persons, notes, memos,
// payers and links are left out, and so is whatever is not listed here.
func factsOf(thing any) ledger.Facts {
	var f ledger.Facts
	switch thing := thing.(type) {
	case ledger.Commons:
		f = ledger.Facts{"name": thing.Name, "time_zone": thing.TimeZone,
			"advance_limit": thing.AdvanceLimit.String(),
			"contributions": string(thing.Visibility.Contributions),
			"books":         string(thing.Visibility.Books)}
	case []ledger.Member:
		f = single(thing, memberFacts)
	case []ledger.ContributionKind:
		f = single(thing, func(k ledger.ContributionKind) ledger.Facts {
			return ledger.Facts{"code": k.Code, "becomes": string(k.Becomes),
				"reviews": strconv.Itoa(k.Reviews)}
		})
	case []ledger.Area:
		f = single(thing, func(a ledger.Area) ledger.Facts { return ledger.Facts{"code": a.Code} })
	case []ledger.Fund:
		f = single(thing, func(f ledger.Fund) ledger.Facts {
			return ledger.Facts{"code": f.Code, "target": figure(f.Target)}
		})
	case []Rate:
		f = single(thing, func(r Rate) ledger.Facts {
			return ledger.Facts{"kind": r.KindCode, "area": r.AreaCode, "stage": string(r.Stage),
				"member_id": r.Member.String(), "from": r.From.String(), "rate": r.Rate.Rate.String()}
		})
	case Period:
		f = ledger.Facts{"from": thing.From.String(), "through": thing.Through.String()}
	default:
		f = factsOfWork(thing)
	}
	for name, fact := range f {
		if fact == "" {
			delete(f, name)
		}
	}
	return f
}

// factsOfWork is factsOf for contributions, agreements and money.
func factsOfWork(thing any) ledger.Facts {
	switch thing := thing.(type) {
	case []ledger.Contribution:
		return single(thing, func(c ledger.Contribution) ledger.Facts {
			return ledger.Facts{"kind": c.Kind, "area": c.Area, "quantity": c.Quantity.String(),
				"date": c.Date.String(), "reverses": c.Reverses.String(), "state": string(c.State)}
		})
	case []accepting:
		return single(thing, func(c accepting) ledger.Facts {
			return ledger.Facts{"kind": c.kind.Code, "quantity": c.Quantity.String(),
				"date": c.Date.String(), "state": string(c.state)}
		})
	case ledger.Import:
		return importFacts(thing)
	case Agreement:
		return ledger.Facts{"status": string(thing.Status), "area": thing.Area,
			"from": thing.From.String()}
	case ledger.Vote:
		return ledger.Facts{"choice": string(thing.Choice)}
	case []ledger.Income:
		return single(thing, incomeFacts)
	case []Distribution:
		return single(thing, distributionFacts)
	case Distribution:
		return distributionFacts(thing)
	case []ledger.Entry:
		return single(thing, entryFacts)
	case []ledger.Take:
		return single(thing, func(t ledger.Take) ledger.Facts {
			return ledger.Facts{"area": t.Area, "rule": t.Rule, "amount": t.Amount.String()}
		})
	case []ledger.Received:
		return single(thing, func(r ledger.Received) ledger.Facts {
			return ledger.Facts{"area": r.Area, "rule": r.Rule, "amount": r.Amount.String()}
		})
	}
	return nil
}

// single returns the facts of the only thing, and none where there are several.
func single[T any](things []T, facts func(T) ledger.Facts) ledger.Facts {
	if len(things) != 1 {
		return nil
	}
	return facts(things[0])
}

// figure writes a number down, "" for zero.
func figure(d decimal.Decimal) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

func memberFacts(m ledger.Member) ledger.Facts {
	var until []string
	for _, t := range m.Terms {
		if !t.Until.IsZero() {
			until = append(until, string(t.Role)+" "+t.Until.String())
		}
	}
	var suspended string
	if !m.SuspendedAt.IsZero() {
		suspended = m.SuspendedAt.Format(time.RFC3339Nano)
	}
	return ledger.Facts{
		"suspended_at": suspended, "joined_on": m.JoinedOn.String(), "stage": string(m.Stage),
		"roles": strings.Join(texts(m.Roles), " "), "until": strings.Join(until, " "),
	}
}

func importFacts(i ledger.Import) ledger.Facts {
	f := ledger.Facts{"rows": strconv.Itoa(i.Rows), "digest": i.Digest}
	if i.Undo != nil {
		f["withdrawn"], f["reversed"] = strconv.Itoa(i.Undo.Withdrawn), strconv.Itoa(i.Undo.Reversed)
	}
	return f
}

func incomeFacts(i ledger.Income) ledger.Facts {
	return ledger.Facts{
		"gross": i.Gross.String(), "net": i.Net.String(), "date": i.Date.String(), "source": i.Source,
		"area": i.Area, "entry_id": i.Entry.String(), "reversed": strconv.FormatBool(i.Reversed),
	}
}

func distributionFacts(d Distribution) ledger.Facts {
	return ledger.Facts{
		"state": string(d.State), "digest": d.Digest, "date": d.Date.String(),
		"through": d.Through.String(), "given": d.Given.String(), "carried": d.CarriedOut.String(),
		"agreement_id": d.Agreement.String(), "entry_id": d.Entry.String(),
	}
}

// entryFacts tells of an entry how much it moved; from where to where it says itself.
func entryFacts(e ledger.Entry) ledger.Facts {
	f := ledger.Facts{"kind": string(e.Kind), "date": e.Date.String(), "reverses": e.Reverses.String()}
	var moved ledger.Money
	for _, p := range e.Postings {
		switch {
		case p.Amount.Sign() < 0:
		case moved.Currency == "":
			moved = p.Amount
		default:
			moved = moved.Plus(p.Amount)
		}
	}
	if moved.Currency != "" {
		f["amount"] = moved.String()
	}
	return f
}
