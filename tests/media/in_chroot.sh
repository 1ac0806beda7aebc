#!/bin/sh
# in_chroot.sh ROOT PROGRAM LEAVE_OUT ARGUMENT...
# Runs PROGRAM in a mount namespace of its own, in a read-only root that holds the libraries PROGRAM needs, /proc and
# /sys, less what LEAVE_OUT names (proc, libc or nothing). Its environment is LANG=C. ROOT is an empty folder; all
# mounts go when the program ends.
set -eu

if [ "${1-}" != --inside ]; then
  exec unshare --mount --propagation private "$0" --inside "$@"
fi
root=$2 program=$3 leave_out=$4
shift 4

mount -t tmpfs -o mode=755 root "$root"
mkdir "$root/proc" "$root/sys"
ldd "$program" | grep -o '/[^ ]*' | while read -r library; do
  mkdir -p "$root${library%/*}"
  cp -L "$library" "$root$library"
done
: >"$root/amtctl"
mount --bind "$program" "$root/amtctl"
mount --rbind /sys "$root/sys"
case $leave_out in
  proc) ;;
  libc) find "$root" -xdev -name libc.so.6 -delete && mount -t proc proc "$root/proc" ;;
  nothing) mount -t proc proc "$root/proc" ;;
  *) echo "$0: $leave_out cannot be left out" >&2 && exit 2 ;;
esac
mount -o remount,ro "$root"

cd "$root"
exec env -i LANG=C "$(command -v chroot)" "$root" /amtctl "$@"
