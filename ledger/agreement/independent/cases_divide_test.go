package independent_test

var shareCases = []handCase{
	{name: "fixed shares", text: `
rules:
  - {id: split, name: Split, take: rest,
     give: {members: {by: {shares: {ana: "3", upstream: "1"}}}}}
examples:
  - {name: both, income: "100.00", members: [ana, upstream, bo],
     expect: {payable: {ana: "75.00", upstream: "25.00"}}}
  - {name: one not meant, income: "100.00", members: [ana, {handle: upstream, stage: guest}],
     expect: {payable: {ana: "75.00"}, left: "25.00"}}
`},
	// 1.5 cents each. The odd cent goes to Ana, who joined first. Then her balance is half a
	// cent against her and Bo's is as it was, so that it falls to Bo and stays left. Then
	// both are at nothing again.
	{name: "the part of one who is not meant", text: `
rules:
  - {id: split, name: Split, take: rest, give: {members: {by: {shares: {bo: "1", ana: "1"}}}}}
examples:
  - {name: first, income: "0.03", members: [ana, {handle: bo, stage: guest}],
     expect: {payable: {ana: "0.02"}, left: "0.01"}}
  - {name: second, then: true, income: "0.02", members: [ana, {handle: bo, stage: guest}],
     expect: {payable: {ana: "0.01"}, left: "0.02"}}
  - {name: third, then: true, income: "0.01", members: [ana, {handle: bo, stage: guest}],
     expect: {payable: {ana: "0.02"}, left: "0.01"}}
`},
	// Ana has had 100. With 50 more the target is 75 each, and all 50 go to Bo; with then 100
	// more it is 125 each, and 25 and 75 are short.
	{name: "catching up", text: `
rules:
  - {id: fair, name: Fair, take: rest, give: {members: {by: {catch_up: {factors: {work: "1"}}}}}}
examples:
  - name: first
    income: "50.00"
    members: [ana, bo]
    contributions:
      - {member: ana, kind: work, quantity: "7"}
      - {member: bo, kind: work, quantity: "7"}
    received: {fair: {ana: "100.00"}}
    expect: {payable: {bo: "50.00"}}
  - {name: second, then: true, income: "100.00", members: [ana, bo],
     expect: {payable: {ana: "25.00", bo: "75.00"}}}
`},
	// Of 80 the targets are 20, 20 and 40; Ana has had more, and 30 go to 20 and 40.
	{name: "one far ahead of catching up", text: `
rules:
  - {id: fair, name: Fair, take: rest, give: {members: {by: {catch_up: {factors: {work: "1"}}}}}}
examples:
  - name: only
    income: "30.00"
    members: [ana, bo, cy]
    contributions:
      - {member: ana, kind: work, quantity: "1"}
      - {member: bo, kind: work, quantity: "1"}
      - {member: cy, kind: work, quantity: "2"}
    received: {fair: {ana: "50.00"}}
    expect: {payable: {bo: "10.00", cy: "20.00"}}
`},
	// Cy is not in among: neither what she had nor what she did counts.
	{name: "catching up among some", text: `
rules:
  - {id: fair, name: Fair, take: rest, give: {members: {by: {catch_up: {factors: {work: "1"}}}}}}
examples:
  - name: only
    income: "20.00"
    members: [ana, bo, {handle: cy, stage: guest}]
    contributions:
      - {member: ana, kind: work, quantity: "1"}
      - {member: bo, kind: work, quantity: "1"}
      - {member: cy, kind: work, quantity: "5"}
    received: {fair: {ana: "30.00", bo: "10.00", cy: "1000.00"}}
    expect: {payable: {bo: "20.00"}}
`},
	// 10 each at first. Then of 40 the targets are 10 and 30: all 20 go to Bo. Had only what
	// was not kept counted as received, Ana would get some.
	{name: "received is before keep", text: `
rules:
  - {id: fair, name: Fair, take: rest, give: {members: {by: {catch_up: {factors: {work: "1"}}},
       keep: {percent: "50"}}}}
examples:
  - name: first
    income: "20.00"
    members: [ana, bo]
    contributions:
      - {member: ana, kind: work, quantity: "1"}
      - {member: bo, kind: work, quantity: "1"}
    expect: {payable: {ana: "5.00", bo: "5.00"}, capital: {ana: "5.00", bo: "5.00"}}
  - name: second
    then: true
    income: "20.00"
    members: [ana, bo]
    contributions: [{member: bo, kind: work, quantity: "2"}]
    expect: {payable: {bo: "10.00"}, capital: {bo: "10.00"}}
`},
	{name: "takes met, and shrunk", text: `
rules:
  - {id: team, name: Team, take: rest, give: {members: {by: takes}}}
examples:
  - {name: met, income: "100.00", members: [ana, bo, {handle: cy, stage: guest}, dee],
     takes: {team: {ana: "20.00", bo: "30.00", cy: "10.00"}},
     expect: {payable: {ana: "20.00", bo: "30.00"}, left: "50.00"}}
  - {name: shrunk, income: "25.00", members: [ana, bo],
     takes: {team: {ana: "20.00", bo: "30.00"}},
     expect: {payable: {ana: "10.00", bo: "15.00"}}}
  - {name: none, income: "25.00", members: [ana, bo], expect: {left: "25.00"}}
`},
	// Bo's 5 are below 6, and so are 3 of 15; alone, Ana gets what she takes if it is there.
	{name: "takes and least", text: `
rules:
  - {id: team, name: Team, take: rest, give: {members: {by: takes, limits: {least: "6.00"}}}}
examples:
  - {name: met, income: "100.00", members: [ana, bo],
     takes: {team: {ana: "20.00", bo: "5.00"}},
     expect: {payable: {ana: "20.00"}, left: "80.00"}}
  - {name: shrunk, income: "15.00", members: [ana, bo],
     takes: {team: {ana: "20.00", bo: "5.00"}}, expect: {payable: {ana: "15.00"}}}
`},
}

// limited is a document that divides by shares within limits.
func limited(limits, shares, examples string) string {
	return `
rules:
  - {id: split, name: Split, take: rest,
     give: {members: {by: {shares: {` + shares + `}}, limits: {` + limits + `}}}}
examples:` + examples
}

var limitCases = []handCase{
	// 16 over 10, 5 and 1: Cy's 1 is below 5; then 10.666… and 5.333….
	{name: "least leaves out the smallest", text: limited(
		`least: "5.00"`, `ana: "10", bo: "5", cy: "1"`, `
  - {name: only, income: "16.00", members: [ana, bo, cy],
     expect: {payable: {ana: "10.67", bo: "5.33"}}}
`)},
	// 3.333… each is too little; 5 each is enough for two.
	{name: "least leaves out the later of equals", text: limited(
		`least: "4.00"`, `ana: "1", bo: "1", cy: "1"`, `
  - {name: only, income: "10.00", members: [cy, bo, ana],
     expect: {payable: {cy: "5.00", bo: "5.00"}}}
`)},
	{name: "a share that is the least stays", text: limited(
		`least: "5.00"`, `ana: "1", bo: "1"`, `
  - {name: enough, income: "10.00", members: [ana, bo],
     expect: {payable: {ana: "5.00", bo: "5.00"}}}
  - {name: for one, income: "9.99", members: [ana, bo], expect: {payable: {ana: "9.99"}}}
  - {name: for nobody, income: "4.99", members: [ana, bo], expect: {left: "4.99"}}
`)},
	{name: "a floor", text: limited(
		`floor: "20.00"`, `ana: "8", bo: "1", cy: "1"`, `
  - {name: lifted, income: "100.00", members: [ana, bo, cy],
     expect: {payable: {ana: "60.00", bo: "20.00", cy: "20.00"}}}
  - {name: just reached, income: "60.00", members: [ana, bo, cy],
     expect: {payable: {ana: "20.00", bo: "20.00", cy: "20.00"}}}
  - {name: out of reach, income: "50.00", members: [ana, bo, cy],
     expect: {payable: {ana: "16.67", bo: "16.67", cy: "16.66"}}}
`)},
	// What falls to Bo is reckoned with his floor and stays left.
	{name: "a floor for one who is not meant", text: limited(
		`floor: "20.00"`, `ana: "8", bo: "1", cy: "1"`, `
  - {name: only, income: "100.00", members: [ana, {handle: bo, stage: guest}, cy],
     expect: {payable: {ana: "60.00", cy: "20.00"}, left: "20.00"}}
`)},
	{name: "a most", text: limited(
		`most: "50.00"`, `ana: "8", bo: "1", cy: "1"`, `
  - {name: held, income: "100.00", members: [ana, bo, cy],
     expect: {payable: {ana: "50.00", bo: "25.00", cy: "25.00"}}}
  - {name: all held, income: "150.01", members: [ana, bo, cy],
     expect: {payable: {ana: "50.00", bo: "50.00", cy: "50.00"}, left: "0.01"}}
`)},
	// Ana is held at 50; of the other 50 a quarter would be 12.50, below Cy's floor.
	{name: "a floor and a most", text: limited(
		`floor: "15.00", most: "50.00"`, `ana: "6", bo: "3", cy: "1"`, `
  - {name: only, income: "100.00", members: [ana, bo, cy],
     expect: {payable: {ana: "50.00", bo: "35.00", cy: "15.00"}}}
`)},
	{name: "a floor that is the most", text: limited(
		`floor: "15.00", most: "15.00"`, `ana: "6", bo: "3", cy: "1"`, `
  - {name: more, income: "100.00", members: [ana, bo, cy],
     expect: {payable: {ana: "15.00", bo: "15.00", cy: "15.00"}, left: "55.00"}}
  - {name: less, income: "0.04", members: [ana, bo, cy],
     expect: {payable: {ana: "0.02", bo: "0.01", cy: "0.01"}}}
`)},
	// Bo's 10 are below 15, although the floor would have lifted them.
	{name: "least comes before floor", text: limited(
		`least: "15.00", floor: "15.00"`, `ana: "10", bo: "1"`, `
  - {name: only, income: "110.00", members: [ana, bo], expect: {payable: {ana: "110.00"}}}
`)},
	// 33.333… is within 33.34 before rounding, and rounded up it is 33.34 for one.
	{name: "rounding comes last", text: limited(
		`most: "33.34"`, `ana: "1", bo: "1", cy: "1"`, `
  - {name: only, income: "100.00", members: [ana, bo, cy],
     expect: {payable: {ana: "33.34", bo: "33.33", cy: "33.33"}}}
`)},
	// Cy has no weight: no floor lifts her. Ana and Bo: λ is 40, Bo at his floor of 50.
	{name: "no floor without weight", text: `
rules:
  - {id: work, name: Work, take: rest, give: {members: {by: {contributions:
       {factors: {work: "1"}}}, limits: {floor: "50.00"}}}}
examples:
  - name: only
    income: "250.00"
    members: [ana, bo, cy]
    contributions:
      - {member: ana, kind: work, quantity: "5"}
      - {member: bo, kind: work, quantity: "1"}
      - {member: cy, kind: care, quantity: "9"}
    expect: {payable: {ana: "200.00", bo: "50.00"}}
`},
	// Bo and Cy are 10 and 30 short of 40 each, Ana of nothing: 30 over 10 and 30 would be 7.50
	// and 22.50, and the most is 20.
	{name: "limits when catching up", text: `
rules:
  - {id: fair, name: Fair, take: rest, give: {members: {by: {catch_up: {factors: {work: "1"}}},
       limits: {floor: "1.00", most: "20.00"}}}}
examples:
  - name: only
    income: "30.00"
    members: [ana, bo, cy]
    contributions:
      - {member: ana, kind: work, quantity: "1"}
      - {member: bo, kind: work, quantity: "1"}
      - {member: cy, kind: work, quantity: "1"}
    received: {fair: {ana: "50.00", bo: "30.00", cy: "10.00"}}
    expect: {payable: {bo: "10.00", cy: "20.00"}}
`},
	// The balances decide among clamped shares too: 1.5 cents each under the most of 2.
	{name: "equal within limits", text: `
rules:
  - {id: all, name: All, take: {amount: "0.03"}, give: {members: {by: equal,
       limits: {floor: "0.01", most: "0.02"}}}}
examples:
  - {name: first, income: "0.06", members: [ana, bo],
     expect: {payable: {ana: "0.02", bo: "0.01"}, left: "0.03"}}
  - {name: second, then: true, income: "0.00", members: [ana, bo],
     expect: {payable: {ana: "0.01", bo: "0.02"}}}
`},
}
