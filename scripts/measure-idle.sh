#!/usr/bin/env bash
# What the all-in-one server takes when nobody uses it: from start to ready, resident memory of the server and its child processes
# while one is warm and after it has gone, and processor time of all of them together. Needs bin/analytix (make build), curl, Linux.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-30}
data=$(mktemp -d)
trap 'kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; rm -rf "$data" "$data".*' EXIT
port=$((20000 + RANDOM % 20000))
start() {
  begun=$(date +%s%N)
  bin/analytix serve --data "$data" --listen "127.0.0.1:$port" 2>"$data.log" &
  server=$!
  until curl -fs -o "$data.ready" "http://127.0.0.1:$port/readyz"; do kill -0 "$server"; sleep 0.02; done
  echo "$1: ready after $(( ($(date +%s%N) - begun) / 1000000 )) ms"
}
family() { echo "$server"; pgrep -P "$server" || true; }
ticks() { # of those that live, and of children that have ended
  awk '{print $14 + $15 + $16 + $17}' "/proc/$server/stat"
  for p in $(pgrep -P "$server" || true); do awk '{print $14 + $15}' "/proc/$p/stat"; done
}
sum() { awk '{n += $1} END {print n}'; }
memory() {
  local all=0 p rss
  for p in $(family); do
    rss=$(awk '/VmRSS/ {print int($2 / 1024)}' "/proc/$p/status")
    all=$((all + rss))
    echo "  process $p ($(tr '\0' ' ' <"/proc/$p/cmdline" | cut -c1-40)): $rss MiB resident, $(awk '/RssAnon/ {print int($2 / 1024)}' "/proc/$p/status") MiB of it its own"
  done
  echo "  together: $all MiB"
}
start "first start (empty folder)"
kill "$server"; wait "$server" || true
start "second start"
sleep 10 # what a start leaves to do
echo "with the child process that is started ahead of the first task:"; memory
sleep 55 # after a minute it goes (--child-idle)
before=$(ticks | sum)
sleep "$seconds"
after=$(ticks | sum)
echo "at rest:"; memory
echo "processor: $(awk "BEGIN {printf \"%.2f\", ($after - $before) * 100 / $(getconf CLK_TCK) / $seconds}") % of a core over $seconds s"
