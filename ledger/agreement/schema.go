package agreement

import (
	_ "embed" // for the schema
	"slices"
)

//go:embed agreement.schema.json
var schema []byte

// Schema returns the JSON Schema (draft 2020-12) of agreements. It refuses whatever
// Parse refuses for its shape; what Parse sees beyond that are names and numbers that
// do not go together.
func Schema() []byte { return slices.Clone(schema) }
