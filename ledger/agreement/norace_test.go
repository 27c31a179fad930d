//go:build !race

package agreement

const slowdown = 1
