#!/usr/bin/env bash
# Installs Debian packages that are not there yet. Each argument is PACKAGE:PATH, where PATH (a glob) exists once the
# package is installed. Without root or sudo it says what to install and fails.
set -euo pipefail
missing=()
for arg in "$@"; do
  compgen -G "${arg#*:}" >/dev/null || missing+=("${arg%%:*}")
done
[ ${#missing[@]} -eq 0 ] && exit 0
as_root=()
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null || { echo "missing Debian packages: ${missing[*]}. Install them: apt-get install ${missing[*]}" >&2; exit 1; }
  as_root=(sudo)
fi
command -v apt-get >/dev/null || { echo "missing: ${missing[*]}, and this is not Debian: install them by hand" >&2; exit 1; }
echo "installing ${missing[*]}"
"${as_root[@]}" apt-get update -qq
DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
