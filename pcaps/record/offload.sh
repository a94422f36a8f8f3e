#!/usr/bin/env bash
# Taken on the sender, whose network card would have cut large segments into packets and filled in the checksums: frames
# larger than the MTU, and checksums that are not there yet.
# needs: bind9 bind9-dnsutils nginx curl tcpdump iproute2 ethtool
# shellcheck source=lib.sh disable=SC2016,SC2119
source "$(dirname "$0")/lib.sh"

offload=on
host client 2 10.9.0.2
host web 80 10.9.0.80
introduce
names_start web 'ns1=A 10.9.0.80' 'www.harbour=A 10.9.0.80'
site_start web
seq -f 'line %06.0f of the log book of the harbour' 1 1400 >"$scratch/web/www/logbook.txt"

record web
ask client dig @10.9.0.80 +nocookie www.harbour.example A
ask client curl -s --max-time 5 -o /dev/null http://10.9.0.80/logbook.txt http://10.9.0.80/robots.txt
finish
deliver
