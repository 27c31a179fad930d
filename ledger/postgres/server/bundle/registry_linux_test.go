package bundle

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"io/fs"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestPublicRegistry has nothing set and no npm. The public registry is asked, which a
// proxy plays here on the loopback, with a certificate that only this test trusts.
func TestPublicRegistry(t *testing.T) {
	t.Parallel()
	const host = "registry.npmjs.org"
	archive := pack(t, right())
	var path string
	public := httptest.NewUnstartedServer(http.HandlerFunc(
		func(w http.ResponseWriter, q *http.Request) {
			path = q.Host + q.URL.Path
			_, _ = w.Write(archive)
		}))
	certificate, trusted := certificateOf(t, host)
	public.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
	public.StartTLS()
	t.Cleanup(public.Close)
	proxy := httptest.NewServer(tunnel(t, host+":443", public.Listener.Addr().String()))
	t.Cleanup(proxy.Close)

	cache := filepath.Join(t.TempDir(), "cache")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.Command(self)
	child.Env = []string{
		getVariable + "=" + cache, "INTEGRITY=" + bundleOf(archive).Integrity, "PATH=" + t.TempDir(),
		"HTTPS_PROXY=" + proxy.URL, "SSL_CERT_FILE=" + trusted,
	}
	output, err := child.CombinedOutput()
	want := filepath.Join(cache, "postgres-1.0-test", "bin")
	if got := strings.TrimSpace(string(output)); err != nil || got != want {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	if want := host + "/@embedded-postgres/test/-/test-1.0.tgz"; path != want {
		t.Errorf("%s was asked for, not %s", path, want)
	}
}

// TestExplain holds what is worth another try: not what was never reached, itself or
// by a proxy.
func TestExplain(t *testing.T) {
	t.Parallel()
	refused := &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	for _, test := range []struct {
		name  string
		err   error
		again bool
	}{
		{"nobody there", &url.Error{Op: "Get", Err: refused}, false},
		{"no proxy there", &net.OpError{Op: "proxyconnect", Err: refused}, false},
		{"no room", &fs.PathError{Op: "write", Err: syscall.ENOSPC}, false},
		{"another answer", refusal{io.ErrUnexpectedEOF}, false},
		{"reset", &net.OpError{Op: "read", Err: syscall.ECONNRESET}, true},
		{"cut off", io.ErrUnexpectedEOF, true},
	} {
		var broken brokenOff
		if got := errors.As(explain(t.Context(), test.err), &broken); got != test.again {
			t.Errorf("%s: tried again: %v, want %v", test.name, got, test.again)
		}
	}
}

// certificateOf makes a certificate for the host and a file by which it is trusted.
func certificateOf(t *testing.T, host string) (tls.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{host}, NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "trusted.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, path
}

// tunnel is a proxy that leads whoever asks for the one address to another.
func tunnel(t *testing.T, asked, address string) http.HandlerFunc {
	return func(w http.ResponseWriter, q *http.Request) {
		if q.Method != http.MethodConnect || q.Host != asked {
			t.Errorf("the proxy was asked %s %s", q.Method, q.Host)
			http.Error(w, "not here", http.StatusForbidden)
			return
		}
		far, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", address)
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = far.Close() }()
		w.WriteHeader(http.StatusOK)
		near, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = near.Close() }()
		go func() { _, _ = io.Copy(far, near) }()
		_, _ = io.Copy(near, far)
	}
}
