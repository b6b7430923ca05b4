#!/bin/bash
# A systemd of its own, to start the unit by: in namespaces of its own, over this machine's files, of which it changes none. It is the first
# process of unshare --mount --pid --net --ipc --uts --cgroup, and in a cgroup of its own. Arguments: a folder to work in, and the
# folder of the package, which is put where the guide puts it.
set -e
work=$1 package=$2 root=$1/root
mount --make-rprivate /
mount -t tmpfs tmpfs "$work"
mkdir "$work/upper" "$work/overlay" "$root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$work/upper,workdir=$work/overlay" "$root"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mount -t proc proc "$root/proc"
mount --bind "$root/proc/sys" "$root/proc/sys"
mount -o remount,bind,ro "$root/proc/sys"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
while read -r name major minor; do
  mknod --mode=666 "$root/dev/$name" c "$major" "$minor"
done <<<$'null 1 3\nzero 1 5\nfull 1 7\nrandom 1 8\nurandom 1 9\ntty 5 0'
ln -s null "$root/dev/console"
ln -s /proc/self/fd "$root/dev/fd"
ln -s pts/ptmx "$root/dev/ptmx"
mkdir "$root/dev/shm" "$root/dev/pts"
mount -t tmpfs tmpfs "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
ip link set lo up

# Of all that a machine starts, this is about one unit.
units=$root/etc/systemd/system
for unit in systemd-journald.service systemd-journald{,-dev-log,-audit}.socket systemd-logind.service systemd-udevd.service \
  systemd-sysctl.service systemd-tmpfiles-setup.service dbus.service dbus.socket; do
  ln -sf /dev/null "$units/$unit"
done
install -m 644 "$package/gateway/operations/seinpost.service" "$units/"
printf '[Unit]\nRequires=basic.target\n' >"$units/own.target"
useradd --root "$root" --system --home-dir /var/lib/seinpost --shell /usr/sbin/nologin seinpost
modules=$root/opt/seinpost/lib/node_modules
mkdir -p "$root/opt/seinpost/bin" "$modules/seinpost" "$root/etc/seinpost"
cp -r "$package/dist" "$package/package.json" "$modules/seinpost/"
mkdir -p "$modules/seinpost/schemas/kinds"
cp "$package/schemas/kinds/kinds.json" "$modules/seinpost/schemas/kinds/"
mkdir "$modules/seinpost/node_modules"
mount --bind "$package/node_modules" "$modules/seinpost/node_modules"
chmod 755 "$modules/seinpost/dist/gateway/main.js"
ln -s ../lib/node_modules/seinpost/dist/gateway/main.js "$root/opt/seinpost/bin/seinpost"

# Not chroot: there systemd could make no namespace of users, which PrivateUsers asks for.
cd "$root"
mkdir .before
pivot_root . .before
umount --lazy /.before
rmdir /.before
# What it would do to the machine beside its files it may not.
exec env -i container=own PATH="$PATH" setpriv --bounding-set -sys_time,-sys_boot,-sys_module,-sys_rawio,-syslog \
  /lib/systemd/systemd --system --unit=own.target --log-target=null --show-status=false
