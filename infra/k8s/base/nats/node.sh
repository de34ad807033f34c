#!/bin/sh
# The liveness probe of a NATS node: node.sh PORT DATA. PORT answers HTTP for monitoring, DATA is the directory of JetStream.
#
# After a failed write, for example on a full disk, a stream refuses messages (nats-server 2.14 and newer), or the node of a
# cluster disables JetStream. Both last until a restart, also when there is space again. A restart before that does harm:
# nats-server does not start on a full disk.
set -eu
answer=$(printf 'GET /healthz?details=true HTTP/1.0\r\n\r\n' | nc 127.0.0.1 "$1")
case $answer in
    *"JetStream not enabled"* | *" write error: "*) ;;
    "HTTP/"*) exit 0 ;;
    *) exit 1 ;;
esac
# Exits with 1 if 5 % of the disk are available.
df -P "$2" | awk 'NR == 2 { exit $4 * 20 > $2 }'
