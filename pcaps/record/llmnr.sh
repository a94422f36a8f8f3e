#!/usr/bin/env bash
# Names asked of everybody on the link (LLMNR): one that answers, over IPv4 and IPv6, one that nobody has, and one that two
# claim to have. (Messages as such hosts send them, sent one by one.)
# needs: tcpdump iproute2 ethtool python3
# shellcheck source=lib.sh disable=SC2016,SC2119
source "$(dirname "$0")/lib.sh"

host laptop 2 10.9.0.2 fd00:9::2
host printer 20 10.9.0.20 fd00:9::20
host other 21 10.9.0.21
introduce

says() { on "$1" python3 "$record_dir/multicast.py" "${@:2}"; }
asks() { # PORT GROUP ID QUESTION: leaves the asker waiting
    local before
    before=$(stat -c %s "$scratch/capture.pcap")
    says laptop "$2" 5355 "$1" wait=1.2 "id=$3" "$4" &
    pids+=("$!")
    await "the question" captured "$before"
}

record laptop
asks 40001 224.0.0.252 0x0101 '? printer A'
says printer 10.9.0.2 40001 5355 id=0x0101 flags=0x8000 '? printer A' 'an printer A 30 10.9.0.20'
wait "$!"
asks 40002 ff02::1:3 0x0102 '? printer AAAA'
says printer fd00:9::2 40002 5355 id=0x0102 flags=0x8000 '? printer AAAA' 'an printer AAAA 30 fd00:9::20'
wait "$!"
for _ in 1 2; do
    asks 40003 224.0.0.252 0x0103 '? wpad A'
    wait "$!"
done
asks 40004 224.0.0.252 0x0104 '? pier A'
says printer 10.9.0.2 40004 5355 id=0x0104 flags=0x8000 '? pier A' 'an pier A 30 10.9.0.20'
says other 10.9.0.2 40004 5355 id=0x0104 flags=0x8000 '? pier A' 'an pier A 30 10.9.0.21'
wait "$!"
# It tells them that there are two of them (the C flag).
says laptop 224.0.0.252 5355 40005 id=0x0105 flags=0x0400 '? pier A'
finish
deliver
