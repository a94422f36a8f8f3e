#!/usr/bin/env bash
# Only one direction: a capture where the answers come another way. HTTP and DNS as the server sent them, then as the
# client asked.
# needs: bind9 bind9-dnsutils nginx curl tcpdump iproute2 ethtool
# shellcheck source=lib.sh disable=SC2016,SC2119
source "$(dirname "$0")/lib.sh"

host client 2 10.9.0.2
host web 80 10.9.0.80
introduce
names_start web 'ns1=A 10.9.0.80' 'www.harbour=A 10.9.0.80'
site_more='location = /ships { return 301 /; } location = /nothing { return 204; }' site_start web

# From even client ports the answers are seen, from odd ones the questions.
record client eth0 '(src host 10.9.0.80 and (dst port 40002 or dst port 40004)) or
    (src host 10.9.0.2 and (src port 40001 or src port 40003))'
url=http://10.9.0.80
for port in 40001 40002; do
    ask client dig -b "10.9.0.2#$port" @10.9.0.80 +nocookie www.harbour.example A
done
for port in 40003 40004; do
    ask client curl -s --max-time 5 --local-port "$port" -L "$url/ships" "$url/nothing" "$url/no-such-page" "$url/robots.txt"
    ask client curl -s --max-time 5 --local-port "$port" -I "$url/robots.txt"
done
finish
deliver
