// Command gen prints the generated table of package place.
package main

import (
	"fmt"
	"go/format"

	"github.com/jobfluss/nexo/core/place/data"
)

func main() {
	src, err := data.File()
	if err != nil {
		panic(err) // our own data file is wrong
	}
	out, err := format.Source([]byte(src))
	if err != nil {
		panic(err)
	}
	fmt.Print(string(out))
}
