package main

import (
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"
)

type versionCommand struct {
	inJSON
}

// Help shows examples.
func (versionCommand) Help() string {
	return `Examples:

    phyle version
    phyle version --json`
}

// built is what the build says of itself.
type built struct {
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"`
	Time     string `json:"time,omitempty"`
	Modified bool   `json:"modified,omitempty"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

// Run writes the version.
func (c versionCommand) Run(s *session) error {
	b := readBuild()
	if c.JSON {
		return writeJSON(s, b)
	}
	fmt.Fprintf(s.out, "phyle %s, %s, %s\n", b.Version, b.Go, b.Platform)
	if b.Revision != "" {
		changed := ""
		if b.Modified {
			changed = ", changed since"
		}
		fmt.Fprintf(s.out, "revision %s of %s%s\n", b.Revision, b.Time, changed)
	}
	return nil
}

func readBuild() built {
	b := built{
		Version: "(devel)", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH,
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	if info.Main.Version != "" {
		b.Version = info.Main.Version
	}
	for _, setting := range info.Settings {
		switch setting.Key {
		case "vcs.revision":
			b.Revision = setting.Value
		case "vcs.time":
			b.Time = setting.Value
		case "vcs.modified":
			b.Modified = setting.Value == "true"
		}
	}
	return b
}

func version() string { return readBuild().Version }

// writeJSON writes a result for programs.
func writeJSON(s *session, v any) error {
	encoder := json.NewEncoder(s.out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(v)
}
