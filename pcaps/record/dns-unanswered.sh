#!/usr/bin/env bash
# Questions that nobody answers: to a server that drops them (asked three times, and given up), to a port that is closed
# (ICMP: port unreachable), and to a server that answers only the second time. Last, an answer that nobody asked for.
# needs: bind9 bind9-dnsutils tcpdump iproute2 ethtool nftables python3
# shellcheck source=lib.sh disable=SC2016,SC2119
source "$(dirname "$0")/lib.sh"

host client 2 10.9.0.2
host silent 51 10.9.0.51
host closed 52 10.9.0.52
host moody 53 10.9.0.53
introduce
mkdir "$scratch/moody"
cat >"$scratch/moody/zone" <<'ZONE'
$TTL 3600
@    SOA   ns1.moody.example. hostmaster.moody.example. 1 7200 900 1209600 300
     NS    ns1
ns1  A     10.9.0.53
www  A     192.0.2.80
ZONE
echo 'zone "moody.example" { type primary; file "zone"; };' >"$scratch/moody/zones.conf"
bind_start moody
drops() { # HOST CONDITION
    ip netns exec "$tag-$1" nft "add table ip ear; add chain ip ear input { type filter hook input priority 0; };
        add rule ip ear input $2 drop"
}
drops silent 'udp dport 53'
# The first question of each source port falls on deaf ears.
ip netns exec "$tag-moody" nft 'add table ip ear; add set ip ear heard { type inet_service; flags dynamic; };
    add chain ip ear input { type filter hook input priority 0; };
    add rule ip ear input udp dport 53 udp sport != @heard add @heard { udp sport } drop'

record client
ask client dig @10.9.0.51 +nocookie +tries=3 +time=1 www.silent.example A
ask client dig @10.9.0.52 +nocookie +tries=1 +time=1 www.closed.example A
ask client dig @10.9.0.52 +nocookie +tries=1 +time=1 +tcp www.closed.example A
talk client udp 10.9.0.53 53 40053 <<'STEPS'
question 4660 www.moody.example 1
pause 1
question 4660 www.moody.example 1
read 50
STEPS
talk silent udp 10.9.0.2 40054 53 <<'STEPS'
send \x7a\x69\x84\0\0\x01\0\x01\0\0\0\0\x03www\x06silent\x07example\0\0\x01\0\x01\xc0\x0c\0\x01\0\x01\0\0\x0e\x10\0\x04\xc0\0\x02\x63
STEPS
finish
deliver
