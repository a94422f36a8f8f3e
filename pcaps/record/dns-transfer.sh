#!/usr/bin/env bash
# A zone of some hundred records, transferred (AXFR) in many messages over one TCP connection.
# needs: bind9 bind9-dnsutils tcpdump iproute2 ethtool
# shellcheck source=lib.sh disable=SC2016,SC2119
source "$(dirname "$0")/lib.sh"

host client 2 10.9.0.2
host server 53 10.9.0.53
introduce
mkdir "$scratch/server"
{
    printf '$TTL 3600\n@ SOA ns1.harbour.example. hostmaster.harbour.example. 1 7200 900 1209600 300\n NS ns1\nns1 A 10.9.0.53\n'
    for number in $(seq 1 200); do
        printf 'berth%03d A 192.0.2.%d\n TXT "berth %d of the harbour"\n' "$number" "$number" "$number"
    done
} >"$scratch/server/zone"
echo 'zone "harbour.example" { type primary; file "zone"; };' >"$scratch/server/zones.conf"
bind_options='recursion no; allow-transfer { any; }; transfer-message-size 1024;' bind_start server

record client
ask client dig @10.9.0.53 +nocookie harbour.example AXFR
finish
deliver
