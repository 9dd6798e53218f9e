# shellcheck shell=bash
# Programs of this clone that go on in the background: sourced, never run.
#
# A pid is used again after its process has ended, so what is kept is pid and start time, and only
# a process that has both is ours.

process_file() { printf '%s/%s.pid' "$GATEWAY_STATE" "$1"; }

started_at() { awk '{ sub(/.*\) /, ""); print $20 }' "/proc/$1/stat" 2>/dev/null; }

# is_running NAME: sets $pid
is_running() {
    local since
    read -r pid since 2>/dev/null <"$(process_file "$1")" || return 1
    [ -n "$since" ] && [ "$(started_at "$pid")" = "$since" ]
}

# start_process NAME COMMAND...: its output goes to NAME.log
start_process() {
    local name=$1
    shift
    setsid "$@" >"$GATEWAY_STATE/$name.log" 2>&1 </dev/null &
    printf '%s %s\n' "$!" "$(started_at "$!")" >"$(process_file "$name")"
}

# stop_process NAME: asks, waits 20 seconds, then ends it.
stop_process() {
    local pid
    if is_running "$1"; then
        kill "$pid" 2>/dev/null || true
        for _ in $(seq 100); do
            is_running "$1" || break
            sleep 0.2
        done
        ! is_running "$1" || kill -9 "$pid" 2>/dev/null || true
        say "Stopped $1."
    fi
    rm -f "$(process_file "$1")"
}
