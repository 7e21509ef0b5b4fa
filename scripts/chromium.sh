#!/usr/bin/env bash
# chromium.sh prints the path of a Chromium or Chrome for the browser tests: the one NEXO_TEST_CHROMIUM names,
# else one that is installed, else Debian's, which it installs.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/say.sh

find_browser() {
  local name
  for name in chromium chromium-browser google-chrome google-chrome-stable chrome headless-shell; do
    if command -v "$name"; then return 0; fi
  done
  for name in "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" "/Applications/Chromium.app/Contents/MacOS/Chromium"; do
    if [ -x "$name" ]; then echo "$name" && return 0; fi
  done
  return 1
}

if [ -n "${NEXO_TEST_CHROMIUM:-}" ]; then
  command -v "$NEXO_TEST_CHROMIUM" || fail "NEXO_TEST_CHROMIUM names $NEXO_TEST_CHROMIUM, which is not a program. Correct it, or unset it."
  exit 0
fi
if find_browser; then exit 0; fi
way_out="Install Chromium or Chrome, or set NEXO_TEST_CHROMIUM to the path of one."
can_install || fail "the browser tests found no Chromium or Chrome, and only on Debian as root can one be installed from here. $way_out"
say "installing Chromium from Debian's packages"
update_packages
install_packages chromium || fail "Debian's chromium package could not be installed (see .cache/apt.log). $way_out"
find_browser || fail "Debian's chromium package was installed, but no chromium is on the PATH. $way_out"
