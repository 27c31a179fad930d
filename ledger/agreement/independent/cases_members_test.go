package independent_test

var claimCases = []handCase{
	{name: "claims paid in full", text: `
rules:
  - {id: back, name: Back, take: rest, give: {claims: {kinds: [materials, love]}}}
examples:
  - {name: only, income: "50.00", members: [ana, bo],
     claims: {materials: {ana: "10.00"}, love: {ana: "5.00", bo: "20.00"}},
     expect: {payable: {ana: "15.00", bo: "20.00"}, left: "15.00"}}
`},
	// Both are owed 15, so each gets 5; Ana's goes to her materials first.
	{name: "claims pro rata, kinds in order", text: `
rules:
  - {id: back, name: Back, take: rest, give: {claims: {kinds: [materials, love]}}}
examples:
  - name: short
    income: "10.00"
    members: [ana, bo]
    claims: {love: {ana: "5.00", bo: "15.00"}, materials: {ana: "10.00"}}
    expect:
      payable: {ana: "5.00", bo: "5.00"}
      claims: {materials: {ana: "5.00"}, love: {ana: "5.00", bo: "10.00"}}
  - name: more
    then: true
    income: "12.00"
    members: [ana, bo]
    claims: {materials: {bo: "4.00"}}
    expect:
      payable: {ana: "5.00", bo: "7.00"}
      claims: {love: {ana: "5.00", bo: "7.00"}}
`},
	{name: "kinds that a rule does not name stay promised", text: `
rules:
  - {id: back, name: Back, take: rest, give: {claims: {kinds: [love]}}}
examples:
  - {name: only, income: "50.00", members: [ana],
     claims: {materials: {ana: "10.00"}, love: {ana: "5.00"}},
     expect: {payable: {ana: "5.00"}, claims: {materials: {ana: "10.00"}}, left: "45.00"}}
`},
	{name: "claims of members of any stage", text: `
rules:
  - {id: back, name: Back, take: rest, give: {claims: {kinds: [materials]}}}
examples:
  - {name: only, income: "8.00", through: 2026-05-31,
     members: [{handle: ana, stage: guest}, {handle: bo, left: 2026-01-15}],
     claims: {materials: {ana: "8.00", bo: "8.00"}},
     expect: {payable: {ana: "4.00", bo: "4.00"},
              claims: {materials: {ana: "4.00", bo: "4.00"}}}}
`},
	// One cent over two claims goes to Ana, who is then half a cent ahead; so the next goes
	// to Bo, although the two are equal in that rule.
	{name: "claims count in the rounding balances", text: `
rules:
  - {id: back, name: Back, take: {amount: "0.01"}, give: {claims: {kinds: [materials]}}}
  - {id: all, name: All, take: rest, give: {members: {by: equal}}}
examples:
  - {name: only, income: "0.02", members: [ana, bo],
     claims: {materials: {ana: "0.05", bo: "0.05"}},
     expect: {payable: {ana: "0.01", bo: "0.01"},
              claims: {materials: {ana: "0.04", bo: "0.05"}}}}
`},
}

var amongCases = []handCase{
	{name: "newcomers and members unless it says otherwise", text: `
rules:
  - {id: all, name: All, take: rest, give: {members: {by: equal}}}
examples:
  - {name: only, income: "10.00", members: [ana, {handle: bo, stage: newcomer},
       {handle: cy, stage: guest}, {handle: dee, stage: left}, {handle: eli, stage: member}],
     expect: {payable: {ana: "3.34", bo: "3.33", eli: "3.33"}}}
`},
	{name: "stages and roles", text: `
rules:
  - {id: some, name: Some, take: {amount: "6.00"},
     give: {members: {by: equal, among: {stages: [guest, member], roles: [steward, auditor]}}}}
  - {id: every, name: Every, take: rest, give: {members: {by: equal, among: {roles: [auditor]}}}}
examples:
  - {name: only, income: "10.00", members: [{handle: ana, roles: [steward]}, bo,
       {handle: cy, stage: guest, roles: [auditor]},
       {handle: dee, stage: newcomer, roles: [auditor]},
       {handle: eli, roles: [steward, auditor]}],
     expect: {payable: {ana: "2.00", cy: "2.00", dee: "2.00", eli: "4.00"}}}
`},
	{name: "nobody who joined later", text: `
rules:
  - {id: all, name: All, take: rest, give: {members: {by: equal}}}
examples:
  - {name: only, income: "10.00", through: 2026-03-31,
     members: [ana, {handle: bo, joined: 2026-03-31}, {handle: cy, joined: 2026-04-01}],
     expect: {payable: {ana: "5.00", bo: "5.00"}}}
`},
	{name: "a member to the last day", text: `
rules:
  - {id: all, name: All, take: rest, give: {members: {by: equal}}}
examples:
  - {name: only, income: "10.00", through: 2026-03-31,
     members: [ana, {handle: bo, left: 2026-03-31}, {handle: cy, left: 2026-03-30}],
     expect: {payable: {ana: "5.00", bo: "5.00"}}}
`},
	// Nobody in among: it stays left for the next rule.
	{name: "nobody to give to", text: `
rules:
  - {id: some, name: Some, take: rest, give: {members: {by: equal, among: {stages: [guest]}}}}
examples:
  - {name: only, income: "10.00", members: [ana], expect: {left: "10.00"}}
`},
	// Bo left on the 15th: 10 of his hours count where new ones do, beside Ana's 30. Counting
	// all, and by equal, he is not there. Cy was a guest until she left, and so never meant.
	{name: "those who have left keep what is new", text: `
rules:
  - {id: new, name: New, take: {amount: "40.00"},
     give: {members: {by: {contributions: {factors: {work: "1"}}}}}}
  - {id: whole, name: Whole, take: {amount: "40.00"},
     give: {members: {by: {contributions: {factors: {work: "1"}, count: all}}}}}
  - {id: all, name: All, take: rest, give: {members: {by: equal}}}
examples:
  - name: only
    income: "90.00"
    through: 2026-10-31
    members: [ana, {handle: bo, left: 2026-10-15}, {handle: cy, stage: guest, left: 2026-10-15}]
    contributions:
      - {member: ana, kind: work, quantity: "30"}
      - {member: bo, kind: work, quantity: "10", date: 2026-10-15}
      - {member: bo, kind: work, quantity: "70", date: 2026-10-16}
      - {member: cy, kind: work, quantity: "50", date: 2026-10-01}
    expect: {payable: {ana: "80.00", bo: "10.00"}}
`},
	// Bo is only said to have left; what stage he had is not, so he counts as a member. Those
	// who have left are meant where a rule says so, and what they did later still is not new.
	{name: "the stage left", text: `
rules:
  - {id: new, name: New, take: {amount: "1.00"},
     give: {members: {by: {contributions: {factors: {work: "1"}}}}}}
  - {id: newcomers, name: Newcomers, take: {amount: "2.00"},
     give: {members: {by: {contributions: {factors: {work: "1"}}},
            among: {stages: [newcomer]}}}}
  - {id: gone, name: Gone, take: {amount: "4.00"},
     give: {members: {by: {contributions: {factors: {work: "1"}}}, among: {stages: [left]}}}}
  - {id: all, name: All, take: {amount: "8.00"},
     give: {members: {by: equal, among: {stages: [guest, left]}}}}
examples:
  - {name: no day, income: "15.00", through: 2026-03-31, members: [{handle: bo, stage: left}],
     contributions: [{member: bo, kind: work, quantity: "1", date: 2026-03-10}],
     expect: {payable: {bo: "13.00"}, left: "2.00"}}
  - {name: a day, income: "15.00", through: 2026-03-31,
     members: [{handle: bo, stage: left, left: 2026-03-09}],
     contributions: [{member: bo, kind: work, quantity: "1", date: 2026-03-10}],
     expect: {payable: {bo: "8.00"}, left: "7.00"}}
  - {name: a newcomer, income: "15.00", through: 2026-03-31,
     members: [{handle: bo, stage: newcomer, left: 2026-03-20}],
     contributions: [{member: bo, kind: work, quantity: "1", date: 2026-03-10}],
     expect: {payable: {bo: "15.00"}}}
`},
}

var contributionCases = []handCase{
	// 10 × 1 + 5 × 2 × 0.5 = 15 for Ana, 4 × 0.25 × 5 = 5 for Bo; craft does not count.
	{name: "quantity times rate times factor", text: `
rules:
  - {id: work, name: Work, take: rest,
     give: {members: {by: {contributions: {factors: {work: "1", care: "0.5"}}}}}}
examples:
  - name: only
    income: "20.00"
    members: [ana, bo]
    contributions:
      - {member: ana, kind: work, quantity: "10"}
      - {member: ana, kind: care, quantity: "5", rate: "2"}
      - {member: bo, kind: work, quantity: "4", rate: "1.25"}
      - {member: bo, kind: craft, quantity: "1000"}
    expect: {payable: {ana: "15.00", bo: "5.00"}}
`},
	{name: "a factor of zero weighs nothing", text: `
rules:
  - {id: work, name: Work, take: rest,
     give: {members: {by: {contributions: {factors: {work: "0"}}}}}}
examples:
  - name: only
    income: "20.00"
    members: [ana]
    contributions: [{member: ana, kind: work, quantity: "10"}]
    expect: {left: "20.00"}
`},
	// Bo's correction takes more back than he has in this rule: he counts as zero, and does
	// not add to Ana's.
	{name: "a weight below zero", text: `
rules:
  - {id: work, name: Work, take: rest,
     give: {members: {by: {contributions: {factors: {work: "1", care: "1"}}}}}}
examples:
  - name: only
    income: "20.00"
    members: [ana, bo, cy]
    contributions:
      - {member: ana, kind: work, quantity: "10"}
      - {member: bo, kind: work, quantity: "-12"}
      - {member: bo, kind: care, quantity: "2"}
      - {member: cy, kind: work, quantity: "20"}
      - {member: cy, kind: work, quantity: "-10"}
    expect: {payable: {ana: "10.00", cy: "10.00"}}
`},
	{name: "areas", text: `
rules:
  - {id: lab, name: Lab, take: {amount: "30.00"}, give: {members: {by: {contributions:
       {factors: {work: "1"}, count: all, areas: [lab, shop]}}}}}
  - {id: every, name: Every, take: rest,
     give: {members: {by: {contributions: {factors: {work: "1"}}}}}}
examples:
  - name: only
    income: "70.00"
    members: [ana, bo]
    contributions:
      - {member: ana, kind: work, quantity: "2", area: lab}
      - {member: bo, kind: work, quantity: "1", area: shop}
      - {member: bo, kind: work, quantity: "1", area: yard}
      - {member: bo, kind: work, quantity: "4"}
    expect: {payable: {ana: "30.00", bo: "40.00"}}
`},
	// Shares 2 × 100/300 and so on: 66.666…, 33.333…; the cent goes to the larger fraction.
	{name: "the largest fraction", text: `
rules:
  - {id: work, name: Work, take: rest,
     give: {members: {by: {contributions: {factors: {work: "1"}}}}}}
examples:
  - name: only
    income: "100.00"
    members: [ana, bo]
    contributions:
      - {member: ana, kind: work, quantity: "1"}
      - {member: bo, kind: work, quantity: "2"}
    expect: {payable: {ana: "33.33", bo: "66.67"}}
`},
}
