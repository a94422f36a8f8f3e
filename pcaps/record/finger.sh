#!/usr/bin/env bash
# Finger (RFC 1288), both sides scripted: who is logged in, one user, a user with /W, a forwarded query that is refused, a query and
# an answer in pieces, a line that ends in LF alone, an empty answer, and a client that leaves before it has one.
# needs: tcpdump iproute2 ethtool python3
# shellcheck source=lib.sh disable=SC2016,SC2119
source "$(dirname "$0")/lib.sh"

host client 2 10.9.0.2
host office 79 10.9.0.79
introduce
printf '10.9.0.79 office.harbour.example\n' >>"$scratch/hosts"

record client
answer office 10.9.0.79 79 <<'STEPS'
accept
until \n
send Login    Name                 TTY      Idle  When\r\nalice    Alice Ahoy           pts/0       2m  Sun 10:12\r\nbob      Bob Bowline          pts/1           Sun 10:40\r\n
close
accept
until \n
send Login: alice\t\t\tName: Alice Ahoy\r\nDirectory: /home/alice\tShell: /bin/sh\r\nNo mail.\r\nPlan:\r\nTo be back with the tide.\r\n
close
accept
until \n
send Login: bob\t\t\tName: Bob Bowline\r\nDirectory: /home/bob\tShell: /bin/sh\r\n
pause 0.1
send Office: Quay 3\r\nProject: the ropes\r\nNo Plan.\r\n
close
accept
until \n
send Finger forwarding service denied.\r\n
close
accept
until \n
send finger: nob\xf6dy: no such user.\r\n
close
accept
until \n
close
accept
rest
close
STEPS
ask() { talk client tcp 10.9.0.79 79; }
ask <<<$'send \\r\\n\nrest'
ask <<<$'send alice\\r\\n\nrest'
ask <<<$'send /W bo\npause 0.1\nsend b\\r\\n\nrest'
ask <<<$'send carol@buoy.example@lighthouse.example\\r\\n\nrest'
ask <<<$'send nob\\xf6dy\\n\nrest'
ask <<<$'send dora\\r\\n\nrest'
ask <<<$'send eve\nshut\nrest'
finish
deliver
