#!/bin/sh
# Finds what the tests use from the system (system.txt). As root on Debian it installs what is
# missing, quietly; else it says the one line that does. It never fails: the tests decide.
set -u

here=$(dirname "$0")
line_for() { sed -n "s/^$1 .*| *//p" "$here/system.txt"; }

need() { # package, program
    PATH="$PATH:/usr/sbin:/usr/local/sbin"
    command -v "$2" >/dev/null 2>&1 && return
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        export DEBIAN_FRONTEND=noninteractive
        { apt-get update && apt-get install -y --no-install-recommends "$1"; } >/dev/null 2>&1
    fi
    command -v "$2" >/dev/null 2>&1 ||
        echo "$1 is missing, its tests will fail; install it with: $(line_for "$1")"
}

need hledger hledger
need openssh-server sshd
need gnupg gpg

if ! ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 &&
    ! command -v postgres >/dev/null 2>&1; then
    echo "no PostgreSQL on this system: the tests use the server from the wheel" \
        "(or install it with: $(line_for postgresql))"
fi
exit 0
