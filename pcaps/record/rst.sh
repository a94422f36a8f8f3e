#!/usr/bin/env bash
# Connections that end badly: the client goes away in the middle of a download, the server in the middle of an answer, a port
# is closed, a SYN is never answered, a request is never answered.
# needs: nginx tcpdump iproute2 ethtool nftables python3
# shellcheck source=lib.sh disable=SC2016,SC2119
source "$(dirname "$0")/lib.sh"

host client 2 10.9.0.2
host web 80 10.9.0.80
introduce
site_start web
seq -f 'line %06.0f of the log book of the harbour' 1 2000 >"$scratch/web/www/logbook.txt"
ip netns exec "$tag-web" nft 'add table ip wall; add chain ip wall input { type filter hook input priority 0; };
    add rule ip wall input tcp dport 8000 drop'
answer web 10.9.0.80 8080 <<'STEPS'
accept
until \r\n\r\n
send HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nThis much, and
pause 0.05
reset
accept
until \r\n\r\n
reset
accept
until \r\n\r\n
rest
close
STEPS

record client
talk client tcp 10.9.0.80 80 <<'STEPS'
send GET /logbook.txt HTTP/1.1\r\nHost: www.harbour.example\r\n\r\n
read 4000
reset
STEPS
talk client tcp 10.9.0.80 8080 <<'STEPS' || true
send GET /cut-off HTTP/1.1\r\nHost: www.harbour.example\r\n\r\n
rest
STEPS
talk client tcp 10.9.0.80 8080 <<'STEPS' || true
send GET /refused HTTP/1.1\r\nHost: www.harbour.example\r\n\r\n
rest
STEPS
talk client tcp 10.9.0.80 8080 <<'STEPS'
send GET /unanswered HTTP/1.1\r\nHost: www.harbour.example\r\n\r\n
pause 0.2
STEPS
talk client tcp 10.9.0.80 81 </dev/null || true
patience=2 talk client tcp 10.9.0.80 8000 </dev/null || true
finish
deliver
