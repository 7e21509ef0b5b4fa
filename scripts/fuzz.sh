#!/usr/bin/env bash
# fuzz.sh runs every fuzz target of the repository for the given time, one after the other: go test fuzzes
# one target of one package at a time, and a misspelt name would quietly fuzz nothing.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/say.sh

time=${1:?"how long to fuzz each target, such as 10s"}
count=0
while IFS=: read -r file name; do
  say "fuzzing $name in $(dirname "$file") for $time"
  go test -run '^$' -fuzz "^$name\$" -fuzztime "$time" "./$(dirname "$file")"
  count=$((count + 1))
done < <(git ls-files '*_test.go' | xargs grep -oE '^func Fuzz[A-Za-z0-9_]+' /dev/null | sed 's/func //')
[ "$count" -gt 0 ] || fail "no fuzz target was found."
say "fuzzed $count targets for $time each, no failures"
