package access

import "github.com/jobfluss/nexo/core/account"

// A Permission is something that a person may do. The zero Permission nobody has.
type Permission uint8

// The permissions.
const (
	Nobody    Permission = iota
	Self                 // one's own name, password, sign-ins
	Look                 // see guests, campaigns, conversations, numbers masked
	Write                // drafts, replies, notes, tags, opt-outs that guests asked for
	Send                 // let a campaign go, pause, end it
	Personal             // hand out or erase what is held of a guest
	Configure            // the venue's details, keywords, number and registration
	Team                 // who else may act for the venue
	Operate              // the operator's console: every business, and only that
	numPermissions
)

var permissionNames = [...]string{"nobody", "self", "look", "write", "send", "personal", "configure", "team", "operate"}

func (p Permission) String() string {
	if int(p) < len(permissionNames) {
		return permissionNames[p]
	}
	return permissionNames[Nobody]
}

// Permissions returns all of them.
func Permissions() []Permission {
	var out []Permission
	for p := Self; p < numPermissions; p++ {
		out = append(out, p)
	}
	return out
}

// may is the table: what each role may do.
var may = [...][]Permission{
	account.ReadOnly: {Self, Look},
	account.Staff:    {Self, Look, Write},
	account.Manager:  {Self, Look, Write, Send, Personal, Configure},
	account.Owner:    {Self, Look, Write, Send, Personal, Configure, Team},
	account.Operator: {Self, Operate},
}

// May reports whether a role has a permission. A role that is none has none.
func May(r account.Role, p Permission) bool {
	if int(r) >= len(may) {
		return false
	}
	for _, x := range may[r] {
		if x == p && p != Nobody {
			return true
		}
	}
	return false
}
