// Package agreement reads, validates and evaluates the rules by which a commons
// divides its incomes.
//
// An Agreement is an ordered list of rules. Each takes a part of what is left
// and gives it to a fund, to members, to those who hold claims, or to a group of
// further rules; what it cannot give stays left. Parse reads an agreement from
// JSON or YAML, strictly, and reports everything that is wrong at once; Check
// compares the names in it with those of a commons. Readings says what the rules
// have to read, Inputs holds what was read, and Evaluate computes a Result from
// the two: equal inputs give equal results, in whole numbers and fractions.
// CheckFile evaluates the examples that a file carries beside its rules.
//
// Sentences says in plain English what an agreement says, Differences what one
// version changes in another, and Schema is the JSON Schema of its documents.
//
// Members are named by handle in an agreement and in its examples, and by join
// number in Inputs and Result, which outlive the personal data.
package agreement
