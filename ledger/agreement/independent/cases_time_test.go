package independent_test

var calendarCases = []handCase{
	// A month back from 28 February, a month's end, is 31 January: that day is out.
	{name: "a window from a month's end", text: `
rules:
  - {id: work, name: Work, take: rest, give: {members: {by: {contributions:
       {factors: {work: "1"}, count: {last: "1 months"}}}}}}
examples:
  - name: only
    income: "10.00"
    through: 2026-02-28
    members: [ana, bo, cy]
    contributions:
      - {member: ana, kind: work, quantity: "1", date: 2026-01-31}
      - {member: bo, kind: work, quantity: "1", date: 2026-02-01}
      - {member: cy, kind: work, quantity: "1", date: 2026-03-01}
    expect: {payable: {bo: "10.00"}}
`},
	// A month back from 30 March is the 30th of February, clipped to the 28th; of 2024 to the
	// 29th. From 31 March it is the end of February as well.
	{name: "a window clipped to a month's end", text: `
rules:
  - {id: work, name: Work, take: rest, give: {members: {by: {contributions:
       {factors: {work: "1"}, count: {last: "1 months"}}}}}}
examples:
  - {name: clipped, income: "10.00", through: 2026-03-30, members: [ana, bo],
     contributions: [{member: ana, kind: work, quantity: "1", date: 2026-02-28},
                     {member: bo, kind: work, quantity: "1", date: 2026-03-01}],
     expect: {payable: {bo: "10.00"}}}
  - {name: leap year, income: "10.00", through: 2024-03-30, members: [ana, bo],
     contributions: [{member: ana, kind: work, quantity: "1", date: 2024-02-29},
                     {member: bo, kind: work, quantity: "1", date: 2024-03-01}],
     expect: {payable: {bo: "10.00"}}}
  - {name: end to end, income: "10.00", through: 2026-03-31, members: [ana, bo],
     contributions: [{member: ana, kind: work, quantity: "1", date: 2026-02-28},
                     {member: bo, kind: work, quantity: "1", date: 2026-03-01}],
     expect: {payable: {bo: "10.00"}}}
  - {name: same day, income: "10.00", through: 2026-03-15, members: [ana, bo],
     contributions: [{member: ana, kind: work, quantity: "1", date: 2026-02-15},
                     {member: bo, kind: work, quantity: "1", date: 2026-02-16}],
     expect: {payable: {bo: "10.00"}}}
`},
	// 28 February 2025 is a month's end, so that a year back is 29 February 2024.
	{name: "a window of years", text: `
rules:
  - {id: work, name: Work, take: rest, give: {members: {by: {contributions:
       {factors: {work: "1"}, count: {last: "1 years"}}}}}}
examples:
  - {name: into a leap year, income: "10.00", through: 2025-02-28, members: [ana, bo],
     contributions: [{member: ana, kind: work, quantity: "1", date: 2024-02-29},
                     {member: bo, kind: work, quantity: "1", date: 2024-03-01}],
     expect: {payable: {bo: "10.00"}}}
  - {name: out of a leap year, income: "10.00", through: 2024-02-29, members: [ana, bo],
     contributions: [{member: ana, kind: work, quantity: "1", date: 2023-02-28},
                     {member: bo, kind: work, quantity: "1", date: 2023-03-01}],
     expect: {payable: {bo: "10.00"}}}
`},
	{name: "a window of weeks and one of days", text: `
rules:
  - {id: weeks, name: Weeks, take: {amount: "10.00"}, give: {members: {by: {contributions:
       {factors: {work: "1"}, count: {last: "2 weeks"}}}}}}
  - {id: days, name: Days, take: rest, give: {members: {by: {contributions:
       {factors: {work: "1"}, count: {last: "1 days"}}}}}}
examples:
  - name: only
    income: "30.00"
    through: 2026-03-10
    members: [ana, bo, cy]
    contributions:
      - {member: ana, kind: work, quantity: "1", date: 2026-02-24}
      - {member: bo, kind: work, quantity: "1", date: 2026-02-25}
      - {member: bo, kind: work, quantity: "1", date: 2026-03-09}
      - {member: cy, kind: work, quantity: "2"}
    expect: {payable: {bo: "5.00", cy: "25.00"}}
`},
	// Through 31 March: February's end is one month back, January's two, and 30 January not
	// yet three; each of the four weighs 4.
	{name: "decay by months from a month's end", text: `
rules:
  - {id: work, name: Work, take: rest, give: {members: {by: {contributions:
       {factors: {work: "1"}, count: all, decay: {factor: "0.5", per: month}}}}}}
examples:
  - name: only
    income: "16.00"
    through: 2026-03-31
    members: [ana, bo, cy, dee]
    contributions:
      - {member: ana, kind: work, quantity: "4", date: 2026-03-01}
      - {member: bo, kind: work, quantity: "8", date: 2026-02-28}
      - {member: cy, kind: work, quantity: "16", date: 2026-01-31}
      - {member: dee, kind: work, quantity: "16", date: 2026-01-30}
    expect: {payable: {ana: "4.00", bo: "4.00", cy: "4.00", dee: "4.00"}}
`},
	// Through 30 March: one month back is 28 February, two are 30 January.
	{name: "decay by months from another day", text: `
rules:
  - {id: work, name: Work, take: rest, give: {members: {by: {contributions:
       {factors: {work: "1"}, count: {last: "1 years"}, decay: {factor: "0.5", per: month}}}}}}
examples:
  - name: only
    income: "16.00"
    through: 2026-03-30
    members: [ana, bo, cy, dee]
    contributions:
      - {member: ana, kind: work, quantity: "4", date: 2026-03-01}
      - {member: bo, kind: work, quantity: "8", date: 2026-02-28}
      - {member: cy, kind: work, quantity: "8", date: 2026-01-31}
      - {member: dee, kind: work, quantity: "16", date: 2026-01-30}
    expect: {payable: {ana: "4.00", bo: "4.00", cy: "4.00", dee: "4.00"}}
`},
	{name: "decay by weeks and days", text: `
rules:
  - {id: weeks, name: Weeks, take: {amount: "12.00"}, give: {members: {by: {contributions:
       {factors: {work: "1"}, decay: {factor: "0.5", per: week}}}}}}
  - {id: days, name: Days, take: rest, give: {members: {by: {contributions:
       {factors: {craft: "1"}, decay: {factor: "0.1", per: day}}}}}}
examples:
  - name: only
    income: "14.00"
    through: 2026-03-15
    members: [ana, bo, cy]
    contributions:
      - {member: ana, kind: work, quantity: "1", date: 2026-03-09}
      - {member: bo, kind: work, quantity: "2", date: 2026-03-08}
      - {member: cy, kind: work, quantity: "4", date: 2026-03-01}
      - {member: ana, kind: craft, quantity: "1"}
      - {member: bo, kind: craft, quantity: "100", date: 2026-03-13}
    expect: {payable: {ana: "5.00", bo: "5.00", cy: "4.00"}}
`},
	// After 4 days 0.0005 has become 0.0000000000000625, after 5 days 31.25 of the 18th
	// decimal, of which 31 are kept: 0.0625 × 31 is what 0.000031 × 62500 is. After 6 days
	// there is nothing left of it.
	{name: "decay keeps 18 decimals", text: `
rules:
  - {id: days, name: Days, take: rest, give: {members: {by: {contributions:
       {factors: {work: "1"}, decay: {factor: "0.0005", per: day}}}}}}
examples:
  - name: only
    income: "1000.00"
    through: 2026-03-15
    members: [ana, bo, cy]
    contributions:
      - {member: ana, kind: work, quantity: "0.0625", date: 2026-03-10}
      - {member: bo, kind: work, quantity: "0.000031", date: 2026-03-11}
      - {member: cy, kind: work, quantity: "1000", date: 2026-03-09}
    expect: {payable: {ana: "500.00", bo: "500.00"}}
`},
	{name: "since", text: `
rules:
  - {id: work, name: Work, take: rest, give: {members: {by: {contributions:
       {factors: {work: "1"}, count: new, since: 2026-01-01}}}}}
examples:
  - name: only
    income: "10.00"
    through: 2026-01-31
    members: [ana, bo]
    contributions:
      - {member: ana, kind: work, quantity: "1", date: 2025-12-31}
      - {member: bo, kind: work, quantity: "1", date: 2026-01-01}
    expect: {payable: {bo: "10.00"}}
`},
}

var continuedCases = []handCase{
	// In January Bo's hour lies ahead. In February it counts, and so does Ana's late entry;
	// what January covered does not count again.
	{name: "counted once", text: `
rules:
  - {id: work, name: Work, take: rest,
     give: {members: {by: {contributions: {factors: {work: "1"}}}}}}
examples:
  - name: January
    income: "10.00"
    through: 2026-01-31
    members: [ana, bo]
    contributions:
      - {member: ana, kind: work, quantity: "10", date: 2026-01-10}
      - {member: bo, kind: work, quantity: "10", date: 2026-02-05}
    expect: {payable: {ana: "10.00"}}
  - name: February
    then: true
    income: "30.00"
    through: 2026-02-28
    members: [ana, bo]
    contributions: [{member: ana, kind: work, quantity: "5", date: 2026-01-20}]
    expect: {payable: {ana: "10.00", bo: "20.00"}}
  - {name: nothing new, then: true, income: "5.00", through: 2026-02-28, members: [ana, bo],
     expect: {left: "5.00"}}
`},
	{name: "a rule that gave nothing covers nothing", text: `
rules:
  - {id: first, name: First, take: {amount: "10.00"},
     give: {members: {by: {contributions: {factors: {work: "1"}}}}}}
  - {id: second, name: Second, take: rest,
     give: {members: {by: {contributions: {factors: {work: "1"}}}}}}
examples:
  - {name: none, income: "0.00", through: 2026-01-31, members: [ana, bo],
     contributions: [{member: ana, kind: work, quantity: "1"}], expect: {}}
  - {name: one, then: true, income: "10.00", through: 2026-02-28, members: [ana, bo],
     contributions: [{member: bo, kind: work, quantity: "1"}],
     expect: {payable: {ana: "5.00", bo: "5.00"}}}
  - {name: both, then: true, income: "40.00", through: 2026-03-31, members: [ana, bo],
     contributions: [{member: bo, kind: work, quantity: "1"}],
     expect: {payable: {ana: "10.00", bo: "30.00"}}}
`},
	// What Cy did as a guest was covered when the rule gave to Ana, and so was Ana's care.
	{name: "covering whatever kind and member", text: `
rules:
  - {id: work, name: Work, take: rest, give: {members: {by: {contributions:
       {factors: {work: "1"}, areas: [lab]}}}}}
examples:
  - name: guest
    income: "10.00"
    through: 2026-01-31
    members: [ana, {handle: cy, stage: guest}]
    contributions:
      - {member: ana, kind: work, quantity: "1", area: lab}
      - {member: cy, kind: work, quantity: "9", area: lab}
    expect: {payable: {ana: "10.00"}}
  - name: member
    then: true
    income: "10.00"
    through: 2026-02-28
    members: [ana, cy]
    contributions:
      - {member: ana, kind: work, quantity: "1", area: lab}
      - {member: cy, kind: work, quantity: "1", area: lab}
    expect: {payable: {ana: "5.00", cy: "5.00"}}
`},
	// The correction is new in February: 10 − 4 for Ana, beside Bo's 6.
	{name: "a correction in a later run", text: `
rules:
  - {id: work, name: Work, take: rest,
     give: {members: {by: {contributions: {factors: {work: "1"}}}}}}
examples:
  - {name: January, income: "10.00", through: 2026-01-31, members: [ana, bo],
     contributions: [{member: ana, kind: work, quantity: "10"}],
     expect: {payable: {ana: "10.00"}}}
  - name: February
    then: true
    income: "12.00"
    through: 2026-02-28
    members: [ana, bo]
    contributions:
      - {member: ana, kind: work, quantity: "-4", date: 2026-01-31}
      - {member: ana, kind: work, quantity: "10"}
      - {member: bo, kind: work, quantity: "6"}
    expect: {payable: {ana: "6.00", bo: "6.00"}}
`},
	{name: "one who joins and one who leaves", text: `
rules:
  - {id: all, name: All, take: rest, give: {members: {by: equal}}}
examples:
  - {name: January, income: "0.03", through: 2026-01-31, members: [ana, bo],
     expect: {payable: {ana: "0.02", bo: "0.01"}}}
  - {name: February, then: true, income: "0.04", through: 2026-02-28,
     members: [ana, bo, {handle: cy, joined: 2026-02-10}],
     expect: {payable: {ana: "0.01", bo: "0.02", cy: "0.01"}}}
  - {name: March, then: true, income: "0.05", through: 2026-03-31,
     members: [ana, {handle: bo, left: 2026-03-10}, {handle: cy, joined: 2026-02-10}],
     expect: {payable: {ana: "0.02", cy: "0.03"}}}
`},
}
