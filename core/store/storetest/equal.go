package storetest

import (
	"fmt"
	"reflect"
	"slices"
	"time"
)

// equal fails unless got is want: to the last field, where instants count as
// the same in whatever zone they are told.
func (s *suite) equal(what string, got, want any) {
	s.Helper()
	if d := difference(reflect.ValueOf(want), reflect.ValueOf(got), ""); d != "" {
		s.Errorf("%s: %s", what, d)
	}
}

var instant = reflect.TypeFor[time.Time]()

// difference names the first place where two values differ; "" if there is none.
// A nil slice or map is not an empty one.
func difference(want, got reflect.Value, at string) string {
	differ := func() string { return fmt.Sprintf("%s is %v, want %v", at, show(got), show(want)) }
	if !want.IsValid() || !got.IsValid() || want.Type() != got.Type() {
		if want.IsValid() || got.IsValid() {
			return differ()
		}
		return ""
	}
	if want.Type() == instant && want.CanInterface() {
		if want.Interface().(time.Time).Equal(got.Interface().(time.Time)) {
			return ""
		}
		return differ()
	}
	switch want.Kind() {
	case reflect.Struct:
		for i := range want.NumField() {
			if d := difference(want.Field(i), got.Field(i), at+"."+want.Type().Field(i).Name); d != "" {
				return d
			}
		}
		return ""
	case reflect.Slice, reflect.Array:
		if want.Kind() == reflect.Slice && want.IsNil() != got.IsNil() || want.Len() != got.Len() {
			return differ()
		}
		for i := range want.Len() {
			if d := difference(want.Index(i), got.Index(i), fmt.Sprintf("%s[%d]", at, i)); d != "" {
				return d
			}
		}
		return ""
	case reflect.Map:
		if want.IsNil() != got.IsNil() || want.Len() != got.Len() {
			return differ()
		}
		for _, k := range slices.Concat(want.MapKeys(), got.MapKeys()) {
			if d := difference(want.MapIndex(k), got.MapIndex(k), fmt.Sprintf("%s[%v]", at, k)); d != "" {
				return d
			}
		}
		return ""
	case reflect.Interface:
		return difference(want.Elem(), got.Elem(), at)
	}
	if want.Comparable() && want.Equal(got) {
		return ""
	}
	return differ()
}

func show(v reflect.Value) string {
	if !v.IsValid() {
		return "missing"
	}
	return fmt.Sprintf("%v", v)
}
