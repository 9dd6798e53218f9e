# shellcheck shell=bash
# Where everything lives: sourced by the scripts beside it, never run.
#
# Outside the repository, in one cache: what every clone shares (Odoo, the virtual environment,
# PostgreSQL, template databases) and one folder a clone, so that clones do not disturb each other.

set -euo pipefail
shopt -s inherit_errexit

GATEWAY_REPO=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
GATEWAY_CACHE=${GATEWAY_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/gateway_ng}
mkdir -p "$GATEWAY_CACHE"
GATEWAY_CACHE=$(cd "$GATEWAY_CACHE" && pwd -P)

short_hash() { sha256sum | cut -c1-8; }

GATEWAY_CLONE=$(printf %s "$GATEWAY_REPO" | short_hash)
GATEWAY_STATE=$GATEWAY_CACHE/clones/$GATEWAY_CLONE
GATEWAY_ADDON=$GATEWAY_STATE/addons/gateway_ng

# Odoo: the one that ODOO names (a checkout, or a folder that holds odoo/), else Debian's package.
if [ -n "${ODOO:-}" ]; then
    GATEWAY_ODOO=$(cd "$ODOO" && pwd -P)
    GATEWAY_VENV=$GATEWAY_CACHE/venv-$(printf %s "$GATEWAY_ODOO" | short_hash)
else
    GATEWAY_ODOO=$GATEWAY_CACHE/odoo/usr/lib/python3/dist-packages
    GATEWAY_VENV=$GATEWAY_CACHE/venv
fi
GATEWAY_PYTHON=$GATEWAY_VENV/bin/python
GATEWAY_RC=$GATEWAY_STATE/odoo.rc

# PostgreSQL: the one that PGHOST (or PGSERVICE) names, else a private cluster on a socket only.
# As root it runs as user postgres, who cannot enter root's cache folder.
if [ -n "${PGHOST:-}${PGSERVICE:-}" ] && [ "${GATEWAY_CLUSTER:-}" != private ]; then
    GATEWAY_CLUSTER=given
else
    GATEWAY_CLUSTER=private
    if [ "$(id -u)" = 0 ]; then
        GATEWAY_PG=/var/lib/postgresql/gateway_ng-$(printf %s "$GATEWAY_CACHE" | short_hash)
    else
        GATEWAY_PG=$GATEWAY_CACHE/postgresql
    fi
    PGHOST=$GATEWAY_PG
    # A socket's address has room for 107 characters.
    [ ${#PGHOST} -le 85 ] || PGHOST=/var/tmp/gateway_ng-$(id -u)-$(printf %s "$GATEWAY_PG" | short_hash)
    PGPORT=5432
    PGUSER=gateway
    export PGHOST PGPORT PGUSER GATEWAY_PG
fi

export GATEWAY_REPO GATEWAY_CACHE GATEWAY_CLONE GATEWAY_STATE GATEWAY_ADDON GATEWAY_ODOO
export GATEWAY_VENV GATEWAY_PYTHON GATEWAY_RC GATEWAY_CLUSTER
export LC_ALL=C.UTF-8
# Compiled Python is kept (Odoo starts twice as fast), but not between the sources.
export PYTHONPYCACHEPREFIX=$GATEWAY_CACHE/pycache
unset PYTHONDONTWRITEBYTECODE PYTHONPATH

say() { printf '%s\n' "$*" >&2; }
fail() { say "error: $*"; exit 1; }

# quietly LOG WHAT COMMAND...: its output goes to the log, and is shown when it fails. (Under `||` or
# `if`, bash would run on after an error inside of COMMAND.)
quietly() {
    local log=$1 what=$2 status
    shift 2
    set +e
    (
        set -e
        "$@"
    ) >"$log" 2>&1 </dev/null
    status=$?
    set -e
    if [ "$status" != 0 ]; then
        tail -n 20 "$log" >&2
        fail "$what failed; all of it is in $log"
    fi
}

# One at a time, over every clone that shares the cache: locked NAME COMMAND...
locked() {
    local name=$1
    shift
    (
        flock 8
        "$@"
    ) 8>"$GATEWAY_CACHE/$name.lock"
}
