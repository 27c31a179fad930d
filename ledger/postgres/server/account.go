package server

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"syscall"
)

// account is whom PostgreSQL runs as. Without a credential that is ourselves.
type account struct {
	name       string
	credential *syscall.Credential
}

func (a account) userID() int {
	if a.credential == nil {
		return os.Geteuid()
	}
	return int(a.credential.Uid)
}

// give makes the account the owner of a path that we have made.
func (a account) give(path string) error {
	if a.credential == nil {
		return nil
	}
	return os.Lchown(path, int(a.credential.Uid), int(a.credential.Gid))
}

// chooseAccount is ourselves, since a data directory opens to its owner only.
// PostgreSQL refuses root, so root steps down to the owner of the data, else
// to the user named in PHYLE_POSTGRES_USER, else to postgres, else to nobody.
func chooseAccount(data string) (account, error) {
	info, err := os.Stat(data)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return account{}, homeError(data, err)
	}
	ownerID := -1
	if err == nil {
		ownerID = int(info.Sys().(*syscall.Stat_t).Uid)
	}
	if self := os.Geteuid(); self != 0 {
		if ownerID >= 0 && ownerID != self {
			return account{}, foreignData(data, ownerID)
		}
		return account{name: "user " + strconv.Itoa(self)}, nil
	}
	if ownerID == 0 {
		return account{}, foreignData(data, ownerID)
	}
	if ownerID > 0 {
		found, err := user.LookupId(strconv.Itoa(ownerID))
		if err != nil {
			group := info.Sys().(*syscall.Stat_t).Gid
			credential := &syscall.Credential{Uid: uint32(ownerID), Gid: group}
			return account{name: "user " + strconv.Itoa(ownerID), credential: credential}, nil
		}
		return stepDown(found)
	}
	if name := os.Getenv("PHYLE_POSTGRES_USER"); name != "" {
		found, err := user.Lookup(name)
		if err != nil {
			return account{}, &Error{
				message: fmt.Sprintf("PHYLE_POSTGRES_USER names %q, and there is no such user.", name),
				hint:    "Name a user that exists and is not root.", cause: err,
			}
		}
		return stepDown(found)
	}
	for _, name := range []string{"postgres", "nobody"} {
		if found, err := user.Lookup(name); err == nil {
			return stepDown(found)
		}
	}
	return account{}, &Error{
		message: "PostgreSQL does not run as root, and there is no user postgres or nobody.",
		hint:    "Name another user in PHYLE_POSTGRES_USER, or run Phyle as another user.",
	}
}

func foreignData(data string, ownerID int) error {
	return &Error{
		message: fmt.Sprintf("The data directory %s belongs to user %d, as whom PostgreSQL "+
			"cannot be run.", data, ownerID),
		hint: "Run Phyle as that user if it is not root, or choose another home with PHYLE_HOME.",
	}
}

func stepDown(found *user.User) (account, error) {
	userID, err := strconv.ParseUint(found.Uid, 10, 32)
	if err != nil {
		return account{}, err
	}
	groupID, err := strconv.ParseUint(found.Gid, 10, 32)
	if err != nil {
		return account{}, err
	}
	if userID == 0 {
		return account{}, &Error{
			message: fmt.Sprintf("PostgreSQL does not run as %s, which is root.", found.Username),
			hint:    "Name a user that is not root in PHYLE_POSTGRES_USER.",
		}
	}
	names, err := found.GroupIds()
	if err != nil {
		return account{}, err
	}
	groups := make([]uint32, 0, len(names))
	for _, name := range names {
		group, err := strconv.ParseUint(name, 10, 32)
		if err != nil {
			return account{}, err
		}
		groups = append(groups, uint32(group))
	}
	return account{name: found.Username, credential: &syscall.Credential{
		Uid: uint32(userID), Gid: uint32(groupID), Groups: groups,
	}}, nil
}

// reaches finds out whether the account can enter the home and run the
// programs, by doing so.
func (a account) reaches(h home, i installation) error {
	command := exec.Command(i.program("postgres"), "--version")
	command.Dir = h.path
	command.Env = environment()
	command.SysProcAttr = &syscall.SysProcAttr{Credential: a.credential}
	err := command.Run()
	if errors.Is(err, fs.ErrPermission) {
		return &Error{
			message: fmt.Sprintf("PostgreSQL will run as %s, who cannot reach the home %s "+
				"or the programs in %s.", a.name, h.path, i.directory),
			hint: "Choose a home outside root's own directories with PHYLE_HOME " +
				"(/var/lib/phyle is the usual one), or let others pass: chmod o+x on each " +
				"directory above it.",
			cause: err,
		}
	}
	if err != nil {
		return fmt.Errorf("running %s: %w", command.Path, err)
	}
	return nil
}
