#!/usr/bin/env bash
# promtool.sh prints the path of a promtool for the tests of deploy/: the one NEXO_TEST_PROMTOOL names, else one that is
# installed, else Debian's, which it unpacks into .cache without installing a server.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/say.sh

if [ -n "${NEXO_TEST_PROMTOOL:-}" ]; then
  command -v "$NEXO_TEST_PROMTOOL" || fail "NEXO_TEST_PROMTOOL names $NEXO_TEST_PROMTOOL, which is not a program. Correct it, or unset it."
  exit 0
fi
if command -v promtool; then exit 0; fi
unpacked="$PWD/.cache/promtool/usr/bin/promtool"
if [ -x "$unpacked" ]; then echo "$unpacked" && exit 0; fi
way_out="Install Prometheus, or set NEXO_TEST_PROMTOOL to the path of its promtool."
can_install || fail "the tests of deploy/ found no promtool, and only on Debian as root can one be fetched from here. $way_out"
say "fetching promtool from Debian's packages"
update_packages
mkdir -p .cache/promtool
(cd .cache/promtool && apt-get -o APT::Sandbox::User=root download prometheus && dpkg -x prometheus_*.deb . && rm prometheus_*.deb) >>.cache/apt.log 2>&1 ||
  fail "Debian's prometheus package could not be fetched (see .cache/apt.log). $way_out"
echo "$unpacked"
