#!/bin/bash
# As root: makes the root directory of a Debian that has nothing but systemd, curl and certificates. The cache of its apt has Node,
# since a machine that is booted from it has no network. If it cannot, the last line of the errors says why.
# usage: bare_root.sh RELEASE DIRECTORY [LINES]    The lines of a shell run inside, with network.
set -eu
release=$1 directory=$2 lines=${3:-}
[ ! -d "$directory" ] || exit 0
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' | head -n 1)
[ -n "$mirror" ] || { echo 'No mirror of Debian is among the sources of apt; run "apt-get update".' >&2; exit 1; }
work=$directory.$$
trap 'rm -rf --one-file-system "$work"' EXIT
mkdir -p "$work"
debootstrap --variant=minbase --include=systemd,curl,ca-certificates "$release" "$work" "$mirror" >&2
cp /etc/resolv.conf "$work/etc/"
echo 'APT::Get::Assume-Yes "true";' >"$work/etc/apt/apt.conf.d/yes"
export DEBIAN_FRONTEND=noninteractive LC_ALL=C
chroot "$work" apt-get update >/dev/null
chroot "$work" sh -euc "$lines" </dev/null >/dev/null
chroot "$work" apt-get install --download-only nodejs >/dev/null
# Whoever comes second loses nothing.
mv -T "$work" "$directory" 2>/dev/null || [ -d "$directory" ]
