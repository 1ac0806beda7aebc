#!/bin/sh
# Builds the FUSE rig's programs into build/fuse-rig/; does nothing when they are newer than their sources.
#   setup.sh            builds; exit 3 with what is missing when the packages are not there
#   setup.sh --install  installs the packages first (Debian, as root)
set -eu

here=$(cd "$(dirname "$0")" && pwd)
out=$here/../../../build/fuse-rig
packages="libfuse3-dev fuse3 gcc libc6-dev pkg-config util-linux"

if [ "${1-}" = --install ]; then
  missing=
  for package in $packages; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed$' || missing="$missing $package"
  done
  # shellcheck disable=SC2086
  if [ -n "$missing" ]; then
    apt-get update -q
    DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
  fi
fi

for tool in gcc pkg-config fusermount3 unshare; do
  command -v "$tool" >/dev/null || { echo "$tool is missing: tests/rigs/fuse/setup.sh --install"; exit 3; }
done
pkg-config --exists fuse3 || { echo "libfuse3-dev is missing: tests/rigs/fuse/setup.sh --install"; exit 3; }

mkdir -p "$out"
exec 9>"$out/lock"
flock 9

# build NAME SOURCE... : one program, put in place whole
build() {
  name=$1
  shift
  if [ -x "$out/$name" ] && [ -z "$(find "$here" -maxdepth 1 \( -name '*.[ch]' -o -name setup.sh \) -newer "$out/$name")" ]; then
    return 0
  fi
  # shellcheck disable=SC2046
  (cd "$here" && gcc -std=gnu11 -D_GNU_SOURCE -O2 -g -Wall -Wextra -Wshadow -Werror $(pkg-config --cflags fuse3) \
    -o "$out/$name.new" "$@" -pthread $(pkg-config --libs fuse3))
  mv "$out/$name.new" "$out/$name"
}

build fuse_mei fuse_mei.c mei_file.c mei_device.c link.c
build fuse_mei_checked -fsanitize=address,undefined -fno-sanitize-recover=all fuse_mei.c mei_file.c mei_device.c link.c
for program in threads calls round_trips; do
  build "$program" "$program.c"
done
