#!/usr/bin/env bash
# Taken with a snap length of 130 bytes, as people do who want the headers only: every longer frame is cut, and what is
# there of each message has to do.
# needs: bind9 bind9-dnsutils nginx curl tcpdump iproute2 ethtool
# shellcheck source=lib.sh disable=SC2016,SC2119
source "$(dirname "$0")/lib.sh"

host client 2 10.9.0.2
host web 80 10.9.0.80
introduce
names_start web 'ns1=A 10.9.0.80' 'www.harbour=A 10.9.0.80'
site_start web
seq -f 'line %06.0f of the log book of the harbour' 1 100 >"$scratch/web/www/logbook.txt"

record client eth0 -s 130
ask client dig @10.9.0.80 +nocookie www.harbour.example A
ask client curl -s --max-time 5 -o /dev/null http://10.9.0.80/logbook.txt -o /dev/null http://10.9.0.80/robots.txt \
    -o /dev/null http://10.9.0.80/no-such-page
finish
deliver
