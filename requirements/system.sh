#!/bin/sh
# Finds what the tests use from the system (system.txt). As root on Debian it installs what is
# missing, quietly; else it says the one line that does. It never fails: the tests decide.
set -u

here=$(dirname "$0")
line_for() { sed -n "s/^$1 .*| *//p" "$here/system.txt"; }

any() { # programs: one of them is here
    for program in "$@"; do command -v "$program" >/dev/null 2>&1 && return; done
    return 1
}

need() { # package, programs of which one is enough
    PATH="$PATH:/usr/sbin:/usr/local/sbin:/usr/lib/kannel/test"
    package=$1
    shift
    any "$@" && return
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        export DEBIAN_FRONTEND=noninteractive
        { apt-get update && apt-get install -y --no-install-recommends "$package"; } >/dev/null 2>&1
    fi
    any "$@" ||
        echo "$package is missing, its tests will fail; install it with: $(line_for "$package")"
}

need hledger hledger
need openssh-server sshd
need gnupg gpg
need kannel bearerbox
need kannel-extras fakesmsc

playwright="$here/../.venv/bin/playwright"
own_browser() { ls "${HOME:-/root}"/.cache/ms-playwright/chromium-*/*/chrome >/dev/null 2>&1; }
if ! any chromium chromium-browser google-chrome && ! own_browser; then
    need chromium chromium chromium-browser google-chrome >/dev/null
    any chromium chromium-browser google-chrome || "$playwright" install chromium >/dev/null 2>&1 ||
        echo "chromium is missing, its tests will fail; install it with:" \
            "$(line_for chromium), or .venv/bin/playwright install chromium"
fi

if ! ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 &&
    ! command -v postgres >/dev/null 2>&1; then
    echo "no PostgreSQL on this system: the tests use the server from the wheel" \
        "(or install it with: $(line_for postgresql))"
fi
exit 0
