package http

import (
	"github.com/prometheus/client_golang/prometheus"

	"phyle/ledger/postgres"
)

// storeCollector reports how the store uses its database.
type storeCollector struct {
	store                        *postgres.Store
	inUse, idle, most            *prometheus.Desc
	waits, waited, batches, acts *prometheus.Desc
	lost                         *prometheus.Desc
}

func newStoreCollector(store *postgres.Store) *storeCollector {
	describe := func(name, help string) *prometheus.Desc {
		return prometheus.NewDesc("phyle_database_"+name, help, nil, nil)
	}
	return &storeCollector{
		store: store,
		inUse: describe("connections_in_use", "Connections to the database that are at work."),
		idle:  describe("connections_idle", "Connections to the database that wait for work."),
		most:  describe("connections_most", "Connections to the database that there may be."),
		waits: describe("connection_waits_total", "Times that work waited for a connection."),
		waited: describe("connection_wait_seconds_total",
			"Time that work has waited for a connection."),
		batches: describe("batches_total", "Transactions that logged what waited together."),
		acts:    describe("batched_acts_total", "Acts of logging in these transactions."),
		lost: describe("refusals_lost_total",
			"Refusals of acts on money that could not be written into the audit trail."),
	}
}

// Describe sends what there is to report.
func (c *storeCollector) Describe(to chan<- *prometheus.Desc) {
	for _, description := range []*prometheus.Desc{
		c.inUse, c.idle, c.most, c.waits, c.waited, c.batches, c.acts, c.lost,
	} {
		to <- description
	}
}

// Collect sends the figures of this moment.
func (c *storeCollector) Collect(to chan<- prometheus.Metric) {
	gauge := func(of *prometheus.Desc, value float64) {
		to <- prometheus.MustNewConstMetric(of, prometheus.GaugeValue, value)
	}
	counter := func(of *prometheus.Desc, value float64) {
		to <- prometheus.MustNewConstMetric(of, prometheus.CounterValue, value)
	}
	pool := c.store.Stats()
	gauge(c.inUse, float64(pool.InUse))
	gauge(c.idle, float64(pool.Idle))
	gauge(c.most, float64(pool.MaxOpenConnections))
	counter(c.waits, float64(pool.WaitCount))
	counter(c.waited, pool.WaitDuration.Seconds())
	batches, acts := c.store.Batches()
	counter(c.batches, float64(batches))
	counter(c.acts, float64(acts))
	counter(c.lost, float64(c.store.LostRefusals()))
}
