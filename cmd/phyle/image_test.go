package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// instruction is one of a Dockerfile, with the stage it belongs to.
type instruction struct {
	stage     int // 1 for the first FROM
	name      string
	arguments string
}

// readDockerfile returns the instructions of a Dockerfile, without comments.
func readDockerfile(text string) (list []instruction) {
	stage := 0
	text = regexp.MustCompile(`(?m)^\s*#.*\n`).ReplaceAllString(text, "")
	for line := range strings.SplitSeq(strings.ReplaceAll(text, "\\\n", " "), "\n") {
		name, arguments, _ := strings.Cut(strings.TrimSpace(line), " ")
		if name == "" {
			continue
		}
		if name == "FROM" {
			stage++
		}
		list = append(list, instruction{stage, name, strings.TrimSpace(arguments)})
	}
	return list
}

// ofLastStage returns what the last stage says under the name, without flags.
func ofLastStage(list []instruction, name string) []string {
	var found []string
	for _, i := range list {
		if i.stage == list[len(list)-1].stage && i.name == name {
			found = append(found, i.arguments)
		}
	}
	return found
}

// command returns the words of an instruction in the form that needs no shell.
func command(arguments string) (words []string, err error) {
	_, list, found := strings.Cut(arguments, "[")
	if !found {
		return nil, fmt.Errorf("%q needs a shell", arguments)
	}
	return words, json.Unmarshal([]byte("["+list), &words)
}

// healthOfImage is the command that the image checks its health with.
func healthOfImage(t *testing.T) []string {
	t.Helper()
	checks := ofLastStage(readDockerfile(readText(t, "Dockerfile")), "HEALTHCHECK")
	if len(checks) != 1 {
		t.Fatalf("the image has %d health checks", len(checks))
	}
	words, err := command(checks[0])
	if err != nil {
		t.Fatal(err)
	}
	return words
}

// TestDockerfile holds that the image is made of what there is, and is no more than
// one program for an account without rights.
func TestDockerfile(t *testing.T) {
	t.Parallel()
	for _, fault := range imageFaults(readText(t, "Dockerfile"), readText(t, "go.mod")) {
		t.Error(fault)
	}
}

// TestDockerfileFails shows that each rule finds what it is for.
func TestDockerfileFails(t *testing.T) {
	t.Parallel()
	text, module := readText(t, "Dockerfile"), readText(t, "go.mod")
	for _, c := range []struct{ name, old, new, want string }{
		{"other Go", "golang:1.26", "golang:1.25", "is not the Go of go.mod"},
		{"floating Go", "golang:1.26-bookworm", "golang", "is not pinned"},
		{"more than the program", "FROM scratch", "FROM debian:13", "is more than the program"},
		{"linked with C", "CGO_ENABLED=0 ", "", "CGO_ENABLED=0"},
		{"paths inside", "-trimpath ", "", "-trimpath"},
		{"other package", "./cmd/phyle", "./cmd/philae", "cmd/philae"},
		{"other output", "-o /phyle", "-o /fill", "/phyle is not made"},
		{"file that is not there", "COPY go.mod go.sum", "COPY go.mod go.lock", "go.lock"},
		{"stage that is not there", "AS build", "AS builder", "no stage build"},
		{"root", "USER 65532:65532", "USER 0:0", "root"},
		{"no account", "USER 65532:65532\n", "", "root"},
		{"account by name", "USER 65532:65532", "USER phyle", "root"},
		{"shell", `CMD ["serve"]`, "CMD serve", "needs a shell"},
		{"command that is not there", `CMD ["serve"]`, `CMD ["surf"]`, "surf"},
		{"shell in the image", "EXPOSE 8080", "RUN true", "runs something"},
		{"unknown variable", "PHYLE_LISTEN", "PHYLE_LISTENS", "does not read"},
		{"no health check", "HEALTHCHECK", "LABEL", "no HEALTHCHECK"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			mutant := strings.Replace(text, c.old, c.new, 1)
			if mutant == text {
				t.Fatalf("%q is not in the file", c.old)
			}
			if got := strings.Join(imageFaults(mutant, module), "\n"); !strings.Contains(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// imageFaults says what is wrong with a Dockerfile.
func imageFaults(text, module string) (faults []string) {
	complain := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	list := readDockerfile(text)
	stages, outputs := map[string]bool{}, map[string]bool{}
	for _, i := range list {
		words := strings.Fields(i.arguments)
		switch i.name {
		case "FROM":
			if len(words) == 3 {
				stages[words[2]] = true
			}
			if words[0] != "scratch" && !pinned.MatchString(words[0]) {
				complain("%s is not pinned", words[0])
			}
			if version, isGo := strings.CutPrefix(words[0], "golang:"); isGo {
				version, _, _ = strings.Cut(version, "-")
				if !strings.Contains(module, "\ngo "+version+".") {
					complain("%s is not the Go of go.mod", words[0])
				}
			}
		case "RUN":
			faults = append(faults, buildFaults(words, outputs)...)
		case "COPY":
			faults = append(faults, copyFaults(words, stages, outputs)...)
		case "ENV":
			faults = append(faults, environmentFaults(words)...)
		}
	}
	if from := ofLastStage(list, "FROM"); !slices.Equal(from, []string{"scratch"}) {
		complain("%v is more than the program", from)
	}
	if runs := ofLastStage(list, "RUN"); len(runs) > 0 {
		complain("the image runs something to be made: %v", runs)
	}
	user := strings.Join(ofLastStage(list, "USER"), " ")
	if !regexp.MustCompile(`^[1-9][0-9]*:[1-9][0-9]*$`).MatchString(user) {
		complain("the program runs as root, or as a name: %q", user)
	}
	return append(faults, commandFaults(list)...)
}

// buildFaults says what is wrong with how the program is built, and notes where to.
func buildFaults(words []string, outputs map[string]bool) (faults []string) {
	if !slices.Contains(words, "build") {
		return nil
	}
	for _, needed := range []string{"CGO_ENABLED=0", "-trimpath"} {
		if !slices.Contains(words, needed) {
			faults = append(faults, "the program is built without "+needed)
		}
	}
	if i := slices.Index(words, "-o"); i >= 0 {
		outputs[words[i+1]] = true
	}
	what := words[len(words)-1]
	if _, err := os.Stat(filepath.Join(repository, what, "main.go")); err != nil {
		faults = append(faults, err.Error())
	}
	return faults
}

// copyFaults says which of the files that are copied do not exist.
func copyFaults(words []string, stages, outputs map[string]bool) (faults []string) {
	from, isStage := strings.CutPrefix(words[0], "--from=")
	if isStage && !stages[from] {
		faults = append(faults, "there is no stage "+from)
	}
	for _, name := range words[:len(words)-1] {
		switch {
		case strings.HasPrefix(name, "--"):
		case isStage && path.Dir(name) == "/" && !outputs[name]:
			faults = append(faults, name+" is not made")
		case !isStage:
			if _, err := os.Stat(filepath.Join(repository, name)); err != nil {
				faults = append(faults, err.Error())
			}
		}
	}
	return faults
}

// environmentFaults says which variables are none that the program reads, or hold
// what an image must not.
func environmentFaults(words []string) (faults []string) {
	for _, word := range words {
		name, _, _ := strings.Cut(word, "=")
		if !slices.Contains(knownVariables(), name) {
			faults = append(faults, name+" is a variable that the program does not read")
		}
		if secretName.MatchString(name) {
			faults = append(faults, name+" is a secret in the image")
		}
	}
	return faults
}

// commandFaults says what is wrong with what the image runs.
func commandFaults(list []instruction) (faults []string) {
	var entry []string
	for _, name := range []string{"ENTRYPOINT", "CMD", "HEALTHCHECK"} {
		given := ofLastStage(list, name)
		if len(given) != 1 {
			faults = append(faults, "there is no "+name)
			continue
		}
		words, err := command(given[0])
		if err != nil {
			faults = append(faults, err.Error())
			continue
		}
		switch name {
		case "ENTRYPOINT":
			entry = words
			continue
		case "CMD":
			words = append(entry, words...)
		}
		if words[0] != "/phyle" {
			faults = append(faults, words[0]+" is not the program")
		}
		if _, err := typedParser().Parse(words[1:]); err != nil {
			faults = append(faults, err.Error())
		}
	}
	return faults
}

// TestDockerIgnore holds that secrets and what was built stay out of the image, and
// that nothing of the repository does.
func TestDockerIgnore(t *testing.T) {
	t.Parallel()
	ignored := strings.Fields(readText(t, ".dockerignore"))
	for line := range strings.SplitSeq(strings.TrimSpace(readText(t, ".gitignore")), "\n") {
		if !slices.Contains(ignored, line) && !slices.Contains(ignored, "**/"+line) {
			t.Errorf("%s is not ignored", line)
		}
	}
	if !slices.Contains(ignored, "/secrets/") {
		t.Error("the secrets of docker-compose.yml are not ignored")
	}
	output, err := exec.Command("git", "-C", repository, "ls-files", "--cached", "--ignored",
		"--exclude-from=.dockerignore").CombinedOutput()
	if err != nil {
		t.Skipf("git cannot tell what the repository has: %v: %s", err, output)
	}
	if len(output) > 0 {
		t.Errorf("these would be missing in a build: %s", output)
	}
}

// accountOf returns the numbers that a USER instruction gives.
func accountOf(t *testing.T, user string) (account, group uint32) {
	t.Helper()
	first, second, _ := strings.Cut(user, ":")
	for text, number := range map[string]*uint32{first: &account, second: &group} {
		parsed, err := strconv.ParseUint(text, 10, 32)
		if err != nil {
			t.Fatal(err)
		}
		*number = uint32(parsed)
	}
	return account, group
}
