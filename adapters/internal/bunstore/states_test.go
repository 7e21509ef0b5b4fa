package bunstore

import (
	"testing"

	"github.com/jobfluss/nexo/core/campaign"
	"github.com/jobfluss/nexo/core/message"
)

// The SQL and the predicates of the indexes name states by number. Whoever
// changes a number must change those too.
func TestStatesAreNumberedAsInTheSQL(t *testing.T) {
	states := []message.State{
		1: message.Planned, 2: message.Sending, 3: message.Sent, 4: message.Delivered, 5: message.Undelivered, 6: message.Failed,
		7: message.Blocked, 8: message.Unknown, 9: message.Cancelled, 10: message.Expired, 11: message.Unconfirmed,
	}
	for i, s := range states {
		if int(s) != i {
			t.Errorf("%v is %d, in the SQL it is %d", s, s, i)
		}
		counted := i == 2 || i == 3 || i == 4 || i == 5 || i == 8 || i == 11 // as in Recent
		if message.State(i).Submitted() != counted {
			t.Errorf("whether %v counts against caps is another answer in the SQL", message.State(i))
		}
	}
	if n := message.State(len(states)); n.String() != "" {
		t.Errorf("the state %v is not in the SQL", n)
	}
	if campaign.Scheduled != 1 || campaign.Sending != 2 || campaign.Paused != 3 {
		t.Error("the open statuses of a campaign are not 1, 2 and 3, as in its index")
	}
}
