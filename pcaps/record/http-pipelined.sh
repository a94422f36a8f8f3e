#!/usr/bin/env bash
# Several requests in one segment: the answers come one after the other, in their order.
# needs: nginx tcpdump iproute2 ethtool python3
# shellcheck source=lib.sh disable=SC2016,SC2119
source "$(dirname "$0")/lib.sh"

host client 2 10.9.0.2
host web 80 10.9.0.80
introduce
site_more='location = /guestbook { return 201 "signed\n"; } location = /nothing { return 204; }
    location = /changed { return 304; } location = /moved { return 302 /robots.txt; }' site_start web

record client
talk client tcp 10.9.0.80 80 <<'STEPS'
send GET / HTTP/1.1\r\nHost: www.harbour.example\r\n\r\nHEAD /robots.txt HTTP/1.1\r\nHost: www.harbour.example\r\n\r\nPOST /guestbook HTTP/1.1\r\nHost: www.harbour.example\r\nContent-Length: 9\r\n\r\nname=AnnaGET /nothing HTTP/1.1\r\nHost: www.harbour.example\r\n\r\nGET /changed HTTP/1.1\r\nHost: www.harbour.example\r\n\r\nGET /nowhere HTTP/1.1\r\nHost: www.harbour.example\r\n\r\nGET /moved HTTP/1.1\r\nHost: www.harbour.example\r\n\r\nGET /robots.txt HTTP/1.1\r\nHost: www.harbour.example\r\nConnection: close\r\n\r\n
rest
STEPS
talk client tcp 10.9.0.80 80 <<'STEPS'
send GET /robots.txt HTTP/1.1\r\nHost: www.harbour.example\r\n\r\nGET / HTTP/1.1\r\nHo
pause 0.1
send st: www.harbour.example\r\n\r\nGET /moved HTTP/1.1\r\nHost: www.harbour.example\r\nConnection: close\r\n\r
pause 0.1
send \n
rest
STEPS
finish
deliver
