#!/usr/bin/env bash
# Makes the sample and takes it through the four stages: at a terminal with a control point after each stage, else
# with what is recommended.
set -euo pipefail
dir=${ANALYTIX_SAMPLE_DIR:-analytix-out/sample}
mkdir -p "$dir"
bin/analytix sample --out "$dir"
mode=recommended
[ -t 0 ] && [ -t 1 ] && mode=ask
bin/analytix run "$dir/orders.csv" --goal "reduce late deliveries" --decide "$mode" --out "$dir/result"
echo "open $dir/result/report.html in a browser"
