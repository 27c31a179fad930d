package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"syscall"
	"time"

	"phyle/http"
)

// healthLimit is how long the program that is asked may take.
const healthLimit = 4 * time.Second

type healthCommand struct {
	Address string `default:"127.0.0.1:8080" env:"PHYLE_LISTEN" placeholder:"HOST:PORT" help:"Where it answers; 127.0.0.1:8080 unless given."`
}

// Help shows examples.
func (healthCommand) Help() string {
	return `Asks a running "phyle serve" whether it is ready: it answers, reaches its database and is
not about to end. Says so, or why not, and then ends with code 1. Containers are watched with it.

Examples:

    phyle health
    phyle health --address 127.0.0.1:9000`
}

// Run asks the program that answers on the address of this machine.
func (c healthCommand) Run(ctx context.Context, s *session) error {
	host, port, err := net.SplitHostPort(c.Address)
	if err != nil {
		return refuse("Write it as 127.0.0.1:8080.", "%q is no address.", c.Address)
	}
	switch host { // who answers everywhere answers here
	case "", "0.0.0.0":
		host = "127.0.0.1"
	case "::":
		host = "::1"
	}
	ctx, cancel := context.WithTimeout(ctx, healthLimit)
	defer cancel()
	err = http.CheckReady(ctx, "http://"+net.JoinHostPort(host, port))
	if errors.Is(err, syscall.ECONNREFUSED) {
		return refuse("Start phyle serve there, or name where it answers with --address.",
			"Nothing answers on %s.", c.Address)
	}
	if err != nil {
		return refuse("Look at its log; it may just be starting, or its database be away.",
			"The program on %s is not ready: %v", c.Address, err)
	}
	_, err = fmt.Fprintln(s.out, "ready")
	return err
}
