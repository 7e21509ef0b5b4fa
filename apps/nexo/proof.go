package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/mod/sumdb/note"

	"github.com/jobfluss/nexo"
	"github.com/jobfluss/nexo/apps/internal/env"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/proof"
	"github.com/jobfluss/nexo/core/seal"
	"github.com/jobfluss/nexo/core/store"
)

type proofCmd struct {
	Number   proofNumberCmd   `cmd:"" help:"Everything that is recorded about a guest's number at a business."`
	Campaign proofCampaignCmd `cmd:"" help:"What became of each text of a campaign, and that none went to a number under suppression."`
}

type proofOut struct {
	Out string `short:"o" help:"The file to write. It must not be there yet." required:"" type:"path" placeholder:"FILE"`
}

type proofNumberCmd struct {
	Number   string `arg:"" help:"The guest's number, such as +15125550123."`
	Business string `help:"The business's id." required:"" placeholder:"ID"`
	proofOut
}

// Run makes the pack of a number.
func (c proofNumberCmd) Run(ctx context.Context) error {
	const op = "nexo.proof"
	n, err := core.ParseNumber(c.Number)
	if err != nil {
		return core.E(op, core.Invalid, "that is no phone number; give it with + and the country's code")
	}
	var b core.BusinessID
	if err := b.UnmarshalText([]byte(c.Business)); err != nil || b.IsZero() {
		return core.E(op, core.Invalid, "--business is no id; it has 32 hexadecimal digits in five groups")
	}
	return c.make(ctx, func(s *proof.Service, w io.Writer) (proof.Manifest, error) {
		return s.Number(ctx, w, core.Pair{Business: b, Number: n})
	})
}

type proofCampaignCmd struct {
	Campaign string `arg:"" help:"The campaign's id: the last part of its page's address."`
	proofOut
}

// Run makes a certificate.
func (c proofCampaignCmd) Run(ctx context.Context) error {
	const op = "nexo.proof"
	var id core.CampaignID
	if err := id.UnmarshalText([]byte(c.Campaign)); err != nil || id.IsZero() {
		return core.E(op, core.Invalid, "that is no campaign's id; it has 32 hexadecimal digits in five groups")
	}
	return c.make(ctx, func(s *proof.Service, w io.Writer) (proof.Manifest, error) {
		var found []campaign.Campaign
		err := s.Store.View(ctx, func(ctx context.Context, tx store.Tx) (err error) {
			found, err = tx.Campaigns.Campaigns(ctx, []core.CampaignID{id})
			return err
		})
		if err != nil {
			return proof.Manifest{}, err
		}
		if len(found) == 0 {
			return proof.Manifest{}, core.E(op, core.NotFound, "there is no campaign of this id")
		}
		return s.Campaign(ctx, w, found[0].Business, id)
	})
}

// make writes a pack into a file of its own, and checks it before it gets its name:
// a pack that does not verify must not leave the house.
func (o proofOut) make(ctx context.Context, write func(*proof.Service, io.Writer) (proof.Manifest, error)) error {
	p, err := env.Read(os.Getenv, ":0", env.Needs{Sealing: true})
	if err != nil {
		return err
	}
	d, cleanup, err := nexo.OpenDatabase(ctx, p.Config)
	if err != nil {
		return err
	}
	defer cleanup()
	s, err := nexo.OpenProofs(p.Config, d)
	if err != nil {
		return err
	}
	keys, err := trusted(p.Config.EvidenceKeys)
	if err != nil {
		return err
	}
	return o.place(func(f *os.File) error {
		m, err := write(s, f)
		if err != nil {
			return err
		}
		info, err := f.Stat()
		if err != nil {
			return unwritable(o.Out, err)
		}
		rep, err := proof.Verify(f, info.Size(), proof.Options{Keys: keys, Book: s.Book})
		printReport(os.Stdout, rep)
		if err != nil {
			return core.Wrap("nexo.proof", core.Internal, "", fmt.Errorf("the pack that was made does not hold, and was not kept: %w", err))
		}
		fmt.Printf("%s: %d records, %d bytes\n", o.Out, m.Counts["records"], info.Size())
		return nil
	})
}

// place gives a file its name once it is whole and on the disk. It overwrites
// nothing.
func (o proofOut) place(fill func(*os.File) error) error {
	if _, err := os.Lstat(o.Out); !errors.Is(err, fs.ErrNotExist) {
		return core.E("nexo.proof", core.Conflict, fmt.Sprintf("the file %q is there already; choose another name", o.Out))
	}
	f, err := os.CreateTemp(filepath.Dir(o.Out), ".nexo-proof-*")
	if err != nil {
		return unwritable(o.Out, err)
	}
	defer func() { _ = os.Remove(f.Name()) }() // nothing, once it has its name
	if err = fill(f); err == nil {
		if err = f.Sync(); err != nil {
			err = unwritable(o.Out, err)
		}
	}
	if closed := f.Close(); err == nil && closed != nil {
		err = unwritable(o.Out, closed)
	}
	if err == nil {
		if err = os.Rename(f.Name(), o.Out); err != nil {
			err = unwritable(o.Out, err)
		}
	}
	return err
}

func unwritable(name string, err error) error {
	return core.Wrap("nexo.proof", core.Unavailable, fmt.Sprintf("the file %q cannot be written", name), err)
}

// trusted are the public halves of the configured keys.
func trusted(signers []string) ([]note.Verifier, error) {
	k, err := seal.ParseKeys(signers)
	if err != nil {
		return nil, err
	}
	return verifiers(k.Verifiers)
}
