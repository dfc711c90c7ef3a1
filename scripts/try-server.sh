#!/usr/bin/env bash
# Starts the server with a sample file to try. The state stays in analytix-data; delete the folder to begin anew.
set -euo pipefail
data=${ANALYTIX_TRY_DATA:-analytix-data}
listen=${ANALYTIX_TRY_LISTEN:-127.0.0.1:8080}
sample=${ANALYTIX_SAMPLE_DIR:-analytix-out/sample}
mkdir -p "$sample"
[ -f "$sample/orders.csv" ] || bin/analytix sample --out "$sample" >/dev/null
echo "A file to try: $(cd "$sample" && pwd)/orders.csv   (goal: reduce late deliveries)"
exec bin/analytix serve --data "$data" --listen "$listen"
