package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// hardening is what the unit must say of each setting, so that the program gets
// nothing of the machine but its own directory and the network.
var hardening = map[string]string{
	"CapabilityBoundingSet":   "",
	"KillMode":                "mixed",
	"LimitCORE":               "0",
	"LockPersonality":         "yes",
	"MemoryDenyWriteExecute":  "yes",
	"NoNewPrivileges":         "yes",
	"PrivateDevices":          "yes",
	"PrivateTmp":              "yes",
	"ProtectClock":            "yes",
	"ProtectControlGroups":    "yes",
	"ProtectHome":             "yes",
	"ProtectKernelLogs":       "yes",
	"ProtectKernelModules":    "yes",
	"ProtectKernelTunables":   "yes",
	"ProtectSystem":           "strict",
	"RestrictAddressFamilies": "AF_UNIX AF_INET AF_INET6",
	"RestrictNamespaces":      "yes",
	"RestrictRealtime":        "yes",
	"RestrictSUIDSGID":        "yes",
	"StateDirectory":          "phyle",
	"StateDirectoryMode":      "0700",
	"SystemCallArchitectures": "native",
	"UMask":                   "0077",
	"User":                    "phyle",
}

func readUnit(t *testing.T) string { return readText(t, "cmd", "phyle", "phyle.service") }

// TestUnit holds that the service of systemd is hardened, and is not cut off before
// it has finished what is begun.
func TestUnit(t *testing.T) {
	t.Parallel()
	for _, fault := range unitFaults(readUnit(t)) {
		t.Error(fault)
	}
}

// TestUnitFails shows that each rule finds what it is for.
func TestUnitFails(t *testing.T) {
	t.Parallel()
	text := readUnit(t)
	for _, c := range []struct{ name, old, new, want string }{
		{"root", "User=phyle\n", "", "User"},
		{"all are told to end", "KillMode=mixed", "KillMode=control-group", "KillMode"},
		{"impatient", "TimeoutStopSec=120", "TimeoutStopSec=30", "is cut off"},
		{"default patience", "TimeoutStopSec=120\n", "", "is cut off"},
		{"capable", "CapabilityBoundingSet=\n", "", "CapabilityBoundingSet"},
		{"other command", "phyle serve", "phyle serfe", "serfe"},
		{"other home", "PHYLE_HOME=/var/lib/phyle ", "PHYLE_HOME=/srv ", "outside its directory"},
		{"unknown variable", "PHYLE_LISTEN", "PHYLE_LISTENS", "does not read"},
		{"kills what it filters", "SystemCallErrorNumber=EPERM\n", "", "SystemCallErrorNumber"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			mutant := strings.Replace(text, c.old, c.new, 1)
			if mutant == text {
				t.Fatalf("%q is not in the file", c.old)
			}
			if got := strings.Join(unitFaults(mutant), "\n"); !strings.Contains(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// readSettings returns what a unit says of each setting.
func readSettings(text string) map[string][]string {
	settings := map[string][]string{}
	for line := range strings.SplitSeq(text, "\n") {
		name, value, found := strings.Cut(line, "=")
		if found && !strings.HasPrefix(line, "#") {
			settings[name] = append(settings[name], value)
		}
	}
	return settings
}

// unitFaults says what is wrong with a unit.
func unitFaults(text string) (faults []string) {
	complain := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	settings := readSettings(text)
	for name, want := range hardening {
		if got := settings[name]; !slices.Equal(got, []string{want}) {
			complain("%s is %q, not %q", name, got, want)
		}
	}
	filters := settings["SystemCallFilter"]
	if !slices.Equal(filters, []string{"@system-service", "~@privileged @resources"}) {
		complain("SystemCallFilter is %q", filters)
	}
	// What is filtered may be tried, as the C library does, and goes without.
	if errno := settings["SystemCallErrorNumber"]; !slices.Equal(errno, []string{"EPERM"}) {
		complain("SystemCallErrorNumber is %q", errno)
	}
	seconds, err := strconv.Atoi(strings.Join(settings["TimeoutStopSec"], " "))
	if err != nil || time.Duration(seconds)*time.Second <= longestEnd {
		complain("it is cut off before it ends by itself, which takes %v", longestEnd)
	}
	words := strings.Fields(strings.Join(settings["ExecStart"], " "))
	if len(words) == 0 || filepath.Base(words[0]) != "phyle" {
		complain("it starts %q", words)
	} else if _, err := typedParser().Parse(words[1:]); err != nil {
		complain("%v", err)
	}
	for word := range strings.FieldsSeq(strings.Join(settings["Environment"], " ")) {
		name, value, _ := strings.Cut(word, "=")
		if !slices.Contains(knownVariables(), name) {
			complain("%s is a variable that the program does not read", name)
		}
		if name == "PHYLE_HOME" && value != "/var/lib/phyle" {
			complain("%s is outside its directory", value)
		}
	}
	return faults
}

// TestUnitVerifies has systemd itself read the unit, where it is installed, and say
// how exposed the service is: 10 is entirely, and below 2 is hardly.
func TestUnitVerifies(t *testing.T) {
	t.Parallel()
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("systemd-analyze is not installed; it comes with systemd")
	}
	program, err := exec.LookPath("phyle")
	if err != nil {
		t.Fatal(err)
	}
	// It looks for the program where the unit says that it is.
	text := strings.ReplaceAll(readUnit(t), "/usr/local/bin/phyle", program)
	unit := filepath.Join(t.TempDir(), "phyle.service")
	if err := os.WriteFile(unit, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	output, err := exec.Command(analyze, "verify", unit).CombinedOutput()
	if err != nil || len(output) > 0 {
		t.Errorf("%v: %s", err, output)
	}
	output, err = exec.Command(analyze, "security", "--offline=yes", "--threshold=20", unit).
		CombinedOutput()
	if err != nil {
		t.Errorf("%v: %s", err, output)
	}
}
