# Sourced after usage.sh by scripts that take minutes. A stage is one line, with its time, of what
# may print thousands: those go into build/logs, and their end is shown where the stage fails.

stage_log=""      # of the last stage
stage_watcher=""  # the process that shows progress on a terminal
trap stop_watching EXIT

# die MESSAGE...: one line on standard error, exit code 1.
die() { printf '%s: %s\n' "$usage_name" "$*" >&2; exit 1; }

# say NAME [TEXT]: a line in the columns of the stages.
say() { printf '%-8s%-22s%s\n' "$usage_name" "$1" "${2:-}"; }

# stage [--tell] NAME COMMAND...: runs the command and returns what it returned; --tell adds the last
# line that it printed. `set -e` does not hold inside a function that is given as the command: chain
# its lines with &&.
stage() {
  local tell="" begin=$SECONDS status=0
  [[ $1 != --tell ]] || { tell=yes; shift; }
  local name=$1
  shift
  stage_log=build/logs/$usage_name-${name//[^a-zA-Z0-9.]/-}.log
  mkdir -p build/logs
  : >"$stage_log"
  [[ ! -t 1 ]] || start_watching "$name" "$begin"
  "$@" >"$stage_log" 2>&1 </dev/null || status=$?
  stop_watching
  if [[ $status -ne 0 ]]; then
    say "$name" "$(clock "$begin")  failed"
    tail -n 40 "$stage_log" >&2
    echo "$usage_name: $name failed with exit code $status; all that it printed is in $stage_log" >&2
    return "$status"
  fi
  say "$name" "$(clock "$begin")${tell:+  $(last_line)}"
}

# clock BEGIN: minutes and seconds since then.
clock() { printf '%d:%02d' $(((SECONDS - $1) / 60)) $(((SECONDS - $1) % 60)); }

last_line() { tail -c 1000 "$stage_log" | tr '\r' '\n' | tr -cd '[:print:]\n' | grep . | tail -n 1 || true; }

# start_watching NAME BEGIN: shows the time and the log's last line, over and over on one line.
start_watching() {
  local width last
  width=$(($(tput cols 2>/dev/null || echo 80) - 40))
  while sleep 1; do
    last=$(last_line)
    printf '\r\e[K%s' "$(say "$1" "$(clock "$2")  ${last:0:width}")"
  done &
  stage_watcher=$!
}

stop_watching() {
  [[ -n $stage_watcher ]] || return 0
  kill "$stage_watcher" 2>/dev/null || true
  wait "$stage_watcher" 2>/dev/null || true
  stage_watcher=""
  printf '\r\e[K'
}
