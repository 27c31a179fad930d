package server

// Forget has the distributions' directories looked for nowhere until restore is
// called. No server may be opened at the same time.
func Forget() (restore func()) {
	known := installedIn
	installedIn = nil
	return func() { installedIn = known }
}

// InstallCommand is the unexported function, for its table.
var InstallCommand = installCommand
