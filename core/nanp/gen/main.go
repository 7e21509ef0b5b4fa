// Command gen prints the generated table of package nanp.
package main

import (
	"fmt"
	"go/format"

	"github.com/jobfluss/nexo/core/nanp/data"
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
