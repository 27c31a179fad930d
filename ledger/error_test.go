package ledger_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"phyle/ledger"
)

// Wrong fields are listed as they stand in what was sent: items by number, not by the
// text of it.
func TestFieldErrorsOrder(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name      string
		got, want []string
	}{
		{"items", []string{"/items/10", "/items/2", "/items/1"},
			[]string{"/items/1", "/items/2", "/items/10"}},
		{"fields of items", []string{"/items/10/date", "/items/9/note", "/items/9/date"},
			[]string{"/items/9/date", "/items/9/note", "/items/10/date"}},
		{"names", []string{"/slug", "/currency", "", "/first_member/name"},
			[]string{"", "/currency", "/first_member/name", "/slug"}},
		{"the whole first", []string{"/items/2", "/items"}, []string{"/items", "/items/2"}},
		{"numbers and names", []string{"/rules/work", "/rules/1x", "/rules/7"},
			[]string{"/rules/7", "/rules/1x", "/rules/work"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var wrong ledger.FieldErrors
			for _, pointer := range test.got {
				wrong.Add(pointer, "of"+pointer, "wrong")
			}
			var refused *ledger.Error
			if !errors.As(wrong.Err(), &refused) {
				t.Fatalf("%v", wrong.Err())
			}
			var got []string
			for _, field := range refused.Fields {
				got = append(got, field.Pointer)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
			if want := "of" + test.want[0]; refused.Code != want {
				t.Errorf("the code is %s, want that of the first field, %s", refused.Code, want)
			}
		})
	}
}
