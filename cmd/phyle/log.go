package main

import (
	"fmt"
	"io"
	"log/slog"
)

// logFlags say what is written about requests, and how.
type logFlags struct {
	LogFormat string `enum:"text,json" default:"text" env:"PHYLE_LOG_FORMAT" placeholder:"FORMAT" help:"Write the log as text or json; text unless given."`
	LogLevel  string `enum:"debug,info,warn,error" default:"info" env:"PHYLE_LOG_LEVEL" placeholder:"LEVEL" help:"Leave out what is less than debug, info, warn or error; info unless given."`
}

// logger returns a logger that writes as the flags say.
func (f logFlags) logger(to io.Writer) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(f.LogLevel)); err != nil {
		panic(fmt.Sprintf("the levels of the flag are those of slog: %v", err))
	}
	options := &slog.HandlerOptions{Level: level}
	if f.LogFormat == "json" {
		options.ReplaceAttr = inSeconds
		return slog.New(slog.NewJSONHandler(to, options))
	}
	return slog.New(slog.NewTextHandler(to, options))
}

// inSeconds writes durations for programs, which do not know what they are counted in.
func inSeconds(_ []string, a slog.Attr) slog.Attr {
	if a.Value.Kind() != slog.KindDuration {
		return a
	}
	return slog.Float64(a.Key+"_seconds", a.Value.Duration().Seconds())
}
