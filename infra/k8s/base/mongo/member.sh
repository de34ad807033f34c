#!/bin/bash
# The probes of a MongoDB member. They send `hello` themselves: mongosh takes seconds of CPU time and 100 MB for it.
#
#   member.sh ready PORT DATA    whether it is the primary or a secondary
#   member.sh alive PORT DATA    whether it answers, and belongs to its replica set
#
# A member whose own name resolved to an old address when it started is in the state REMOVED until another member contacts it.
# If all members are in that state, none does, and only a restart helps. `hello` answers the same before the replica set is
# initiated, when a restart is wrong: so the first answer as a member leaves a file beside the data.
set -euo pipefail
export LC_ALL=C
question=$1 port=$2 joined=$3/joined-replica-set

# OP_MSG, 52 bytes: request 1 with one section, the document {hello: 1, $db: "admin"}.
exec {socket}<>"/dev/tcp/127.0.0.1/$port"
printf '\x34\0\0\0\x01\0\0\0\0\0\0\0\xdd\x07\0\0\0\0\0\0\0' >&"$socket"
printf '\x1f\0\0\0\x10hello\0\x01\0\0\0\x02$db\0\x06\0\0\0admin\0\0' >&"$socket"
length=$(head -c 4 <&"$socket" | od -A n -t u4)
reply=$(head -c "$((length - 4))" <&"$socket" | tr '\0\1' '.+') # a shell variable holds no zero byte

if [[ $reply == *setName.* ]]; then
    [[ -e $joined ]] || touch "$joined"
    belongs=true
else
    belongs=false
fi
case $question in
    ready) [[ $reply == *isWritablePrimary.+* || $reply == *secondary.+* ]] ;;
    alive) $belongs || [[ $reply == *isreplicaset.+* && ! -e $joined ]] ;;
    *) exit 2 ;;
esac
