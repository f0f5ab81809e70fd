#!/usr/bin/env bash
# A PostgreSQL cluster for tests, on a socket in a folder of its own: `postgres.sh start DIR` prints its address,
# `postgres.sh stop DIR` ends it and removes the folder.
set -euo pipefail

action=$1
dir=$2
bin=$(find /usr/lib/postgresql -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)
[ -n "$bin" ] || bin=$(pg_config --bindir)

# PostgreSQL does not run as root.
as_owner() { if [ "$(id -u)" = 0 ]; then setpriv --reuid=postgres --regid=postgres --clear-groups env -i HOME="$dir" PATH="$PATH" "$@"; else "$@"; fi; }

case $action in
start)
    mkdir -p "$dir"
    if [ "$(id -u)" = 0 ]; then chown postgres:postgres "$dir"; fi
    as_owner "$bin/initdb" -D "$dir/data" -U relat -A trust -E UTF8 --locale=C >"$dir.log"
    # Tests kill the service, never this cluster: what it writes need not reach the disk.
    as_owner "$bin/pg_ctl" -D "$dir/data" -w -l "$dir/log" \
        -o "-k $dir -c listen_addresses= -c fsync=off -c max_connections=400" start >>"$dir.log"
    echo "postgres://relat@localhost/postgres?host=$dir"
    ;;
stop)
    as_owner "$bin/pg_ctl" -D "$dir/data" -m immediate stop >/dev/null 2>&1 || true
    rm -rf "$dir" "$dir.log"
    ;;
esac
