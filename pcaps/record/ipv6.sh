#!/usr/bin/env bash
# DNS and HTTP over IPv6, with what IPv6 itself says when a port is closed.
# needs: bind9 bind9-dnsutils nginx curl tcpdump iproute2 ethtool
# shellcheck source=lib.sh disable=SC2016,SC2119
source "$(dirname "$0")/lib.sh"

host client 2 fd00:9::2
host names 53 fd00:9::53
host web 80 fd00:9::80
introduce
names_start names 'ns1=AAAA fd00:9::53' 'www.harbour=AAAA fd00:9::80' 'www.harbour=A 192.0.2.80' 'shop.harbour=CNAME www.harbour'
ask_at client fd00:9::53
site_more='location = /ships { return 301 http://www.harbour.example/; }' site_start web

record client
ask client dig @fd00:9::53 www.harbour.example AAAA
ask client curl -6 -s --max-time 5 -L http://www.harbour.example/ships
ask client curl -6 -s --max-time 5 http://shop.harbour.example/no-such-page
ask client curl -s --max-time 5 'http://[fd00:9::80]/robots.txt'
ask client dig @fd00:9::80 +tries=1 +time=1 www.harbour.example AAAA
finish
deliver
