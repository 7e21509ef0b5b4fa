#!/usr/bin/env bash
# engine.sh makes sure that a Docker engine answers. One that runs is used as it is; on Debian, as root, a
# missing one is installed from the machine's own package source and started.
#
# It prints the process id of an engine it started, and nothing when one was there already: whoever gets an
# id may stop that process afterwards, and must leave every other engine alone.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/say.sh

log=.cache/dockerd.log
way_out="Start Docker, or set NEXO_TEST_POSTGRES_URL to a Postgres 14 or newer in which the tests may create and drop databases."

answers() { docker info >/dev/null 2>&1; }

install_engine() {
  can_install || fail "Docker does not answer, and only on Debian as root can it be installed from here. $way_out"
  say "installing the Docker engine from Debian's packages"
  # In newer editions of Debian the client is a package of its own.
  local packages=(docker.io)
  update_packages
  if apt-cache show docker-cli >/dev/null 2>&1; then packages+=(docker-cli); fi
  install_packages "${packages[@]}" || fail "Debian's docker.io package could not be installed (see .cache/apt.log). $way_out"
}

# try_start runs dockerd with the given flags and waits up to 30 s for its socket.
try_start() {
  # setsid: Ctrl-C on the tests must not kill the engine before the containers are cleaned up.
  setsid dockerd "$@" >>"$log" 2>&1 </dev/null &
  engine_pid=$!
  for _ in $(seq 150); do
    if answers; then return 0; fi
    if ! kill -0 "$engine_pid" 2>/dev/null; then return 1; fi
    sleep 0.2
  done
  kill "$engine_pid" 2>/dev/null || true
  wait "$engine_pid" 2>/dev/null || true
  return 1
}

if command -v docker >/dev/null && answers; then exit 0; fi

# A DOCKER_HOST that was set on purpose and does not answer is a mistake to report, not to work around.
if [ -n "${DOCKER_HOST:-}" ]; then
  fail "DOCKER_HOST is set, but no Docker engine answers there. $way_out"
fi
if ! command -v dockerd >/dev/null || ! command -v docker >/dev/null; then install_engine; fi
# Packages may have started it themselves where there is a service manager.
if answers; then exit 0; fi
[ "$(id -u)" = 0 ] || fail "Docker is installed but does not answer (is it running, and may you use it?). $way_out"

say "starting the Docker engine (log: $log)"
mkdir -p .cache
: >"$log"
# Plain first. Inside containers and small virtual machines the firewall or the overlay file system may be
# missing, and the tests need neither.
for flags in "" "--iptables=false" "--storage-driver=vfs" "--storage-driver=vfs --iptables=false"; do
  # shellcheck disable=SC2086 # the flags are words
  if try_start $flags; then
    echo "$engine_pid"
    exit 0
  fi
done
fail "the Docker engine did not start; the reason is at the end of $log. $way_out"
