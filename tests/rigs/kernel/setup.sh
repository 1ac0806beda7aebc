#!/bin/bash
# Builds the guest of the kernel rig into build/kernel-rig/SERIES of the repository.
#
#   setup.sh [--install] [6.1|6.12]    build what is missing or out of date; --install (root) gets Debian's packages
#   setup.sh --check     [6.1|6.12]    build nothing; fail, and say what to run, unless everything is there
#
# Two stages, each made aside and renamed when whole: kernel/ from Debian's packages, guest/ from it and our sources.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repo=$(cd "$here/../../.." && pwd)
packages="qemu-system-x86 busybox-static cpio gcc libc6-dev make libelf1 zstd xz-utils"
commands="qemu-system-x86_64 busybox cpio gcc make zstd xz dpkg-deb wdctl"
sources="setup.sh module/Kbuild module/mei_virt.c module/mei_virt.h guest/agent.c guest/init"
modules="virtio_pci virtio_console 9pnet_virtio 9p watchdog mei mei_wdt softdog"
libraries="libc.so.6 libm.so.6 libdl.so.2 libpthread.so.0 librt.so.1 libgcc_s.so.1"

series=6.1 mode=build
for argument; do
  case $argument in
    6.1 | 6.12) series=$argument ;;
    --install | --check) mode=${argument#--} ;;
    *) sed -n '2,7s/^# \?//p' "$0" >&2; exit 2 ;;
  esac
done
out=$repo/build/kernel-rig/$series

main() {
  local lacking
  lacking=$(for c in $commands; do command -v "$c" >/dev/null || echo "$c"; done | xargs)
  if [ $mode = install ] && { [ -n "$lacking" ] || ! has_kernel; }; then
    install_packages
  elif [ -n "$lacking" ]; then
    die "missing: $lacking"
  fi
  if is_current; then return; fi
  if [ $mode = check ]; then die "not built from these sources: ${out#"$repo"/}"; fi

  mkdir -p "$out"
  exec 9>"$out/lock"
  flock 9
  if ! has_kernel; then unpack_kernel; fi
  if ! is_current; then build_guest; fi
}

die() {
  echo "$*; run: sudo tests/rigs/kernel/setup.sh --install $series" >&2
  exit 1
}

install_packages() {
  apt-get update -q
  DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $packages
}

fingerprint() { (cd "$here" && cat "$out/kernel/version" && sha256sum $sources); }

is_current() {
  [ -e "$out/guest/fingerprint" ] && [ "$(fingerprint 2>/dev/null)" = "$(<"$out/guest/fingerprint")" ]
}

# -- kernel/: vmlinux, modules/ (in the order of loading: modules/order), usr/ (headers, kbuild), mei/ (private headers
#    of the driver), mei-amt-version.c, version, wanted (the modules that it was made for)

has_kernel() { [ "$(cat "$out/kernel/wanted" 2>/dev/null)" = "$modules" ]; }

# Image, headers, kbuild and source must be of one version, and apt's versions move.
unpack_kernel() {
  local tmp=$out/kernel.tmp version headers release kbuild tar
  version=$(apt-cache policy "linux-source-$series" | sed -n 's/ *Candidate: //p')
  if [ -z "$version" ] || [ "$version" = "(none)" ]; then die "apt does not know linux-source-$series"; fi
  headers=$(apt-cache pkgnames "linux-headers-$series" | grep -Ev -- '-(rt|cloud)-' | xargs apt-cache madison |
    awk -F' *[|] *' -v v="$version" '$2 == v && $1 ~ /[0-9]\.[0-9]+[^ ]*[-+][^ ]*-amd64 *$/ && !found++ { print $1 }')
  if [ -z "$headers" ]; then die "apt does not know linux-headers of version $version"; fi
  headers=${headers// /}
  release=${headers#linux-headers-}
  kbuild=$(apt-cache depends "$headers=$version" | sed -n 's/.*Depends: \(linux-kbuild-.*\)/\1/p')

  rm -rf "$tmp"
  mkdir -p "$tmp/debs" "$tmp/image" "$tmp/modules" "$tmp/source"
  echo "$release $version" >"$tmp/version"
  (cd "$tmp/debs" && apt-get download -q "linux-source-$series=$version" "linux-image-$release=$version" \
    "$headers=$version" "linux-headers-${release%-amd64}-common=$version" "$kbuild=$version")

  tar=./usr/src/linux-source-$series.tar.xz
  dpkg-deb --fsys-tarfile "$tmp"/debs/linux-source-*.deb | tar -xO "$tar" | xz -dcT0 |
    tar -C "$tmp/source" -x --strip-components=1 --wildcards '*/drivers/misc/mei/*.h' '*/samples/mei/*.c'
  mv "$tmp/source/drivers/misc/mei" "$tmp/source/samples/mei/mei-amt-version.c" "$tmp"
  dpkg-deb --fsys-tarfile "$tmp"/debs/linux-image-*.deb | tar -C "$tmp/image" -x ./boot ./lib
  unpack_vmlinux "$tmp"/image/boot/vmlinuz-* >"$tmp/vmlinux"
  (cd "$tmp" && order_modules)
  for deb in headers-"$release" headers-"${release%-amd64}"-common kbuild; do
    dpkg-deb -x "$tmp"/debs/linux-$deb*.deb "$tmp"
  done
  # Everything in the headers is relative but for this; ROOT is given to make.
  sed -i 's#^include /usr/src/#include $(ROOT)/usr/src/#' "$tmp/usr/src/$headers/Makefile"
  rm -rf "$tmp/debs" "$tmp/image" "$tmp/source" "$out/kernel"
  echo "$modules" >"$tmp/wanted"
  mv -T "$tmp" "$out/kernel"
}

# The ELF kernel in a bzImage, which boots faster than one that unpacks itself. Fields: the boot protocol's
# setup_sects, payload_offset, payload_length. The payload ends with four bytes that are its length unpacked.
unpack_vmlinux() {
  local image=$1 sects start length unpack
  sects=$(number 1 0x1f1)
  start=$(((sects + 1) * 512 + $(number 4 0x248)))
  length=$(number 4 0x24c)
  case $(od -An -tx4 -j $start -N 4 "$image") in
    *fd2fb528) unpack="zstd -dc" ;;
    *587a37fd) unpack="xz -dc" ;;
    *) die "the kernel is packed in a way that is not known: $image" ;;
  esac
  head -c $((start + length - 4)) "$image" | tail -c +$((start + 1)) | $unpack
}

number() { od -An -tu"$1" -j $(($2)) -N "$1" "$image" | tr -d ' '; }

# modules.dep is made at installation, so the order comes from the modules themselves.
order_modules() {
  local module
  for module in $modules; do add_module "$module"; done
}

add_module() {
  local name=$1 file dependency
  if [ -e "modules/$name.ko" ] || grep -q "/${name//_/[-_]}\.ko$" image/lib/modules/*/modules.builtin; then return; fi
  file=$(find image/lib/modules -name "${name//_/[-_]}.ko*")
  case $file in
    *.ko.xz) xz -dc "$file" >"modules/$name.ko" ;;
    *.ko) cp "$file" "modules/$name.ko" ;;
    *) die "no module $name" ;;
  esac
  for dependency in $(tr '\0' '\n' <"modules/$name.ko" | sed -n 's/^depends=//p' | tr ',-' ' _'); do
    add_module "$dependency"
  done
  echo "$name" >>modules/order
}

# -- guest/: vmlinux, initrd, fingerprint

build_guest() {
  local tmp=$out/guest.tmp kernel=$out/kernel root
  rm -rf "$tmp"
  root=$tmp/root
  mkdir -p "$tmp/module" "$root"/{bin,lib64,lib/mod}
  fingerprint >"$tmp/fingerprint"

  cp "$here"/module/{Kbuild,mei_virt.[ch]} "$tmp/module"
  # The headers of 6.12 bring a vmlinux, for which kbuild would want pahole.
  make -s -C "$kernel"/usr/src/linux-headers-*-amd64 M="$tmp/module" ROOT="$kernel" MEI_SRC="$kernel/mei" \
    CONFIG_DEBUG_INFO_BTF_MODULES= modules
  strip -g "$tmp/module/mei_virt.ko"
  gcc -O2 -Wall -Wextra -static -o "$root/bin/agent" "$here/guest/agent.c"
  gcc -O2 -static -o "$root/bin/mei-amt-version" "$kernel/mei-amt-version.c"

  install -m 755 "$here/guest/init" "$root/init"
  cp "$(command -v busybox)" "$root/bin/busybox"
  cp "$kernel"/modules/* "$tmp/module/mei_virt.ko" "$root/lib/mod"
  echo mei_virt >>"$root/lib/mod/order"
  cp "$(command -v wdctl)" "$root/bin/wdctl"
  cp $(ldd "$root/bin/wdctl" | sed -n 's/.* => \([^ ]*\).*/\1/p') "$root/lib"
  # What bun and deno are linked with.
  for library in $libraries; do cp "$(gcc -print-file-name="$library")" "$root/lib"; done
  cp -L /lib64/ld-linux-x86-64.so.2 "$root/lib64"
  (cd "$root" && find . | cpio -o -H newc -R 0:0 --quiet) >"$tmp/initrd"
  rm -rf "$tmp/module" "$root"
  rm -rf "$out/guest"
  mv -T "$tmp" "$out/guest"
}

main
