package bundle

import (
	"context"
	"errors"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"time"
)

// publicRegistry is the one that the npm client asks unless it is told otherwise.
const publicRegistry = "https://registry.npmjs.org"

// errMuteClient is the error of a machine whose npm client does not work. It may be
// set to a registry that we cannot know, so that no other is asked in its place.
var errMuteClient = errors.New("npm does not say which registry it asks")

// Registry is the address of the npm registry in use here: the one that
// PHYLE_POSTGRES_MIRROR names, else the one in the environment of the npm
// client, else the one that the client answers when asked, and the public one
// where there is no client.
func Registry(ctx context.Context) (string, error) {
	for _, name := range []string{
		"PHYLE_POSTGRES_MIRROR", "npm_config_registry", "NPM_CONFIG_REGISTRY",
	} {
		if address := os.Getenv(name); address != "" {
			return checked(address, name)
		}
	}
	client, err := exec.LookPath("npm")
	if err != nil {
		return publicRegistry, nil
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	command := exec.CommandContext(ctx, client, "config", "get", "registry")
	command.Dir = string(os.PathSeparator) // no project's settings
	command.WaitDelay = time.Second
	output, err := command.Output()
	if err != nil {
		return "", errMuteClient
	}
	return checked(strings.TrimSpace(string(output)), "npm config get registry")
}

// checked returns an address that a registry can have.
func checked(address, from string) (string, error) {
	parsed, err := url.Parse(address)
	if err != nil || parsed.Host == "" || parsed.Scheme != "https" && parsed.Scheme != "http" {
		return "", errors.New(from + " holds no address of a registry: it begins with https://")
	}
	return address, nil
}
