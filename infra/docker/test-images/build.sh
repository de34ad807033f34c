#!/bin/sh
# Builds helpdesk-test/mongo:local and helpdesk-test/nats:local from the servers that `make test` uses on this machine
# (Linux): each program with its shared libraries. Needs Docker, but no registry.
#
#   infra/docker/test-images/build.sh
#
# PYTHON=…           another Python with the stack installed
# HELPDESK_MONGOD=…  another mongod; another nats-server is taken from PATH
set -eu

root=$(cd "$(dirname "$0")/../../.." && pwd)
python=${PYTHON:-$root/.venv/bin/python}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
    echo "$1" >&2
    exit 1
}

program() { # by which function of stack.binaries
    "$python" -c "from stack import binaries; print(*binaries.$1())"
}

copy() { # file: to the same path below the new root, or to another one
    mkdir -p "$work/root$(dirname "${2:-$1}")"
    cp -L "$1" "$work/root${2:-$1}"
}

image() { # name, program, directory of its data
    name=$(basename "$2")
    rm -rf "$work/root"
    mkdir -p "$work/root$3" "$work/root/tmp"
    copy "$2" "/usr/bin/$name"
    chmod 755 "$work/root/usr/bin/$name"
    ldd "$2" >"$work/libraries" 2>/dev/null || true # fails for a static program, which has none
    ! grep 'not found' "$work/libraries" >&2 || fail "$2 lacks a library here, so it would lack it in an image."
    for library in $(sed -n 's|^[^/]*\(/[^ ]*\) (0x.*|\1|p' "$work/libraries"); do
        copy "$library"
    done
    # As in the public images, the data may be written by a user who is not root; MongoDB's is 999.
    tar -C "$work/root" -c --owner=999 --group=999 . |
        docker import --change "ENTRYPOINT [\"$name\"]" --change "VOLUME $3" - "helpdesk-test/$1:local" >"$work/id"
    echo "helpdesk-test/$1:local  $("$2" --version | head -n 1)"
}

test -x "$python" || fail "$python is not there: run 'make up' once, or name another with PYTHON=…"
docker version >/dev/null 2>&1 || fail "There is no Docker to make images with: docker version says why."
mongod=$(program mongod)
nats_server=$(program nats_server)
image mongo "$mongod" /data/db
image nats "$nats_server" /data
