package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/jobfluss/nexo/apps/internal/env"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/seal"
)

type keysCmd struct {
	New    keysNewCmd    `cmd:"" help:"Make a key. Its secret half goes into a file, its public half is printed."`
	Public keysPublicCmd `cmd:"" help:"Print the public halves of the keys that the environment configures."`
}

type keysNewCmd struct {
	Name string `help:"The log's name, such as luna.example/evidence. A key that replaces another has the same." required:""`
	Out  string `help:"The file for the secret half. It must not be there yet. Without it, both halves are printed." placeholder:"FILE" type:"path"`
}

// Run makes a key.
func (c keysNewCmd) Run() error {
	signer, verifier, err := seal.NewKey(rand.Reader, c.Name)
	if err != nil {
		return err
	}
	if c.Out == "" {
		_, err = fmt.Fprintf(os.Stdout, "%s\n%s\n", signer, verifier)
		return err
	}
	if err := writeSecret(c.Out, signer+"\n"); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "The secret half is in %s: keep a copy in a safe. This is the public half, for everybody who checks the log:\n", c.Out)
	_, err = fmt.Fprintln(os.Stdout, verifier)
	return err
}

// writeSecret never overwrites: a key that is lost cannot be made again.
func writeSecret(path, text string) error {
	const op = "keys"
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	switch {
	case errors.Is(err, fs.ErrExist):
		return core.E(op, core.Conflict, fmt.Sprintf("the file %q is there already, and may hold a key; choose another name", path))
	case err != nil:
		return core.Wrap(op, core.Unavailable, fmt.Sprintf("the file %q cannot be made", path), err)
	}
	_, err = f.WriteString(text)
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		_ = os.Remove(path)
		return core.Wrap(op, core.Unavailable, fmt.Sprintf("the file %q cannot be written; is the disk full?", path), err)
	}
	return nil
}

type keysPublicCmd struct{}

// Run prints public halves.
func (keysPublicCmd) Run() error {
	p, err := env.Read(os.Getenv, ":0", env.Needs{Sealing: true})
	if err != nil {
		return err
	}
	k, err := seal.ParseKeys(p.Config.EvidenceKeys)
	if err != nil {
		return err
	}
	for _, v := range k.Verifiers {
		fmt.Fprintln(os.Stdout, v)
	}
	return nil
}
