#!/bin/sh
# in_namespace.sh MEI0 TREE SCRATCH COMMAND...
# Runs COMMAND in a mount namespace of its own, in which /dev/mei0 is the file MEI0 (other mei nodes are hidden) and
# /sys shows what TREE/sys holds over what the machine has. SCRATCH is an empty folder. The real /dev and /sys stay as
# they are, and all mounts go when the last process inside ends.
set -eu

if [ "${1-}" != --inside ]; then
  exec unshare --mount --propagation private "$0" --inside "$@"
fi
mei0=$2 tree=$3 scratch=$4
shift 4

mount -t tmpfs -o mode=755 scratch "$scratch"

mkdir "$scratch/dev"
cp -ax /dev/. "$scratch/dev/"
rm -rf "$scratch"/dev/mei*
while read -r _ point _; do
  case $point in
    /dev/*) [ ! -e "$scratch$point" ] || mount --rbind "$point" "$scratch$point" ;;
  esac
done </proc/self/mounts
: >"$scratch/dev/mei0"
mount --bind "$mei0" "$scratch/dev/mei0"
mount --rbind "$scratch/dev" /dev

# same TREE_ENTRY REAL_ENTRY: whether the real one can stay, or be bound over
same() {
  if [ -L "$1" ]; then [ "$(readlink "$1")" = "$(readlink "$2")" ]
  elif [ -d "$1" ]; then [ -d "$2" ] && [ ! -L "$2" ]
  else [ -f "$2" ] && [ ! -L "$2" ]
  fi
}

# shadow FOLDER: a tmpfs that shows what FOLDER holds, and to which can be added
shadows=0
shadow() {
  shadows=$((shadows + 1))
  mkdir "$scratch/$shadows"
  mount --rbind "$1" "$scratch/$shadows"
  mount -t tmpfs -o mode=755 shadow "$1"
  for original in "$scratch/$shadows"/*; do
    shown=$1/${original##*/}
    if [ -L "$original" ]; then cp -P "$original" "$shown"
    elif [ -d "$original" ]; then mkdir "$shown" && mount --rbind "$original" "$shown"
    elif [ -e "$original" ]; then : >"$shown" && mount --bind "$original" "$shown"
    fi
  done
}

# graft TREE_FOLDER REAL_FOLDER
graft() {
  local entry real
  for entry in "$1"/*; do
    same "$entry" "$2/${entry##*/}" && continue
    shadow "$2"
    break
  done
  for entry in "$1"/*; do
    real=$2/${entry##*/}
    if ! same "$entry" "$real"; then
      rm -f "$real"
      cp -a "$entry" "$real"
    elif [ -L "$entry" ]; then
      :
    elif [ -d "$entry" ]; then
      case ${real##*/} in
        # What belongs to the device is replaced whole, so that nothing of a real one shows through.
        mei | mei[0-9] | 0000:00:16.0) mount --bind "$entry" "$real" ;;
        *) graft "$entry" "$real" ;;
      esac
    else
      mount --bind "$entry" "$real"
    fi
  done
}
graft "$tree/sys" /sys

exec "$@"
