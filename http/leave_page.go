package http

import (
	"context"

	"phyle/ledger"
)

func leavePages() []webRoute {
	const path = "/commons/:commons/leave"
	return []webRoute{
		{
			method: "GET", path: path,
			operation: ledger.LeaveCommons, fresh: true, serve: askToLeave,
		},
		{
			method: "POST", path: path,
			operation: ledger.LeaveCommons, fresh: true, serve: leaveOnPage,
		},
	}
}

// askToLeave asks whether somebody really wants to leave.
func askToLeave(ctx context.Context, v *visit) error {
	by, err := v.caller(ctx)
	if err != nil {
		return err
	}
	return v.show("web_leave", "Leave "+by.Commons.Name, by.Commons)
}

// leaveOnPage has them leave from today on.
func leaveOnPage(ctx context.Context, v *visit) error {
	by, err := v.caller(ctx)
	if err != nil {
		return err
	}
	act := newAct(v.echo, by, ledger.LeaveCommons)
	if _, err := v.server.store.Leave(ctx, act, by.Handle, ledger.Date{}); err != nil {
		return err
	}
	return v.goTo("/")
}
