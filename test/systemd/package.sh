#!/bin/bash
# In a mount namespace, as root: installs, upgrades, removes and purges a Debian package in an overlay of this machine's root, in which
# no systemd runs. Its last line is what the purge left.
# usage: package.sh DIRECTORY DEB
set -eux
exec 2>&1
directory=$1 root=$1/root
mount --make-rprivate /
mount -t tmpfs tmpfs "$directory"
mkdir "$root" "$directory/changes" "$directory/scratch"
mount -t overlay overlay -o "lowerdir=/,upperdir=$directory/changes,workdir=$directory/scratch" "$root"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
for place in run tmp; do mount -t tmpfs tmpfs "$root/$place"; done
cp "$2" "$root/tmp/helpdeskd.deb"

inside() { chroot "$root" "$@"; }
config=/etc/helpdeskd/helpdeskd.toml
# Node may come from elsewhere than from a Debian package.
inside dpkg --force-depends -i /tmp/helpdeskd.deb | grep -F 'helpdeskd init YOUR-ADDRESS'
[ "$(inside stat -c '%a %U %G' $config /var/lib/helpdeskd | xargs)" = '640 root helpdeskd 700 helpdeskd helpdeskd' ]
[ "$(inside systemctl is-enabled helpdeskd.service helpdeskd-smtp.socket | xargs)" = 'disabled disabled' ]
inside sed -i 's/^address = .*/address = "helpdesk@helpdesk.example"/' $config
inside helpdeskd check-config
inside helpdeskd init you@example.org
inside systemctl enable helpdeskd.service helpdeskd-smtp.socket

if inside dpkg --force-depends -i /tmp/helpdeskd.deb | grep -F YOUR-ADDRESS; then exit 1; fi
grep -F helpdesk@helpdesk.example "$root$config"
[ "$(inside systemctl is-enabled helpdeskd.service helpdeskd-smtp.socket | xargs)" = 'enabled enabled' ]
inside helpdeskd queues | grep -F support

inside dpkg -r helpdeskd
[ -e "$root$config" ] && [ -e "$root/var/lib/helpdeskd/helpdesk.json" ]
inside mkdir /etc/systemd/system/helpdeskd.service.d
inside touch /etc/systemd/system/helpdeskd.service.d/override.conf
inside dpkg -P helpdeskd
left=$(find "$directory/changes" -name '*helpdeskd*' ! -type c; inside getent passwd helpdeskd; inside getent group helpdeskd) || true
echo "left: $left"
