#!/usr/bin/env bash
# postgres-image.sh prints the name of a Postgres image that the engine has: the one that
# NEXO_TEST_POSTGRES_IMAGE names, else the public one, else one built from Debian's packages, for machines
# from which no registry can be reached.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/say.sh

public=postgres:17-alpine
built=nexo-test-postgres:local
way_out="Set NEXO_TEST_POSTGRES_IMAGE to an image you have, or NEXO_TEST_POSTGRES_URL to a server the tests may use."

have() { docker image inspect "$1" >/dev/null 2>&1; }

# copy_with_libraries puts a program or library and every library it loads into the new root, each at the
# path where the loader will look for it.
copy_with_libraries() {
  local file path
  for file in "$@"; do
    while read -r path; do
      mkdir -p "$root$(dirname "$path")"
      if [ -e "$stage$path" ]; then cp -L "$stage$path" "$root$path"; else cp -L "$path" "$root$path"; fi
    done < <(LD_LIBRARY_PATH=$stage/usr/lib/$arch:$stage/lib/$arch ldd "$file" |
      sed -n -e 's/.*=> \(\/[^ ]*\) .*/\1/p' -e 's/^[[:space:]]*\(\/[^ ]*\) (.*/\1/p' | sed "s|^$stage||")
  done
}

# build makes a root with nothing but the server, a shell and their libraries (about 60 MB), far faster to make
# than a whole Debian. The packages come from the source this machine is configured with, and are unpacked
# beside the system, never installed into it.
build() {
  can_install || fail "the image $public cannot be pulled, and only on Debian as root can one be built. $way_out"
  say "building a Postgres image from Debian's packages"
  work=$(mktemp -d) stage=$work/stage root=$work/root
  trap 'rm -rf "$work"' EXIT
  mkdir -p "$stage" "$root" "$work/debs/partial"
  update_packages
  local package
  package=$(apt-cache depends postgresql | sed -n 's/.*Depends: \(postgresql-[0-9]*\)$/\1/p' | head -1)
  [ -n "$package" ] || fail "Debian's package lists know no postgresql. $way_out"
  version=${package#postgresql-}

  # What the machine has already is copied from it, so only what it lacks is fetched.
  DEBIAN_FRONTEND=noninteractive apt-get -o Dir::Cache::archives="$work/debs" -o APT::Sandbox::User=root \
    install -y --download-only --no-install-recommends --reinstall "$package" tzdata >>.cache/apt.log 2>&1 ||
    fail "Debian's $package could not be fetched (see .cache/apt.log). $way_out"
  local deb
  for deb in "$work"/debs/*.deb; do
    # The just-in-time compiler's library is larger than everything else and is not used.
    case $deb in */libllvm* | */libperl* | */perl*) continue ;; esac
    dpkg -x "$deb" "$stage"
  done

  arch=$(dpkg-architecture -qDEB_HOST_MULTIARCH 2>/dev/null || basename "$(dirname "$(ldd /bin/sh | grep -o '/[^ ]*libc\.so\.6')")")
  local home=usr/lib/postgresql/$version
  rm -rf "${stage:?}/$home"/lib/{llvmjit*,bitcode} "$stage/usr/share/postgresql/$version"/man
  mkdir -p "$root/$home/bin" "$root"/{bin,etc,tmp,dev,proc,sys,run/postgresql,var/lib/postgresql/data,usr/share,usr/lib/locale}
  cp "$stage/$home"/bin/{postgres,initdb} "$root/$home/bin/"
  cp -r "$stage/$home/lib" "$root/$home/"
  cp -r "$stage/usr/share/postgresql" "$stage/usr/share/zoneinfo" "$root/usr/share/"
  cp -r /usr/lib/locale/C.utf8 "$root/usr/lib/locale/"
  cp -L /bin/sh "$root/bin/sh"
  copy_with_libraries /bin/sh "$stage/$home"/bin/{postgres,initdb} "$stage/$home"/lib/{plpgsql,dict_snowball}.so
  cp scripts/postgres-entry.sh "$root/entry.sh"
  echo "postgres:x:999:999::/var/lib/postgresql:/bin/sh" >"$root/etc/passwd"
  echo "postgres:x:999:" >"$root/etc/group"
  ln -s /run "$root/var/run"
  chmod 755 "$root/entry.sh"
  chmod 1777 "$root/tmp"
  chown 999:999 "$root/run/postgresql" "$root/var/lib/postgresql" "$root/var/lib/postgresql/data"
  tar -C "$root" -c . | docker import \
    -c 'USER 999:999' -c 'ENTRYPOINT ["/entry.sh"]' -c 'CMD ["postgres"]' -c 'EXPOSE 5432' \
    -c "ENV PATH=/$home/bin:/bin PGDATA=/var/lib/postgresql/data/main LANG=C.UTF-8" - "$built" >/dev/null ||
    fail "the Postgres image could not be given to Docker. $way_out"
}

if [ -n "${NEXO_TEST_POSTGRES_IMAGE:-}" ]; then
  image=$NEXO_TEST_POSTGRES_IMAGE
  have "$image" || timeout 300 docker pull -q "$image" >/dev/null 2>&1 ||
    fail "NEXO_TEST_POSTGRES_IMAGE names $image, which is not here and cannot be pulled. Correct it, or unset it."
elif have "$public"; then
  image=$public
elif have "$built"; then
  image=$built
elif timeout "${NEXO_TEST_PULL_SECONDS:-20}" docker pull -q "$public" >/dev/null 2>&1; then
  image=$public
else
  build
  image=$built
fi
echo "$image"
