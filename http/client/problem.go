package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Problem is a refusal. One by Phyle with a status below 500 says that nothing was
// done; after others Key finds out.
type Problem struct {
	// Status is the status of the answer.
	Status int
	// Code names the problem and stays as it is; "" where the answer came from
	// something that is not Phyle, such as a proxy before it.
	Code string
	// Title is the code in words, Type the path of a page about it.
	Title, Type string
	// Detail says what is wrong and what to do.
	Detail string
	// RequestID is the id to name when asking about it.
	RequestID string
	// Errors holds every wrong field.
	Errors []FieldError
	// Extra holds what else the server says of it, by name.
	Extra map[string]string
	// RetryAfter is how long the server asks to wait, if it does.
	RetryAfter time.Duration
	// Key is the idempotency key under which the act was sent, if it was sent with
	// one.
	Key string
}

// FieldError says what is wrong with one field of a request.
type FieldError struct {
	// Pointer is where it is, as a JSON Pointer.
	Pointer string `json:"pointer"`
	// Code names what is wrong and stays as it is.
	Code string `json:"code"`
	// Message says what is wrong and what to do.
	Message string `json:"message"`
}

// mostShown is how many wrong fields an error speaks of.
const mostShown = 5

// Error returns what is wrong and what to do, with the first few of the wrong fields.
func (p *Problem) Error() string {
	var text strings.Builder
	text.WriteString(p.Detail)
	shown := p.Errors[:min(len(p.Errors), mostShown)]
	for _, f := range shown {
		fmt.Fprintf(&text, " %s: %s", f.Pointer, f.Message)
	}
	if more := len(p.Errors) - len(shown); more > 0 {
		fmt.Fprintf(&text, " And %d more.", more)
	}
	fmt.Fprintf(&text, " (%d", p.Status)
	for _, name := range []string{p.Code, p.RequestID} {
		if name != "" {
			text.WriteString(" " + name)
		}
	}
	return text.String() + ")"
}

// Unanswered is an act or a read to which no answer came that could be read to its
// end. Where Key is not "", the same act sent with Key finds out whether it was
// done, and does it if not.
type Unanswered struct {
	// Operation is the name of what was asked for.
	Operation string
	// Key is the idempotency key that it was sent with, "" for none.
	Key string
	// Attempts is how often it was sent.
	Attempts int
	// Err is what happened to the last of them.
	Err error
	// isRead says that there was nothing to be done.
	isRead bool
}

// Error says what happened and whether the effect is known.
func (u *Unanswered) Error() string {
	text := fmt.Sprintf("No answer to %s came: %v.", u.Operation, u.Err)
	switch {
	case u.isRead:
		return text
	case u.Key == "":
		return text + " Whether it was done is not known; look before you send it again."
	}
	return text + " Whether it was done is not known; send it again with the same key to find out."
}

// Unwrap returns what happened to the last attempt.
func (u *Unanswered) Unwrap() error { return u.Err }

// ErrNotModified is returned where IfNoneMatch named what is still there.
var ErrNotModified = errors.New("what was asked for is as it was")

// ErrUnreadable is wrapped by the errors about answers that came whole, and that no
// Phyle server gives. Whether an act was done is then not known.
var ErrUnreadable = errors.New("this is no answer of a Phyle server")

// HasCode reports whether err is a problem with one of the codes.
func HasCode(err error, codes ...string) bool {
	var problem *Problem
	return errors.As(err, &problem) && slices.Contains(codes, problem.Code)
}

// IsNotFound reports whether err says that there is no such thing, or none that the
// token may know of.
func IsNotFound(err error) bool { return hasStatus(err, http.StatusNotFound) }

// IsInvalid reports whether err says that fields of the request break a rule.
func IsInvalid(err error) bool { return hasStatus(err, http.StatusUnprocessableEntity) }

// IsConflict reports whether err says that the books are in a state that does not
// allow it, or have changed since they were looked at.
func IsConflict(err error) bool {
	return hasStatus(err, http.StatusConflict, http.StatusPreconditionFailed)
}

// IsForbidden reports whether err says that the token's member may not do it.
func IsForbidden(err error) bool { return hasStatus(err, http.StatusForbidden) }

func hasStatus(err error, statuses ...int) bool {
	var problem *Problem
	return errors.As(err, &problem) && slices.Contains(statuses, problem.Status)
}

// readProblem returns the problem that the answer is, whoever gave it.
func readProblem(got *received) *Problem {
	p := &Problem{
		Status: got.status, RequestID: got.header.Get("X-Request-Id"),
		RetryAfter: retryAfter(got.header.Get("Retry-After"), time.Now()),
	}
	if err := p.read(got); err != nil {
		p.Code, p.Errors, p.Extra = "", nil, nil
		p.Title = http.StatusText(got.status)
		p.Detail = fmt.Sprintf("The answer is %d %s, and no problem document of Phyle. "+
			"Check the address and what is before the server.", got.status, p.Title)
	}
	return p
}

// read takes the problem from its document. Names other than those of RFC 9457 and
// of the API are extra.
func (p *Problem) read(got *received) error {
	if err := got.mustBe("application/problem+json"); err != nil {
		return err
	}
	var known struct {
		Type, Title, Detail, Code string
		RequestID                 string `json:"request_id"`
		Errors                    []FieldError
	}
	var all map[string]json.RawMessage
	err := errors.Join(json.Unmarshal(got.body, &known), json.Unmarshal(got.body, &all))
	if err != nil || known.Code == "" {
		return errors.Join(ErrUnreadable, err)
	}
	p.Type, p.Title, p.Detail, p.Code = known.Type, known.Title, known.Detail, known.Code
	p.RequestID, p.Errors = known.RequestID, known.Errors
	for name, value := range all {
		switch name {
		case "type", "title", "status", "detail", "code", "request_id", "errors", "instance":
			continue
		}
		if p.Extra == nil {
			p.Extra = map[string]string{}
		}
		var text string
		if json.Unmarshal(value, &text) != nil {
			text = string(value)
		}
		p.Extra[name] = text
	}
	return nil
}
