#!/usr/bin/env bash
# HTTP as one types it into a plain TCP connection, line after line, with the pauses of somebody who reads along:
# HTTP/1.0, then HTTP/1.1 with Host and a second request on the same connection, then typing errors.
# needs: nginx tcpdump iproute2 ethtool python3
# shellcheck source=lib.sh disable=SC2016,SC2119
source "$(dirname "$0")/lib.sh"

host client 2 10.9.0.2
host web 80 10.9.0.80
introduce
site_start web

record client
talk client tcp 10.9.0.80 80 <<'STEPS'
send GET / HTTP/1.0\r\n
pause 0.6
send \r\n
rest
STEPS
talk client tcp 10.9.0.80 80 <<'STEPS'
send GET /robots.txt HTTP/1.1\r\n
pause 0.5
send Host: www.harbour.example\r\n
pause 0.4
send \r\n
until User-agent
pause 0.3
send HEAD / HT
pause 0.3
send TP/1.1\r
pause 0.2
send \nHost: www.harbour.example\nConnection: close\n\n
rest
STEPS
talk client tcp 10.9.0.80 80 <<'STEPS'
send GTE / HTTP/1.1\r\n
pause 0.3
send Host: www.harbour.example\r\n\r\n
until </html>
pause 0.3
send GET / HTPP/1.1\r\nHost: www.harbour.example\r\n\r\n
rest
STEPS
talk client tcp 10.9.0.80 80 <<'STEPS'
send GET / HTTP/1.1\r\n
pause 0.3
send \r\n
rest
STEPS
talk client tcp 10.9.0.80 80 <<'STEPS'
send hello?\r\n
rest
STEPS
finish
deliver
