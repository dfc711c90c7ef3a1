#!/usr/bin/env bash
# Measures reception and quality of a large CSV against the floor, in one run, and prints the table of
# docs/benchmarks.md. ANALYTIX_BENCH_MIB sets the size of the file (1024), ANALYTIX_BENCH_RUNS how often each is run (1),
# ANALYTIX_BENCH_DIR where the file is made and kept; it takes four times the file's size.
set -euo pipefail
dir=${ANALYTIX_BENCH_DIR:-${TMPDIR:-/tmp}/analytix-bench}
mib=${ANALYTIX_BENCH_MIB:-1024}
file=$dir/large-$mib.csv
mkdir -p "$dir/state"
if [ ! -f "$file" ]; then
	bin/analytix bench make "$file.part" --mib "$mib"
	mv "$file.part" "$file"
fi
memory=$(awk '/MemTotal/ {printf "%.0f GiB", $2 / 1048576}' /proc/meminfo)
echo "$(bin/analytix version | paste -sd " "), $(nproc) processors, $memory, $(date -u +%F), load $(cut -d ' ' -f 1 /proc/loadavg) at the start"
echo
bin/analytix bench compare "$file" --runs "${ANALYTIX_BENCH_RUNS:-1}" --data "$dir/state"
