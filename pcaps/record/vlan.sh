#!/usr/bin/env bash
# VLAN tags: DNS and HTTP with one 802.1Q tag, then with two (802.1ad outside).
#
# Recorded on the trunk. The same two addresses talk in each network.
# needs: bind9 bind9-dnsutils nginx curl tcpdump iproute2 ethtool python3
# shellcheck source=lib.sh disable=SC2016,SC2119
source "$(dirname "$0")/lib.sh"

wired=yes host client 2 10.9.0.2
wired=yes host server 80 10.9.0.80
introduce
names_start server 'ns1=A 10.9.0.80' 'www.harbour=A 10.9.0.80'
site_start server

record client-cable far
for mode in vlan qinq; do
    wire client "$mode"
    wire server "$mode"
    ask client dig @10.9.0.80 +nocookie +tries=1 www.harbour.example A
    ask client curl -s --max-time 5 -H 'Host: www.harbour.example' -A "through/$mode" http://10.9.0.80/
done
finish
deliver
