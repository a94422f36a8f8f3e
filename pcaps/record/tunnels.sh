#!/usr/bin/env bash
# The same two conversations, DNS and HTTP, through one kind of tunnel after the other.
#
# Recorded between the tunnel ends. Neither host knows of the tunnel.
# needs: bind9 bind9-dnsutils nginx curl tcpdump iproute2 ethtool python3
# shellcheck source=lib.sh disable=SC2016,SC2119
source "$(dirname "$0")/lib.sh"

mtu=1400
wired=yes host client 2 10.9.0.2 fd00:9::2
wired=yes host server 80 10.9.0.80 fd00:9::80
introduce
names_start server 'ns1=A 10.9.0.80' 'www.harbour=A 10.9.0.80' 'www.harbour=AAAA fd00:9::80'
site_start server

record client-cable far
through() { # MODE ADDRESS URL-HOST
    wire client "$1"
    wire server "$1"
    ask client dig "@$2" +nocookie +tries=1 "$1.harbour.example" A
    ask client curl -s --max-time 5 -A "through/$1" "http://$3/"
}
for mode in gre gre-key gretap ipip 4in6 vxlan geneve gtp mpls pppoe snap erspan1 erspan2 erspan3 ah vlan-gre-vxlan; do
    through "$mode" 10.9.0.80 10.9.0.80
done
for mode in 6in4 6in6 teredo mpls pppoe; do
    through "$mode" fd00:9::80 '[fd00:9::80]'
done
finish
deliver
