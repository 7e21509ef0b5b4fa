#!/usr/bin/env bash
# test.sh runs Go tests with everything they need around them: it looks at what the given packages import, and
# sets up a Postgres, a browser, or neither. What it started it stops again.
#
#   scripts/test.sh [go test flags] packages...
#
# Benchmarks call it with NEXO_TEST_DIR, the folder to run in, which may be a module of its own; then the
# output is go test's own, else it ends with a summary.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/say.sh

command -v go >/dev/null || fail "Go is not on the PATH. Install the version that go.mod names, or a newer one."

packages=()
for word in "$@"; do
  case $word in . | ./* | github.com/*) packages+=("$word") ;; esac
done
[ ${#packages[@]} -gt 0 ] || fail "name at least one package to test, such as ./..."

run="$$-$RANDOM" engine_pid=""
clean_up() {
  if [ -n "${NEXO_TEST_RUN:-}" ]; then
    local left
    left=$(docker ps -aq --filter "label=nexo.test.run=$run" 2>/dev/null || true)
    # shellcheck disable=SC2086 # ids are words
    if [ -n "$left" ]; then docker rm -fv $left >/dev/null 2>&1 || true; fi
    rm -f "${TMPDIR:-/tmp}/nexo-test-postgres-$run.lock"
  fi
  if [ -n "$engine_pid" ] && kill "$engine_pid" 2>/dev/null; then
    for _ in $(seq 100); do kill -0 "$engine_pid" 2>/dev/null || break; sleep 0.1; done
  fi
}
trap clean_up EXIT
trap 'exit 130' INT TERM

set_up_postgres() {
  # A server that was named on purpose wins, and then nothing needs Docker.
  if [ -n "${NEXO_TEST_POSTGRES_URL:-}" ]; then return 0; fi
  engine_pid=$(scripts/engine.sh)
  NEXO_TEST_POSTGRES_IMAGE=$(scripts/postgres-image.sh)
  # All packages of this run share one container, found by this name and removed by this label.
  export NEXO_TEST_POSTGRES_IMAGE NEXO_TEST_RUN=$run
}

set_up_browser() {
  NEXO_TEST_CHROMIUM=$(scripts/chromium.sh)
  export NEXO_TEST_CHROMIUM
}

set_up_promtool() {
  NEXO_TEST_PROMTOOL=$(scripts/promtool.sh)
  export NEXO_TEST_PROMTOOL
}

needs=$(cd "${NEXO_TEST_DIR:-.}" && go list -e -deps -test "${packages[@]}") || fail "the packages cannot be listed: go's message is above."
case $needs in *github.com/jobfluss/nexo/tests/pgtest*) set_up_postgres ;; esac
case $needs in *github.com/chromedp/chromedp*) set_up_browser ;; esac
case $needs in *github.com/jobfluss/nexo/tests/deploy*) set_up_promtool ;; esac

if [ -n "${NEXO_TEST_DIR:-}" ]; then
  (cd "$NEXO_TEST_DIR" && go test -count=1 "$@")
else
  # -count=1: the cache does not see what the tests of the house read, nor the database.
  go tool -modfile=tools/go.mod gotestsum --format pkgname --format-hide-empty-pkg --hide-summary=output \
    -- -count=1 "$@"
fi
