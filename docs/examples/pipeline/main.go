// Command pipeline runs the whole way of a text on SQLite with a carrier of one's
// own: a venue, a guest who joined, a campaign, and every decision on record.
package main

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/jobfluss/nexo/adapters/rrule"
	"github.com/jobfluss/nexo/adapters/sqlite"
	"github.com/jobfluss/nexo/adapters/system"
	"github.com/jobfluss/nexo/core"
	"github.com/jobfluss/nexo/core/account"
	"github.com/jobfluss/nexo/core/consent"
	"github.com/jobfluss/nexo/core/decide"
	"github.com/jobfluss/nexo/core/dispatch"
	"github.com/jobfluss/nexo/core/evidence"
	"github.com/jobfluss/nexo/core/launch"
	"github.com/jobfluss/nexo/core/law"
	"github.com/jobfluss/nexo/core/message"
	"github.com/jobfluss/nexo/core/place"
	"github.com/jobfluss/nexo/core/store"
)

// printer is a carrier: anything that can submit a text is one.
type printer struct{}

// Submit is called at most once for each text, whatever happens.
func (printer) Submit(_ context.Context, m message.Message) (message.Ticket, error) {
	fmt.Printf("to %v: %s\n", m.To, m.Body)
	return message.Ticket{CarrierID: "mine-" + m.ID.String(), Segments: m.Segments}, nil
}

// noon is when this example happens: it must not hang on the hour at which it is run.
type noon struct{}

func (noon) Now() time.Time { return time.Date(2026, 12, 3, 18, 0, 0, 0, time.UTC) }

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	db, closeIt, err := sqlite.Open(ctx, "") // a path keeps it
	if err != nil {
		return err
	}
	defer closeIt()
	if err := db.MigrateUp(ctx); err != nil {
		return err
	}
	biz, err := venue(ctx, db)
	if err != nil {
		return err
	}
	campaigns := &launch.Service{Store: db, Clock: noon{}, IDs: system.UUIDs{}, Salts: system.Salts{}, Calendar: rrule.Calendar{}}
	c, err := campaigns.Save(ctx, biz, core.CampaignID{}, launch.Draft{Name: "Tacos", Body: "Luna's Cantina: two tacos for one tonight. Reply STOP to opt out"})
	if err != nil {
		return err
	}
	if _, err := campaigns.Approve(ctx, biz, c.ID, core.UserID(system.UUIDs{}.New())); err != nil {
		return err
	}
	if _, err := campaigns.Step(ctx, biz, c.ID); err != nil { // plans its texts
		return err
	}
	sender := &dispatch.Service{Store: db, Carrier: printer{}, Book: decide.US(), Clock: noon{}, IDs: system.UUIDs{}, Salts: system.Salts{}, Settings: dispatch.Settings{Profile: law.Default}}
	report, err := sender.Step(ctx) // decides each, records why, and submits
	if err != nil {
		return err
	}
	fmt.Printf("sent %d, blocked %d\n", report.Sent, report.Blocked)
	return nil
}

// venue adds a business and a guest who joined by its keyword.
func venue(ctx context.Context, db store.Store) (core.BusinessID, error) {
	ids, joined := system.UUIDs{}, noon{}.Now().AddDate(0, -1, 0)
	b := account.Business{
		ID: core.BusinessID(ids.New()), Name: "Luna's Cantina", City: "Austin", State: place.MustState("TX"), Zone: place.MustZone("America/Chicago"), HelpContact: "help@lunas.example",
		MonthlyTexts: 8, Sender: core.MustNumber("+15125550100"), Status: account.Active, Registered: true, Created: joined,
	}
	shown := consent.Disclose(b, "LUNA", joined)
	e := consent.Event{
		ID: core.EventID(ids.New()), Business: b.ID, Number: core.MustNumber("+15125550101"), Kind: consent.Granted, Method: consent.ByKeyword, Scope: consent.Marketing,
		At: joined, Recorded: joined, Venue: place.Place{State: b.State, Zone: b.Zone},
		Evidence: consent.Evidence{Disclosure: shown.Version, RawText: "LUNA", Keyword: "LUNA", To: b.Sender, CarrierID: "their-text"},
	}
	return b.ID, db.Update(ctx, func(ctx context.Context, tx store.Tx) error {
		if err := tx.Accounts.AddBusiness(ctx, b); err != nil {
			return err
		}
		if err := tx.Consent.PutDisclosure(ctx, shown); err != nil {
			return err
		}
		if _, err := tx.Consent.Lock(ctx, []core.Pair{{Business: b.ID, Number: e.Number}}); err != nil {
			return err
		}
		if err := tx.Consent.Append(ctx, []consent.Event{e}); err != nil {
			return err
		}
		return tx.Evidence.Append(ctx, []evidence.Record{evidence.NewEvent(system.Salts{}.Salt(), e, shown)})
	})
}
