#!/bin/bash
# As root: boots the systemd of this machine as process 1 of new namespaces, with helpdeskd installed as systemd/README.md describes. Its root
# is an overlay whose changes are in memory, and its network has only loopback. It ends when this process does.
# usage: boot.sh CHECKOUT CONFIG NODE
set -eu
checkout=$1 config=$2 node=$3
group=$(findmnt --first-only --types cgroup2 --noheadings --output TARGET)/helpdeskd-test-$$
mkdir "$group"

leave() {
  echo $$ >"${group%/*}/cgroup.procs"
  # The processes inside take a moment to end.
  for _ in {1..50}; do
    grep -q 'populated 0' "$group/cgroup.events" && break
    sleep 0.1
  done
  find "$group" -depth -type d -exec rmdir {} +
}
trap leave EXIT
echo $$ >"$group/cgroup.procs"

inside() {
  set -eu
  local root=/run/helpdeskd-test.d/root units
  mount --make-rprivate /
  mkdir -p ${root%/*}
  mount -t tmpfs tmpfs ${root%/*}
  mkdir $root ${root%/*}/changes ${root%/*}/scratch
  mount -t overlay overlay -o "lowerdir=/,upperdir=${root%/*}/changes,workdir=${root%/*}/scratch" $root
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
  units=$root/etc/systemd/system
  rm -rf $units $root/etc/fstab
  : >$root/etc/machine-id
  mkdir -p $units $root/usr/lib/helpdeskd/dist $root/usr/lib/helpdeskd/node_modules $root/etc/helpdeskd $root/var/lib/helpdeskd
  mount --bind "$checkout/dist" $root/usr/lib/helpdeskd/dist
  mount --bind "$checkout/node_modules" $root/usr/lib/helpdeskd/node_modules
  cp "$checkout/package.json" $root/usr/lib/helpdeskd/
  [ -e $root/usr/bin/node ] || { : >$root/usr/bin/node && mount --bind "$node" $root/usr/bin/node; }
  cp "$checkout"/systemd/*.service "$checkout"/systemd/*.socket $units/
  cp "$checkout/systemd/helpdeskd.sysusers" $root/usr/lib/sysusers.d/helpdeskd.conf
  chroot $root systemd-sysusers helpdeskd.conf
  install -m 640 "$config" $root/etc/helpdeskd/helpdeskd.toml
  chroot $root chgrp helpdeskd /etc/helpdeskd/helpdeskd.toml
  # A disk of its own, which a test can fill.
  mount -t tmpfs -o size=256m tmpfs $root/var/lib/helpdeskd
  chroot $root install -d -o helpdeskd -g helpdeskd -m 700 /var/lib/helpdeskd
  printf '[Unit]\nDescription=Nothing but what the test starts\nRequires=basic.target\nAfter=basic.target\n' >$units/test.target
  exec env -i container=helpdeskd-test PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot $root /lib/systemd/systemd --unit=test.target
}

export -f inside
export checkout config
unshare --mount --uts --ipc --pid --net --cgroup --fork --kill-child -- env node="$node" bash -c inside &
booted=$!
# The standard input is a pipe that ends with the test.
cat <&0 >/dev/null &
wait -n || true
kill -KILL $booted $! 2>/dev/null || true
wait || true
