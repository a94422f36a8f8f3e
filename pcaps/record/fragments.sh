#!/usr/bin/env bash
# DNS answers that do not fit into a packet: fragments of IPv4 (MTU 600) and IPv6 (MTU 1280), first in order, then the last
# one first and one of them twice, then with one missing.
# needs: bind9 bind9-dnsutils tcpdump iproute2 ethtool python3
# shellcheck source=lib.sh disable=SC2016,SC2119
source "$(dirname "$0")/lib.sh"

wired=yes host client 2 10.9.0.2 fd00:9::2
mtu=600 host four 54 10.9.0.54
mtu=1280 host six 56 fd00:9::56
introduce
for name in four six; do
    mkdir "$scratch/$name"
    {
        printf '$TTL 3600\n@ SOA ns1.large.example. hostmaster.large.example. 1 7200 900 1209600 300\n NS ns1\nns1 A 10.9.0.54\n'
        for number in $(seq 1 14); do
            printf 'essay TXT "paragraph %s: %s" "%s"\n' "$number" \
                "a text record may hold many strings of up to 255 bytes each" \
                "and a record set may hold many records, until the answer no longer fits into a packet"
        done
    } >"$scratch/$name/zone"
    echo 'zone "large.example" { type primary; file "zone"; };' >"$scratch/$name/zones.conf"
    bind_options='recursion no; max-udp-size 4096;' bind_start "$name"
done

record client
both() {
    ask client dig @10.9.0.54 +nocookie +bufsize=4096 +tries=1 +time=1 +ignore essay.large.example TXT
    ask client dig @fd00:9::56 +nocookie +bufsize=4096 +tries=1 +time=1 +ignore essay.large.example TXT
}
wire client plain
both
wire client fragments
both
wire client fragment-lost
both
finish
deliver
