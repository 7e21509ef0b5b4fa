# say.sh holds what the scripts beside it share: how they speak, and how they install Debian packages.
# It is sourced from the repository's root.

# say tells the person at the terminal what takes time. Results go to standard output, so this does not.
say() { echo "nexo: $*" >&2; }

# fail ends the script with one sentence that says what is wrong and what to do.
fail() { echo "nexo: $*" >&2; exit 1; }

can_install() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null && [ -e /etc/debian_version ]; }

# Errors of apt are shown by the caller's sentence; the whole story stays in .cache/apt.log.
update_packages() {
  mkdir -p .cache
  apt-get update >>.cache/apt.log 2>&1 || true # old lists may do; the install decides
}

install_packages() {
  mkdir -p .cache
  DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" >>.cache/apt.log 2>&1
}
