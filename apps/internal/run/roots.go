//go:build !embedded

package run

// Roots to verify certificates with where the system has none, as in an image that
// holds nothing but a program. Where it has some, they are used.
import _ "golang.org/x/crypto/x509roots/fallback"
