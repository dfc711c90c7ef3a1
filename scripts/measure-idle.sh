#!/usr/bin/env bash
# What the all-in-one server takes when nobody uses it: from start to ready, resident memory of the server and of its child
# processes, and processor time over a minute. Needs bin/analytix (make build), curl and Linux.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-60}
data=$(mktemp -d)
trap 'kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; rm -rf "$data"' EXIT
port=$((20000 + RANDOM % 20000))
start() {
  begun=$(date +%s%N)
  bin/analytix serve --data "$data" --listen "127.0.0.1:$port" 2>"$data.log" &
  server=$!
  until curl -fs -o "$data.ready" "http://127.0.0.1:$port/readyz"; do kill -0 "$server"; done
  echo "$1: ready after $(( ($(date +%s%N) - begun) / 1000000 )) ms"
}
family() { echo "$server"; pgrep -P "$server" || true; }
start "first start (empty folder)"
kill "$server"; wait "$server" || true
start "second start"
sleep 10 # what a start leaves to do
before=0; for p in $(family); do before=$((before + $(awk '{print $14 + $15}' "/proc/$p/stat"))); done
sleep "$seconds"
after=0; for p in $(family); do after=$((after + $(awk '{print $14 + $15}' "/proc/$p/stat"))); done
for p in $(family); do
  echo "process $p ($(tr '\0' ' ' <"/proc/$p/cmdline" | cut -c1-40)): $(awk '/VmRSS/ {print int($2 / 1024)}' "/proc/$p/status") MiB resident, $(awk '/RssAnon/ {print int($2 / 1024)}' "/proc/$p/status") MiB of it its own"
done
echo "processor: $(awk "BEGIN {printf \"%.2f\", ($after - $before) * 100 / $(getconf CLK_TCK) / $seconds}") % of a core over $seconds s"
rm -f "$data.log" "$data.ready"
