#!/usr/bin/env bash
# One pair of ports, used for one connection after the other: after an orderly end, after a RST, for another protocol than
# before, and for two DNS questions with the same ID.
# needs: bind9 nginx tcpdump iproute2 ethtool python3
# shellcheck source=lib.sh disable=SC2016,SC2119
source "$(dirname "$0")/lib.sh"

host client 2 10.9.0.2
host web 80 10.9.0.80
introduce
names_start web 'ns1=A 10.9.0.80' 'www.harbour=A 10.9.0.80'
site_start web

record client
for path in / /robots.txt /no-such-page; do
    talk client tcp 10.9.0.80 80 40000 <<STEPS
send GET $path HTTP/1.1\\r\\nHost: www.harbour.example\\r\\nConnection: close\\r\\n\\r\\n
rest
STEPS
done
talk client tcp 10.9.0.80 80 40000 <<'STEPS'
send HEAD / HTTP/1.1\r\nHost: www.harbour.example\r\n\r\n
until \r\n\r\n
reset
STEPS
talk client tcp 10.9.0.80 80 40000 <<'STEPS'
send HEAD /robots.txt HTTP/1.1\r\nHost: www.harbour.example\r\nConnection: close\r\n\r\n
rest
STEPS
for name in www ns1 www; do
    talk client udp 10.9.0.80 53 40001 <<STEPS
question 4660 $name.harbour.example 1
read 40
STEPS
done
finish
deliver
