package main

import (
	"context"
	"log/slog"
	"net"

	"phyle/http"
)

// metricsFlags say where figures about the program itself are answered.
type metricsFlags struct {
	Metrics     string `env:"PHYLE_METRICS" placeholder:"HOST:PORT" help:"Where to answer GET /metrics for Prometheus, such as 127.0.0.1:9090; nowhere unless given."`
	MetricsOpen bool   `env:"PHYLE_METRICS_OPEN" help:"Let --metrics answer other machines. Nobody is asked for a token there."`
}

// listenForMetrics listens where metrics are to be answered, if anywhere. An
// address that other machines reach must have been meant.
func (f metricsFlags) listenForMetrics() (net.Listener, error) {
	if f.Metrics == "" {
		return nil, nil
	}
	address, err := net.ResolveTCPAddr("tcp", f.Metrics)
	if err != nil {
		return nil, cannotListen("--metrics", f.Metrics, err)
	}
	if !address.IP.IsLoopback() && !f.MetricsOpen {
		return nil, refuse(
			"Take 127.0.0.1, or say --metrics-open if others are kept away in another way.",
			"Other machines may reach the metrics on %s, and nobody would be asked for a token.",
			f.Metrics)
	}
	listener, err := net.ListenTCP("tcp", address)
	if err != nil {
		return nil, cannotListen("--metrics", f.Metrics, err)
	}
	return listener, nil
}

// serveMetrics answers on the listener until the function is called that it returns.
func serveMetrics(api *http.Server, listener net.Listener, log *slog.Logger) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- api.ServeMetrics(ctx, listener) }()
	log.Info("metrics", "address", addressOf(listener)+"/metrics")
	return func() {
		cancel()
		if err := <-ended; err != nil {
			log.Error("metrics", "error", err)
		}
	}
}
