#!/bin/sh
# Installs the programs that the tests talk to (Debian, as root): setup.sh --install
set -eu

[ "${1-}" = --install ] || { echo "usage: $0 --install" >&2; exit 2; }
missing=
for name in curl lighttpd openssl; do
  dpkg-query -W -f '${Status}' "$name" 2>/dev/null | grep -q '^install ok installed$' || missing="$missing $name"
done
[ -z "$missing" ] || DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
