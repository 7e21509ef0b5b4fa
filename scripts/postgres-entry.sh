#!/bin/sh
# The entry point of the locally built Postgres test image. It honours the variables of the public image
# (POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB) and passes "postgres -c name=value" arguments on.
set -e
user=${POSTGRES_USER:-postgres}
db=${POSTGRES_DB:-$user}

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  if [ -z "$POSTGRES_PASSWORD" ]; then
    echo "POSTGRES_PASSWORD must be set" >&2
    exit 1
  fi
  printf '%s\n' "$POSTGRES_PASSWORD" >/tmp/password
  # A locale must be named: without one the encoding is SQL_ASCII, and lengths of text count bytes.
  initdb -D "$PGDATA" -U "$user" -E UTF8 --locale=C.UTF-8 --no-sync \
    --auth-local=trust --auth-host=scram-sha-256 --pwfile=/tmp/password >/tmp/initdb.log 2>&1 ||
    { while read -r line; do echo "$line"; done </tmp/initdb.log; exit 1; }
  : >/tmp/password
  echo "host all all all scram-sha-256" >>"$PGDATA/pg_hba.conf"
  if [ "$db" != postgres ]; then
    # A lone back end, so that "ready to accept connections" is logged once and means it.
    echo "CREATE DATABASE \"$db\"" | postgres --single -F -D "$PGDATA" postgres >/dev/null 2>&1
  fi
fi

if [ "$1" = postgres ]; then shift; fi
exec postgres -D "$PGDATA" -c listen_addresses='*' "$@"
