#!/usr/bin/env bash
# DNS and an HTTP download over a bad line: frames lost, repeated and overtaken, in both directions, by a fixed count.
# Recorded at the receiver.
# needs: bind9 bind9-dnsutils nginx curl tcpdump iproute2 ethtool python3
# shellcheck source=lib.sh disable=SC2016,SC2119
source "$(dirname "$0")/lib.sh"

wired=yes host client 2 10.9.0.2
host names 53 10.9.0.53
host web 80 10.9.0.80
introduce
wire client trouble
names_start names 'ns1=A 10.9.0.53' 'www.harbour=A 10.9.0.80'
site_start web
seq -f 'line %06.0f of the log book of the harbour' 1 3700 >"$scratch/web/www/logbook.txt"

record client
for name in www ns1 none www ns1 none; do
    ask client dig @10.9.0.53 +nocookie +tries=4 +time=1 "$name.harbour.example" A
done
ask client curl -s --max-time 15 -o /dev/null http://10.9.0.80/logbook.txt http://10.9.0.80/robots.txt http://10.9.0.80/
finish
deliver
