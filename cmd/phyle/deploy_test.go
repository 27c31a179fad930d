package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"

	"phyle/http"
)

// longestEnd is how long the program may take to end: requests finish, then
// batches or its own PostgreSQL.
const longestEnd = http.FinishTime + closeLimit

// repository is the folder of the files that are about the whole.
var repository = filepath.Join("..", "..")

func readText(t *testing.T, names ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(append([]string{repository}, names...)...))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestCompose holds that docker-compose.yml is what the compose library takes, and
// that nothing in it gives more away than it must.
func TestCompose(t *testing.T) {
	t.Parallel()
	for _, fault := range composeFaults(readText(t, "docker-compose.yml"), healthOfImage(t)) {
		t.Error(fault)
	}
}

// TestComposeFails shows that each rule finds what it is for.
func TestComposeFails(t *testing.T) {
	t.Parallel()
	text, health := readText(t, "docker-compose.yml"), healthOfImage(t)
	for _, c := range []struct{ name, old, new, want string }{
		{"unknown setting", "    init: true\n", "    inti: true\n", "inti"},
		{"no init", "    init: true\n", "", "has no init"},
		{"from the environment", "POSTGRES_DB: phyle", "POSTGRES_DB: ${NAME}", "asks the environment"},
		{"floating image", "postgres:17-bookworm", "postgres", "is not pinned"},
		{"latest image", "postgres:17-bookworm", "postgres:latest", "is not pinned"},
		{"other major version", "postgres:17-bookworm", "postgres:18-bookworm", "is not PostgreSQL 17"},
		{"started too early", "service_healthy", "service_started", "does not wait"},
		{"open to all", "127.0.0.1:8080:8080", "8080:8080", "is open to other machines"},
		{"open database", "127.0.0.1:5432:5432", "0.0.0.0:5432:5432", "is open to other machines"},
		{
			"password in the file", "POSTGRES_PASSWORD_FILE: /run/secrets/database_password",
			"POSTGRES_PASSWORD: sesame", "is a secret in the file",
		},
		{
			"password in the address", "postgres://phyle@postgres", "postgres://phyle:sesame@postgres",
			"holds a password",
		},
		{
			"secret that is not there", "_FILE: /run/secrets/database_password",
			"_FILE: /run/secrets/password", "does not have",
		},
		{
			"secret from the environment", "file: secrets/database_password", "environment: PASSWORD",
			"does not come from a file",
		},
		{"writable", "    read_only: true\n", "", "can write"},
		{"capable", "    cap_drop: [ALL]\n", "", "keeps capabilities"},
		{"privileges", `    security_opt: ["no-new-privileges:true"]` + "\n", "", "new privileges"},
		{"impatient", "stop_grace_period: 2m", "stop_grace_period: 10s", "is cut off"},
		{"no patience given", "    stop_grace_period: 2m\n", "", "is cut off"},
		{"other health check", "test: [CMD, /phyle, health]", "test: [CMD, /phyle, version]", "checks"},
		{"no health check", "test: [CMD, pg_isready", "disable: true #", "has no health check"},
		{"no volume", "      - postgres:/var/lib/postgresql/data\n", "      - /srv\n", "no volume"},
		{"unknown variable", "PHYLE_DATABASE_PASSWORD_FILE: ", "PHYLE_PASSWORD_FILE: ", "does not read"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			mutant := strings.Replace(text, c.old, c.new, 1)
			if mutant == text {
				t.Fatalf("%q is not in the file", c.old)
			}
			if got := strings.Join(composeFaults(mutant, health), "\n"); !strings.Contains(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// composeFaults says what is wrong with a compose file whose image checks its
// health in the given way.
func composeFaults(text string, health []string) (faults []string) {
	if strings.Contains(regexp.MustCompile(`(?m)^\s*#.*$`).ReplaceAllString(text, ""), "$") {
		return []string{"the file asks the environment"}
	}
	project, err := loader.LoadWithContext(context.Background(), types.ConfigDetails{
		WorkingDir:  repository,
		ConfigFiles: []types.ConfigFile{{Filename: "docker-compose.yml", Content: []byte(text)}},
	})
	if err != nil {
		return []string{err.Error()}
	}
	complain := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	for name, secret := range project.Secrets {
		if secret.File == "" || secret.Environment != "" || secret.Content != "" {
			complain("the secret %s does not come from a file", name)
		}
	}
	for _, name := range []string{"phyle", "postgres"} {
		service, err := project.GetService(name)
		if err != nil {
			complain("%v", err)
			continue
		}
		faults = append(faults, serviceFaults(service)...)
	}
	ours, theirs := project.Services["phyle"], project.Services["postgres"]
	if ours.DependsOn["postgres"].Condition != types.ServiceConditionHealthy {
		complain("phyle does not wait for a database that is healthy")
	}
	if !ours.ReadOnly || ours.Privileged {
		complain("phyle can write where it runs")
	}
	if !slices.Contains(ours.CapDrop, "ALL") || len(ours.CapAdd) > 0 {
		complain("phyle keeps capabilities")
	}
	if ours.HealthCheck == nil || !slices.Equal(ours.HealthCheck.Test, append([]string{"CMD"}, health...)) {
		complain("phyle checks its health in another way than its image")
	}
	if !strings.HasPrefix(theirs.Image, "postgres:17") {
		complain("%s is not PostgreSQL 17", theirs.Image)
	}
	if !slices.ContainsFunc(theirs.Volumes, func(v types.ServiceVolumeConfig) bool {
		_, found := project.Volumes[v.Source]
		return v.Type == types.VolumeTypeVolume && found && v.Target == "/var/lib/postgresql/data"
	}) {
		complain("the data of postgres are on no volume")
	}
	return faults
}

// pinned matches an image of a given version.
var pinned = regexp.MustCompile(`^[a-z/]+:[0-9]+[0-9a-z.-]*$`)

// serviceFaults says what is wrong with a service, whichever it is.
func serviceFaults(s types.ServiceConfig) (faults []string) {
	complain := func(format string, args ...any) {
		faults = append(faults, s.Name+" "+fmt.Sprintf(format, args...))
	}
	if s.Build == nil && !pinned.MatchString(s.Image) {
		complain("%s is not pinned", s.Image)
	}
	if s.Init == nil || !*s.Init {
		complain("has no init")
	}
	if s.HealthCheck == nil || s.HealthCheck.Disable || len(s.HealthCheck.Test) < 2 {
		complain("has no health check")
	}
	if s.StopGracePeriod == nil || time.Duration(*s.StopGracePeriod) <= longestEnd {
		complain("is cut off before it ends by itself, which takes %v", longestEnd)
	}
	if !slices.Contains(s.SecurityOpt, "no-new-privileges:true") {
		complain("may gain new privileges")
	}
	for _, port := range s.Ports {
		if port.HostIP != "127.0.0.1" {
			complain("port %d is open to other machines", port.Target)
		}
	}
	for name, value := range s.Environment {
		if fault := variableFault(s, name, value); fault != "" {
			complain("%s %s", name, fault)
		}
	}
	return faults
}

// secretName matches variables whose values are nobody's business.
var secretName = regexp.MustCompile(`PASSWORD|SECRET|TOKEN|KEY`)

// variableFault says what is wrong with a variable of a service, if anything.
func variableFault(s types.ServiceConfig, name string, value *string) string {
	if value == nil {
		return "asks the environment"
	}
	if s.Name == "phyle" && !slices.Contains(knownVariables(), name) {
		return "is a variable that the program does not read"
	}
	if address, err := url.Parse(*value); err == nil && address.User != nil {
		if _, given := address.User.Password(); given {
			return "holds a password"
		}
	}
	if !secretName.MatchString(name) {
		return ""
	}
	file, isFile := strings.CutPrefix(*value, "/run/secrets/")
	switch {
	case !strings.HasSuffix(name, "_FILE") || !isFile:
		return "is a secret in the file"
	case !slices.ContainsFunc(s.Secrets, func(c types.ServiceSecretConfig) bool {
		return c.Source == file
	}):
		return "names a secret that the service does not have"
	}
	return ""
}

// knownVariables lists the variables that the program reads.
func knownVariables() (names []string) {
	for _, v := range append(flagVariables(typedParser().Model.Node), variables...) {
		names = append(names, v.word)
	}
	return names
}

// typedParser reads command lines as the program does.
func typedParser() *kong.Kong {
	return kong.Must(&commandLine{}, kong.Name("phyle"), kong.Exit(func(int) {}))
}
