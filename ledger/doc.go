// Package ledger holds the rules of a commons as plain types and pure functions.
//
// A commons is a group that contributes to something shared. Its members log
// Contributions; others accept them, which fixes their Rate and Weight. Money
// that comes in is an Income. An Agreement, proposed, decided on and adopted,
// says how incomes are divided; a Distribution is one such division, and what
// one of its rules gives to one account is an Allocation. Everything that moves
// money is an Entry of balanced Postings in the commons' one journal: debit
// positive, credit negative. What a member is owed is the balance of their
// payable account; a Claim is money promised to them and not yet owed.
//
// Nothing here reads a clock, a file, a database or chance: time, caller and
// rows are arguments, and equal arguments give equal results. Money, quantities,
// rates and weights are decimals or fractions, never binary floating point.
package ledger
