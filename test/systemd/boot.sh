#!/bin/bash
# As root: boots the systemd of a root directory as process 1 of new namespaces. Their root is an overlay whose changes are in memory, and
# their network has only loopback. It ends when the standard input, a pipe, does. If it cannot, the last line of the errors says why.
# usage: boot.sh ROOT [SOURCE:TARGET]...    ROOT may be / itself; each file or directory SOURCE is also seen at TARGET.
set -eu
group=$(findmnt --first-only --types cgroup2 --noheadings --output TARGET)/helpdeskd-test-$$
mkdir "$group"

leave() {
  echo $$ >"${group%/*}/cgroup.procs"
  # The processes inside take a moment to end.
  for _ in {1..600}; do
    grep -q 'populated 0' "$group/cgroup.events" && break
    sleep 0.1
  done
  find "$group" -depth -type d -exec rmdir {} +
}
trap leave EXIT
echo $$ >"$group/cgroup.procs"

inside() {
  set -eu
  local lower=$1 root=/run/helpdeskd-test.d/root place device shared
  shift
  [ -x "$lower/lib/systemd/systemd" ] || { echo "There is no systemd in $lower." >&2; exit 1; }
  # In a chroot whose root is no mount point, this works only from the root of the namespace.
  mount --make-rprivate / 2>/dev/null || nsenter --mount=/proc/self/ns/mnt mount --make-rprivate /
  mkdir -p ${root%/*}
  mount -t tmpfs tmpfs ${root%/*}
  mkdir $root ${root%/*}/changes ${root%/*}/scratch
  mount -t overlay overlay -o "lowerdir=$lower,upperdir=${root%/*}/changes,workdir=${root%/*}/scratch" $root
  mount -t proc proc $root/proc
  mount -t sysfs -o ro sysfs $root/sys
  mount -t cgroup2 cgroup2 $root/sys/fs/cgroup
  for place in run tmp; do mount -t tmpfs tmpfs $root/$place; done
  mount -t tmpfs -o mode=755 tmpfs $root/dev
  mkdir $root/dev/pts $root/dev/shm
  for device in null zero full random urandom tty; do
    : >$root/dev/$device
    mount --bind /dev/$device $root/dev/$device
  done
  mount -t devpts -o newinstance,ptmxmode=0666 devpts $root/dev/pts
  ln -s pts/ptmx $root/dev/ptmx
  ln -s /proc/self/fd $root/dev/fd
  ip link set lo up

  # Nothing of the machine itself is started.
  rm -rf $root/etc/systemd/system $root/etc/fstab
  : >$root/etc/machine-id
  mkdir -p $root/etc/systemd/system
  printf '[Unit]\nDescription=Nothing but what the test starts\nRequires=basic.target\nAfter=basic.target\n' \
    >$root/etc/systemd/system/test.target
  for shared in "$@"; do
    place=$root${shared#*:}
    # A link there would lead out of the root.
    [ ! -L "$place" ] || rm "$place"
    if [ -d "${shared%%:*}" ]; then mkdir -p "$place"; else mkdir -p "${place%/*}" && : >"$place"; fi
    mount --bind "${shared%%:*}" "$place"
  done
  # systemd expects it so, and makes it so where it does not take the machine for a container: credentials are mounted elsewhere and moved.
  mount --make-rshared $root
  exec env -i container=helpdeskd-test PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot $root /lib/systemd/systemd --unit=test.target
}

export -f inside
# It ends with this script, however that ends.
setpriv --pdeathsig KILL unshare --mount --uts --ipc --pid --net --cgroup --fork --kill-child --propagation unchanged -- \
  bash -c 'inside "$@"' inside "$@" &
booted=$!
cat <&0 >/dev/null &
wait -n || true
kill -KILL $booted $! 2>/dev/null || true
wait || true
