package client

import "io"

// CallOption changes one call. An option that the operation does not know is an
// error, and nothing is sent.
type CallOption func(*choices)

// choices are what the options of one call say.
type choices struct {
	key         string
	hasKey      bool
	dryRun      bool
	ifNoneMatch ETag
	format      string
	out         io.Writer
	inLines     bool
	receipts    []*Receipt
}

// Key sends an act under the idempotency key, 1 to 255 visible ASCII characters
// without quotes, instead of a random one. The act is done once, however often it
// is sent, and the first answer is given again.
func Key(key string) CallOption {
	return func(c *choices) { c.key, c.hasKey = key, true }
}

// DryRun asks for the full answer to an act that moves money, and for no effect.
func DryRun() CallOption { return func(c *choices) { c.dryRun = true } }

// ETag names what a thing was like when it was read. A Receipt has it.
type ETag string

// IfNoneMatch has a read return ErrNotModified where nothing has changed.
func IfNoneMatch(tag ETag) CallOption {
	return func(c *choices) { c.ifNoneMatch = tag }
}

// As has a report written to out in another format, such as "text". The method then
// returns an empty result. Nothing is written before the whole report has come.
func As(format string, out io.Writer) CallOption {
	return func(c *choices) { c.format, c.out = format, out }
}

// InLines sends the list of a bulk act as NDJSON, one object a line.
func InLines() CallOption { return func(c *choices) { c.inLines = true } }

// Receipt is what there is to know of an answer beside its body.
type Receipt struct {
	// Status is the status of the answer.
	Status int
	// RequestID is the id to name when asking about it.
	RequestID string
	// ETag names what was read, for IfNoneMatch and for what changes it.
	ETag ETag
	// Location is the path of what was made.
	Location string
	// Key is the idempotency key that the act was sent under, "" for none.
	Key string
	// Replayed reports that the act was done before: the answer is the one given then.
	Replayed bool
	// Attempts is how often the call was sent.
	Attempts int
}

// Into has the receipt of the answer, good or bad, put into r.
func Into(r *Receipt) CallOption {
	return func(c *choices) { c.receipts = append(c.receipts, r) }
}
