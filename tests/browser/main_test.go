// Package browser_test plays the README's five steps in a real browser, against
// the program that a newcomer starts, and looks at every page on the way: on a
// wide screen and a phone, in light and dark, and with the keyboard alone.
package browser_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// What all tests of this package share: the program, and one browser whose tabs
// know nothing of each other.
var (
	binary  string
	browser context.Context
)

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "nexo-browser-")
	if err != nil {
		return fail(err)
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "nexo")
	if out, err := exec.Command("go", "build", "-o", binary, "github.com/jobfluss/nexo/apps/nexo").CombinedOutput(); err != nil {
		return fail(fmt.Errorf("apps/nexo does not build: %w\n%s", err, out))
	}
	path, err := chromium()
	if err != nil {
		return fail(err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.UserDataDir(filepath.Join(dir, "profile")), chromedp.WindowSize(1280, 800),
		chromedp.NoSandbox, // for root, as in a container
		chromedp.DisableGPU,
		// Nothing is asked of the world outside.
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-quic", true),
		chromedp.Flag("no-default-browser-check", true), chromedp.Flag("lang", "en-US"),
		// Dates that the phone shows are the same everywhere.
		chromedp.Env("TZ=America/Chicago", "LANGUAGE=en_US"),
	)
	alloc, stopAlloc := chromedp.NewExecAllocator(context.Background(), options...)
	defer stopAlloc()
	ctx, stop := chromedp.NewContext(alloc)
	defer stop()
	// The browser lives as long as the context of the first call.
	if err := chromedp.Do(ctx); err != nil {
		return fail(fmt.Errorf("%s does not start: %w", path, err))
	}
	browser = ctx
	return m.Run()
}

func fail(err error) int {
	fmt.Fprintln(os.Stderr, "browser tests:", err)
	return 1
}

// chromium finds the browser. Without one there is no test, and that must not
// look like success.
func chromium() (string, error) {
	names := []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "headless-shell"}
	if given := os.Getenv("NEXO_TEST_CHROMIUM"); given != "" {
		names = []string{given}
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("there is no Chromium or Chrome here: install one, or set NEXO_TEST_CHROMIUM to its path; `make test` does it on Debian")
}
