package site

import (
	"net/http"

	"github.com/uptrace/bunrouter"

	"github.com/jobfluss/nexo/core/access"
)

// What each route of the signed-in pages needs: a route that is not here nobody
// may use, and a test finds it. What may be seen stands above what may be done.
var (
	seeing = map[string]access.Permission{
		"/grow":                          access.Look,
		"/grow/poster":                   access.Look,
		"/grow/posters/:sha256":          access.Look,
		"/subscribers":                   access.Look,
		"/subscribers/:ref":              access.Look,
		"/subscribers/:ref/proof":        access.Personal,
		"/subscribers/:ref/data":         access.Look,
		"/subscribers/:ref/erase":        access.Look,
		"/optouts":                       access.Look,
		"/optouts/new":                   access.Look,
		"/inbox":                         access.Look,
		"/inbox/live":                    access.Look,
		"/inbox/:id":                     access.Look,
		"/inbox/:id/media/:medium":       access.Look,
		"/pictures/:ref":                 access.Look,
		"/settings":                      access.Look,
		"/settings/privacy":              access.Look,
		"/settings/number":               access.Look,
		"/settings/billing":              access.Look,
		"/settings/api":                  access.Configure,
		"/settings/security":             access.Self,
		"/settings/security/app":         access.Self,
		"/settings/you":                  access.Self,
		"/settings/places":               access.Self,
		"/settings/team":                 access.Look,
		"/compliance":                    access.Look,
		"/settings/delete":               access.Look,
		"/ui":                            access.Look,
		"/campaigns/:id/proof":           access.Personal,
		"/campaigns":                     access.Look,
		"/campaigns/new":                 access.Look,
		"/campaigns/:id":                 access.Look,
		"/campaigns/:id/edit":            access.Look,
		"/campaigns/:id/review":          access.Look,
		"/campaigns/:id/review/people":   access.Look,
		"/campaigns/:id/live":            access.Look,
		"/campaigns/:id/people/:message": access.Look,
	}
	doing = map[string]access.Permission{
		"/grow/keywords":                          access.Configure,
		"/grow/keywords/retire":                   access.Configure,
		"/subscribers/:ref/tags":                  access.Write,
		"/subscribers/:ref/number":                access.Write,
		"/subscribers/:ref/export":                access.Write,
		"/subscribers/:ref/erase":                 access.Write,
		"/optouts/new":                            access.Write,
		"/optouts/doubts/:ref":                    access.Write,
		"/inbox/:id/reply":                        access.Write,
		"/inbox/:id/check":                        access.Look,
		"/inbox/:id/note":                         access.Write,
		"/inbox/:id/assign":                       access.Write,
		"/inbox/:id/close":                        access.Write,
		"/inbox/:id/reopen":                       access.Write,
		"/inbox/:id/read":                         access.Look,
		"/settings":                               access.Configure,
		"/agree":                                  access.Self,
		"/settings/delete":                        access.Team,
		"/settings/delete/keep":                   access.Team,
		"/settings/privacy":                       access.Write,
		"/settings/privacy/:id":                   access.Write,
		"/settings/number/order":                  access.Configure,
		"/settings/number/right":                  access.Configure,
		"/settings/number/look":                   access.Configure,
		"/settings/registration":                  access.Configure,
		"/settings/billing":                       access.Configure,
		"/settings/api/tokens":                    access.Configure,
		"/settings/api/tokens/:id/revoke":         access.Configure,
		"/settings/security/end":                  access.Self,
		"/settings/security/password":             access.Self,
		"/settings/security/app":                  access.Self,
		"/settings/security/recovery":             access.Self,
		"/settings/security/remove":               access.Self,
		"/settings/security/passkey":              access.Self,
		"/settings/security/passkey/ask":          access.Self,
		"/settings/you":                           access.Self,
		"/settings/you/confirm":                   access.Self,
		"/settings/you/delete":                    access.Self,
		"/settings/places":                        access.Self,
		"/settings/team":                          access.Team,
		"/settings/team/uninvite":                 access.Team,
		"/settings/team/:id/role":                 access.Team,
		"/settings/team/:id/dismiss":              access.Team,
		"/campaigns/new":                          access.Write,
		"/campaigns/check":                        access.Look,
		"/campaigns/reach":                        access.Look,
		"/campaigns/assist":                       access.Write,
		"/campaigns/:id/edit":                     access.Write,
		"/campaigns/:id/mend":                     access.Write,
		"/campaigns/:id/approve":                  access.Send,
		"/campaigns/:id/winner":                   access.Send,
		"/campaigns/:id/:move":                    access.Write,
		"/campaigns/:id/people/:message/:outcome": access.Write,
	}
)

// needs is what a request needs; Nobody for a route that says nothing.
func needs(req bunrouter.Request) access.Permission {
	if req.Method == http.MethodGet || req.Method == http.MethodHead {
		return seeing[req.Route()]
	}
	return doing[req.Route()]
}
