package site

// The tables of permissions, for the test that walks the routes.
var (
	Seeing = seeing
	Doing  = doing
)
