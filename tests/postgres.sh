#!/usr/bin/env bash
# A PostgreSQL cluster for tests, on a socket in a folder of its own and, encrypted, on a port of this machine:
# `postgres.sh start DIR` prints its address, `postgres.sh tls DIR` the encrypted one, `postgres.sh stop DIR` ends it and
# removes the folder.
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
    as_owner openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 \
        -addext basicConstraints=critical,CA:FALSE -keyout "$dir/tls.key" -out "$dir/tls.crt" 2>>"$dir.log"
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    # Tests kill the service, never this cluster: what it writes need not reach the disk.
    as_owner "$bin/pg_ctl" -D "$dir/data" -w -l "$dir/log" \
        -o "-k $dir -p $port -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=400 \
            -c ssl=on -c ssl_cert_file=$dir/tls.crt -c ssl_key_file=$dir/tls.key" start >>"$dir.log"
    echo "postgres://relat@localhost:$port/postgres?host=$dir"
    ;;
tls)
    port=$(sed -n 4p "$dir/data/postmaster.pid")
    echo "postgres://relat@127.0.0.1:$port/postgres?sslmode=verify-full&sslrootcert=$dir/tls.crt"
    ;;
stop)
    as_owner "$bin/pg_ctl" -D "$dir/data" -m immediate stop >/dev/null 2>&1 || true
    rm -rf "$dir" "$dir.log"
    ;;
esac
