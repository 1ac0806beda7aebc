#!/bin/sh
# Installs what the tests of live media need (Debian, as root): setup.sh --install
set -eu

[ "${1-}" = --install ] || { echo "usage: $0 --install" >&2; exit 2; }
for package in binutils qemu-user-static util-linux; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed$' && continue
  DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$package"
done
