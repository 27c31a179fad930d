//go:build race

package agreement

// slowdown is how many times longer everything takes under the race detector.
const slowdown = 10
