#!/bin/sh
# Installs what the tests of traces need (Debian, as root): setup.sh --install
set -eu

[ "${1-}" = --install ] || { echo "usage: $0 --install" >&2; exit 2; }
dpkg-query -W -f '${Status}' tshark 2>/dev/null | grep -q '^install ok installed$' && exit 0
DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends tshark
