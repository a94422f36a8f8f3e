#!/usr/bin/env bash
# Answers too large for UDP: truncated, then asked for again over TCP; then several questions on one TCP connection,
# first one after the other, then all at once.
# needs: bind9 bind9-dnsutils tcpdump iproute2 ethtool python3
# shellcheck source=lib.sh disable=SC2016,SC2119
source "$(dirname "$0")/lib.sh"

host client 2 10.9.0.2
host server 53 10.9.0.53
introduce
mkdir "$scratch/server"
{
    printf '$TTL 3600\n@ SOA ns1.large.example. hostmaster.large.example. 1 7200 900 1209600 300\n NS ns1\nns1 A 10.9.0.53\n'
    for number in 1 2 3 4 5 6 7 8; do
        printf 'essay TXT "paragraph %s: %s" "%s"\n' "$number" \
            "a text record may hold many strings of up to 255 bytes each" \
            "and a record set may hold many records, until the answer no longer fits into a datagram"
        printf 'www%s A 192.0.2.%s\n' "$number" "$number"
    done
} >"$scratch/server/zone"
echo 'zone "large.example" { type primary; file "zone"; };' >"$scratch/server/zones.conf"
bind_options='recursion no; max-udp-size 4096;' bind_start server

record client
ask client dig @10.9.0.53 +nocookie +bufsize=512 essay.large.example TXT
ask client dig @10.9.0.53 +nocookie +noedns essay.large.example TXT
ask client dig @10.9.0.53 +nocookie +bufsize=512 +ignore essay.large.example TXT
ask client dig @10.9.0.53 +nocookie +bufsize=4096 essay.large.example TXT
ask client dig @10.9.0.53 +nocookie +tcp +keepopen www1.large.example www2.large.example www3.large.example \
    nothing.large.example essay.large.example TXT
talk client tcp 10.9.0.53 53 <<'STEPS'
question 4369 www1.large.example 1
question 8738 essay.large.example 16
question 13107 nothing.large.example 1
question 17476 www2.large.example 1
question 21845 large.example 6
shut
rest
STEPS
finish
deliver
