package postgres

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"

	"phyle/ledger"
)

const invitationTime = 7 * 24 * time.Hour

// What is told of invitations in the audit trail; the feed does not tell of them.
const (
	memberInvited     ledger.EventType = "member.invited"
	memberJoined      ledger.EventType = "member.joined"
	invitationRevoked ledger.EventType = "invitation.revoked"
)

// Link is what an invitation's address holds: the commons and the secret.
type Link struct {
	Commons string
	Secret  string
}

// Invited is a new invitation. Its link is shown here only.
type Invited struct {
	Link      Link
	ExpiresAt time.Time
}

// Invitation is what an invitation says to whoever opens it.
type Invitation struct {
	Commons ledger.Commons
	Member  ledger.Member
	// By is the name of who made it, "" where it was made at the machine.
	By string
	// UsedBy is who has used it, nobody as long as it is open.
	UsedBy    ledger.PersonID
	ExpiresAt time.Time
}

// joining is who uses an invitation, and from where.
type joining struct {
	person ledger.PersonID
	from   Browser
}

// openInvitation names an invitation by what is kept of it.
type openInvitation struct {
	commons ledger.CommonsID
	hash    []byte
}

// errLinkGone is what a link gets that invites nobody, for whatever reason.
var errLinkGone = ledger.Errorf(ledger.NotFound, "link_gone",
	"This invitation is older than 7 days, was taken back, or was copied in part; ask for a new one.")

// errLinkUsed is what a link gets that did what it is for.
var errLinkUsed = ledger.Errorf(ledger.Conflict, "link_used",
	"This invitation was used already; whoever used it signs in without it.")

// Invite makes the link by which somebody becomes the person of the member. It is
// good once, for 7 days, and ends those made for the member before.
func (s *Store) Invite(ctx context.Context, act *Act, member string) (Invited, error) {
	return write(ctx, s, act, func(w *work) (Invited, error) {
		if err := w.authorize(ledger.ManageMembers, false); err != nil {
			return Invited{}, err
		}
		return w.invite(ctx, member)
	})
}

func (w *work) invite(ctx context.Context, member string) (invited Invited, err error) {
	id, _, err := w.endInvitations(ctx, member)
	if err != nil {
		return invited, err
	}
	var joined bool
	err = w.GetContext(ctx, &joined, `
		SELECT EXISTS (SELECT FROM person_member WHERE commons_id = $1 AND member_id = $2)`,
		string(w.commons.ID), string(id))
	switch {
	case err != nil:
		return invited, err
	case joined:
		return invited, errMemberJoined
	}
	w.trail.concern(memberInvited, id.String())
	invited.Link = Link{Commons: w.commons.Slug, Secret: makeSecret()}
	invited.ExpiresAt = w.now.Add(invitationTime)
	hash, _ := secretHash(invited.Link.Secret)
	_, err = w.ExecContext(ctx, `
		INSERT INTO invitation (commons_id, invitation_hash, member_id, made_by, created_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6)`,
		string(w.commons.ID), hash, string(id), nullable(w.by), w.now, invited.ExpiresAt)
	return invited, err
}

// RevokeInvitation ends the member's open invitation at once.
func (s *Store) RevokeInvitation(ctx context.Context, act *Act, member string) error {
	_, err := write(ctx, s, act, func(w *work) (struct{}, error) {
		if err := w.authorize(ledger.ManageMembers, false); err != nil {
			return struct{}{}, err
		}
		id, ended, err := w.endInvitations(ctx, member)
		w.trail.concern(invitationRevoked, id.String())
		if err == nil && ended == 0 {
			err = notFound(sql.ErrNoRows, "invitation")
		}
		return struct{}{}, err
	})
	return err
}

// endInvitations takes back what open invitations the member has.
func (w *work) endInvitations(
	ctx context.Context, member string,
) (id ledger.MemberID, ended int64, err error) {
	m, err := w.member(ctx, member)
	if err != nil {
		return "", 0, err
	}
	result, err := w.ExecContext(ctx, `
		UPDATE invitation SET revoked_at = $3
		 WHERE commons_id = $1 AND member_id = $2 AND used_at IS NULL AND revoked_at IS NULL`,
		string(w.commons.ID), string(m.ID), w.now)
	if err != nil {
		return "", 0, err
	}
	ended, err = result.RowsAffected()
	return m.ID, ended, err
}

// Invitation returns what the link says, which uses nothing up: programs that look at
// mail open links too.
func (s *Store) Invitation(ctx context.Context, link Link) (in Invitation, err error) {
	open, err := s.openInvitation(ctx, link)
	if err != nil {
		return in, err
	}
	return within(ctx, s, open.commons, func(tx *sqlx.Tx) (in Invitation, err error) {
		c := &in.Commons
		err = tx.QueryRowContext(ctx, `
			SELECT c.commons_id, c.slug, c.name, c.currency, c.time_zone, c.created_at, m.member_id,
			       m.handle, m.name, coalesce(b.name, ''), i.expires_at,
			       coalesce(i.used_by::text, '')
			  FROM invitation AS i
			  JOIN commons AS c ON c.commons_id = i.commons_id
			  JOIN member AS m ON m.commons_id = i.commons_id AND m.member_id = i.member_id
			  LEFT JOIN member AS b ON b.commons_id = i.commons_id AND b.member_id = i.made_by
			 WHERE i.commons_id = $1 AND i.invitation_hash = $2 AND i.revoked_at IS NULL
			   AND (i.used_at IS NOT NULL OR i.expires_at > $3)`,
			string(open.commons), open.hash, s.Now()).
			Scan(&c.ID, &c.Slug, &c.Name, &c.Currency, &c.TimeZone, &c.CreatedAt, &in.Member.ID,
				&in.Member.Handle, &in.Member.Name, &in.By, &in.ExpiresAt, &in.UsedBy)
		if errors.Is(err, sql.ErrNoRows) {
			return in, errLinkGone
		}
		in.ExpiresAt = in.ExpiresAt.UTC()
		return in, err
	})
}

// openInvitation returns what the invitation of the link is kept as, if there can be one.
func (s *Store) openInvitation(
	ctx context.Context, link Link,
) (open openInvitation, err error) {
	hash, found := secretHash(link.Secret)
	if !found {
		return open, errLinkGone
	}
	commons, err := s.CommonsBySlug(ctx, link.Commons)
	if isNotFound(err) {
		return open, errLinkGone
	}
	return openInvitation{commons: commons.ID, hash: hash}, err
}

// useInvitation makes the person the invitation's member, once.
func (s *Store) useInvitation(
	ctx context.Context, tx *sqlx.Tx, open openInvitation, by joining,
) error {
	act := &Act{
		By: Caller{Commons: ledger.Commons{ID: open.commons}}, Operation: ledger.AcceptInvitation,
		RequestID: by.from.RequestID, Address: by.from.Network,
	}
	w, err := s.begin(ctx, tx, act, true)
	if err != nil {
		return err
	}
	err = w.QueryRowContext(ctx, `
		WITH used AS (
		    UPDATE invitation SET used_at = $4, used_by = $3
		     WHERE commons_id = $1 AND invitation_hash = $2 AND used_at IS NULL
		       AND revoked_at IS NULL AND expires_at > $4
		    RETURNING commons_id, member_id)
		INSERT INTO person_member (commons_id, member_id, person_id, created_at)
		SELECT commons_id, member_id, $3, $4 FROM used
		RETURNING member_id`,
		string(open.commons), open.hash, string(by.person), w.now).Scan(&act.By.Member)
	if errors.Is(err, sql.ErrNoRows) {
		return w.whyClosed(ctx, open, by.person)
	}
	if err != nil {
		return err
	}
	w.trail.concern(memberJoined, act.By.Member.String())
	return w.insertAudit(ctx, w.done(nil))
}

// whyClosed says why the invitation is of no use, unless the person is who used it.
func (w *work) whyClosed(
	ctx context.Context, open openInvitation, by ledger.PersonID,
) error {
	var usedBy sql.NullString
	err := w.GetContext(ctx, &usedBy, `
		SELECT used_by FROM invitation WHERE commons_id = $1 AND invitation_hash = $2`,
		string(open.commons), open.hash)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return errLinkGone
	case err != nil:
		return err
	case usedBy.String == string(by):
		return nil // a second click by the one who used it
	case usedBy.Valid:
		return errLinkUsed
	}
	return errLinkGone
}

// Join makes a person who is signed in the link's member.
func (s *Store) Join(
	ctx context.Context, link Link, by ledger.PersonID, from Browser,
) error {
	open, err := s.openInvitation(ctx, link)
	if err != nil {
		return err
	}
	_, err = within(ctx, s, open.commons, func(tx *sqlx.Tx) (struct{}, error) {
		return struct{}{}, s.useInvitation(ctx, tx, open, joining{by, from})
	})
	return err
}

// JoinAsNew makes a new person the link's member and signs them in, where no mail can
// ask whether the address is theirs. An address that somebody has is refused.
func (s *Store) JoinAsNew(
	ctx context.Context, link Link, email string, from Browser,
) (secret string, err error) {
	if err := ledger.CheckEmail(email); err != nil {
		return "", err
	}
	open, err := s.openInvitation(ctx, link)
	if err != nil {
		return "", err
	}
	return within(ctx, s, open.commons, func(tx *sqlx.Tx) (string, error) {
		id, err := s.insertInvited(ctx, tx, open, email)
		if err != nil {
			return "", err
		}
		if err := s.useInvitation(ctx, tx, open, joining{id, from}); err != nil {
			return "", err
		}
		return s.insertSession(ctx, tx, id, from)
	})
}

// insertInvited makes a person with the address and the name of the invited member.
func (s *Store) insertInvited(
	ctx context.Context, tx *sqlx.Tx, open openInvitation, email string,
) (ledger.PersonID, error) {
	invited := ledger.Person{Email: email}
	err := tx.GetContext(ctx, &invited.Name, `
		SELECT m.name FROM invitation AS i
		  JOIN member AS m ON m.commons_id = i.commons_id AND m.member_id = i.member_id
		 WHERE i.commons_id = $1 AND i.invitation_hash = $2`, string(open.commons), open.hash)
	if errors.Is(err, sql.ErrNoRows) {
		return "", errLinkGone
	}
	if err != nil {
		return "", err
	}
	return s.insertPerson(ctx, tx, invited)
}
