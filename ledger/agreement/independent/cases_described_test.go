package independent_test

// describedCases are the examples that the description of agreements itself works out.
var describedCases = []handCase{
	{name: "October", text: `
name: Riverside, version 3
rules:
  - id: materials
    name: Pay back materials
    take: rest
    give: {claims: {kinds: [materials]}}
  - id: aside
    name: Set aside
    take: rest
    give:
      rules:
        - {id: reserve, name: Reserve, take: {percent: "10", of: whole},
           give: {fund: reserve, until: "10000.00"}}
        - {id: care-fund, name: Care fund, take: {percent: "5", of: whole}, give: {fund: care}}
  - id: work
    name: By work and care
    take: rest
    give:
      members:
        by: {contributions: {factors: {work: "1", care: "1.2"}, count: new}}
leftover: {fund: reserve}
rounding: remembered
examples:
  - name: October
    income: "4200.00"
    through: 2026-10-31
    members: [ana, bo, {handle: cy, stage: newcomer}]
    contributions:
      - {member: ana, kind: work, quantity: "42"}
      - {member: ana, kind: care, quantity: "10"}
      - {member: bo, kind: work, quantity: "60"}
      - {member: cy, kind: work, quantity: "40.8"}
    claims: {materials: {ana: "120.00", bo: "180.00"}}
    funds: {reserve: "0.00"}
    expect:
      payable: {ana: "1276.40", bo: "1464.88", cy: "873.72"}
      capital: {}
      funds: {reserve: "390.00", care: "195.00"}
      claims: {materials: {}}
      left: "0.00"
`},
	// 85/7 is 12 and 1/7: the odd cent goes to a, who is then 6/7 ahead; the next to b. Of
	// 89/7 = 12 and 5/7 five cents are over, for the five who had none.
	{name: "seven members and the rotating cent", text: `
rules:
  - {id: all, name: All, take: rest, give: {members: {by: equal}}}
examples:
  - name: first
    income: "0.85"
    members: [a, b, c, d, e, f, g]
    expect:
      payable: {a: "0.13", b: "0.12", c: "0.12", d: "0.12", e: "0.12", f: "0.12", g: "0.12"}
  - name: second
    then: true
    income: "0.85"
    members: [a, b, c, d, e, f, g]
    expect:
      payable: {a: "0.12", b: "0.13", c: "0.12", d: "0.12", e: "0.12", f: "0.12", g: "0.12"}
  - name: third
    then: true
    income: "0.89"
    members: [a, b, c, d, e, f, g]
    expect:
      payable: {a: "0.12", b: "0.12", c: "0.13", d: "0.13", e: "0.13", f: "0.13", g: "0.13"}
`},
	{name: "the cent that does not rotate", text: `
rounding: largest_remainder
rules:
  - {id: all, name: All, take: rest, give: {members: {by: equal}}}
examples:
  - name: first
    income: "0.85"
    members: [a, b, c, d, e, f, g]
    expect:
      payable: {a: "0.13", b: "0.12", c: "0.12", d: "0.12", e: "0.12", f: "0.12", g: "0.12"}
  - name: second
    then: true
    income: "0.85"
    members: [a, b, c, d, e, f, g]
    expect:
      payable: {a: "0.13", b: "0.12", c: "0.12", d: "0.12", e: "0.12", f: "0.12", g: "0.12"}
`},
	// 50 cents over two, with a quarter of a cent against a and a tenth in favour of b: the
	// shares are whole, so nobody has a fraction and the balances decide nothing. Then of
	// 51 cents the odd one goes to b.
	{name: "rounding balances given", text: `
rules:
  - {id: all, name: All, take: rest, give: {members: {by: equal}}}
examples:
  - name: even
    income: "0.50"
    members: [a, b]
    rounding: {a: "-0.25", b: "0.1"}
    expect: {payable: {a: "0.25", b: "0.25"}}
  - name: odd
    then: true
    income: "0.51"
    members: [a, b]
    expect: {payable: {a: "0.25", b: "0.26"}}
`},
	// After the first rule C and D have a third of a cent in their favour, of which twelve
	// decimals are kept: just what A has. So the next cent goes to A, who joined first.
	{name: "balances keep 12 decimals", text: `
rules:
  - {id: one, name: One, take: {amount: "0.01"},
     give: {members: {by: {shares: {b: "1", c: "1", d: "1"}}}}}
  - {id: two, name: Two, take: {amount: "0.01"},
     give: {members: {by: {shares: {a: "1", c: "1"}}}}}
examples:
  - {name: only, income: "0.02", members: [a, b, c, d], rounding: {a: "0.333333333333"},
     expect: {payable: {a: "0.01", b: "0.01"}}}
`},
	// Of one cent B's exact share is 0.0000000000005 of a cent, which rounds to nothing, half
	// to even; of three cents 0.0000000000015, which rounds to 0.000000000002.
	{name: "balances round half to even", text: `
rules:
  - {id: one, name: One, take: {percent: "50", of: whole},
     give: {members: {by: {contributions: {factors: {work: "1"}, count: all}}}}}
  - {id: two, name: Two, take: {amount: "0.01"},
     give: {members: {by: {shares: {a: "1", b: "1"}}}}}
examples:
  - name: down
    income: "0.02"
    members: [a, b, c]
    contributions:
      - {member: b, kind: work, quantity: "0.000005"}
      - {member: c, kind: work, quantity: "9999999.999995"}
    expect: {payable: {a: "0.01", c: "0.01"}}
  - name: up
    income: "0.06"
    members: [a, b, c]
    rounding: {a: "0.000000000001"}
    contributions:
      - {member: b, kind: work, quantity: "0.000005"}
      - {member: c, kind: work, quantity: "9999999.999995"}
    expect: {payable: {b: "0.01", c: "0.03"}, left: "0.02"}
`},
}

// takingCases are about how much a rule takes, funds, groups, leftovers and currencies.
var takingCases = []handCase{
	// A tenth of 25 cents is 2.5 and goes to 2; a tenth of 35 cents is 3.5 and goes to 4.
	{name: "a percentage rounds half to even", text: `
rules:
  - {id: tenth, name: Tenth, take: {percent: "10", of: whole}, give: {fund: reserve}}
examples:
  - {name: down, income: "0.25", members: [ana],
     expect: {funds: {reserve: "0.02"}, left: "0.23"}}
  - {name: up, income: "0.35", members: [ana],
     expect: {funds: {reserve: "0.04"}, left: "0.31"}}
`},
	// 20 of the whole, then half of the 80 left, then half of the whole but only 40 are left.
	{name: "of left, of whole, never more than is left", text: `
rules:
  - {id: one, name: One, take: {percent: "20", of: whole}, give: {fund: one}}
  - {id: two, name: Two, take: {percent: "50", of: left}, give: {fund: two}}
  - {id: three, name: Three, take: {percent: "50", of: whole}, give: {fund: three}}
  - {id: four, name: Four, take: {amount: "5.00"}, give: {fund: four}}
examples:
  - {name: only, income: "100.00", members: [ana],
     expect: {funds: {one: "20.00", two: "40.00", three: "40.00"}}}
`},
	{name: "an amount", text: `
rules:
  - {id: rent, name: Rent, take: {amount: "30.00"}, give: {fund: rent}}
examples:
  - {name: enough, income: "100.00", members: [ana],
     expect: {funds: {rent: "30.00"}, left: "70.00"}}
  - {name: short, income: "12.34", members: [ana], expect: {funds: {rent: "12.34"}}}
  - {name: nothing, income: "0", members: [ana], expect: {}}
`},
	// 5 before and 30 from the rule before: 15 are missing to 50; the next run has reached it.
	{name: "a fund until its target", text: `
rules:
  - {id: first, name: First, take: {amount: "30.00"}, give: {fund: reserve}}
  - {id: fill, name: Fill, take: rest, give: {fund: reserve, until: "50.00"}}
  - {id: care, name: Care, take: {percent: "10", of: left}, give: {fund: care}}
examples:
  - {name: filling, income: "100.00", members: [ana], funds: {reserve: "5.00"},
     expect: {funds: {reserve: "45.00", care: "5.50"}, left: "49.50"}}
  - {name: full, then: true, income: "0", members: [ana],
     expect: {funds: {reserve: "30.00", care: "1.95"}, left: "17.55"}}
`},
	// Half of 1000 is the group's whole: 50 and 25, of which care has room for 10; 440 go
	// back, and 940 are left for two.
	{name: "a group", text: `
rules:
  - id: aside
    name: Aside
    take: {percent: "50", of: whole}
    give:
      rules:
        - {id: reserve, name: Reserve, take: {percent: "10", of: whole}, give: {fund: reserve}}
        - {id: care, name: Care, take: {percent: "5", of: whole},
           give: {fund: care, until: "10.00"}}
  - {id: all, name: All, take: rest, give: {members: {by: equal}}}
examples:
  - {name: only, income: "1000.00", members: [ana, bo],
     expect: {funds: {reserve: "50.00", care: "10.00"}, payable: {ana: "470.00", bo: "470.00"}}}
`},
	// The outer group has 80, the inner one half of what the outer has left after 20: 30. Of
	// these a third part of the whole is 10 and half of the 20 left are 10.
	{name: "a group in a group", text: `
rules:
  - id: outer
    name: Outer
    take: {amount: "80.00"}
    give:
      rules:
        - {id: one, name: One, take: {percent: "25", of: whole}, give: {fund: one}}
        - id: inner
          name: Inner
          take: {percent: "50", of: left}
          give:
            rules:
              - {id: two, name: Two, take: {percent: "33.333333", of: whole}, give: {fund: two}}
              - {id: three, name: Three, take: {percent: "50", of: left}, give: {fund: three}}
        - {id: four, name: Four, take: {percent: "10", of: whole}, give: {fund: four}}
  - {id: five, name: Five, take: {percent: "50", of: whole}, give: {fund: five}}
examples:
  - {name: only, income: "100.00", members: [ana],
     expect: {funds: {one: "20.00", two: "10.00", three: "10.00", four: "8.00", five: "50.00"},
              left: "2.00"}}
`},
	{name: "leftover to a fund", text: `
leftover: {fund: reserve}
rules:
  - {id: some, name: Some, take: {percent: "25", of: whole}, give: {fund: reserve}}
examples:
  - {name: only, income: "10.00", members: [ana], expect: {funds: {reserve: "10.00"}}}
`},
	// What was carried joins the whole: 10 % of 100, then 10 % of 90 + 60.
	{name: "leftover carried", text: `
rules:
  - {id: some, name: Some, take: {percent: "10", of: whole}, give: {fund: reserve}}
examples:
  - {name: first, income: "100.00", members: [ana],
     expect: {funds: {reserve: "10.00"}, left: "90.00"}}
  - {name: second, then: true, income: "60.00", members: [ana],
     expect: {funds: {reserve: "15.00"}, left: "135.00"}}
  - {name: afresh, income: "60.00", members: [ana],
     expect: {funds: {reserve: "6.00"}, left: "54.00"}}
`},
	{name: "yen have no decimals", text: `
currency: JPY
rules:
  - {id: half, name: Half, take: {percent: "50", of: whole}, give: {fund: reserve}}
  - {id: all, name: All, take: rest, give: {members: {by: equal}}}
examples:
  - {name: only, income: "1005", members: [ana, bo],
     expect: {funds: {reserve: "502"}, payable: {ana: "252", bo: "251"}}}
`},
	{name: "dinars have three", text: `
currency: KWD
rules:
  - {id: all, name: All, take: rest, give: {members: {by: equal, keep: {percent: "50"}}}}
examples:
  - {name: only, income: "0.010", members: [ana, bo, cy],
     expect: {payable: {ana: "0.002", bo: "0.001", cy: "0.001"},
              capital: {ana: "0.002", bo: "0.002", cy: "0.002"}}}
`},
	// 20 % of 13 cents are 2.6, kept 3; of 12 cents 2.4, kept 2.
	{name: "keep", text: `
rules:
  - {id: all, name: All, take: rest, give: {members: {by: equal, keep: {percent: "20"}}}}
examples:
  - {name: only, income: "0.25", members: [ana, bo],
     expect: {payable: {ana: "0.10", bo: "0.10"}, capital: {ana: "0.03", bo: "0.02"}}}
`},
	{name: "keep everything", text: `
rules:
  - {id: all, name: All, take: rest, give: {members: {by: equal, keep: {percent: "100"}}}}
examples:
  - {name: only, income: "0.02", members: [ana, bo],
     expect: {capital: {ana: "0.01", bo: "0.01"}}}
`},
}
