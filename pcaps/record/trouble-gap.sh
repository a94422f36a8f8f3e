#!/usr/bin/env bash
# What a capture looks like when its taker was too slow: the two sides understood each other, but frames are missing from
# the file. Parts of a body, the beginning of a response, a whole request, and a DNS answer.
# needs: bind9 bind9-dnsutils nginx curl tcpdump iproute2 ethtool wireshark-common
# shellcheck source=lib.sh disable=SC2016,SC2119
source "$(dirname "$0")/lib.sh"

host client 2 10.9.0.2
host web 80 10.9.0.80
introduce
names_start web 'ns1=A 10.9.0.53' 'www.harbour=A 10.9.0.80'
site_start web
seq -f 'line %06.0f of the log book of the harbour' 1 600 >"$scratch/web/www/logbook.txt"

record client
for name in www ns1 www; do
    ask client dig @10.9.0.80 +nocookie "$name.harbour.example" A
done
url=http://10.9.0.80
ask client curl -s --max-time 5 -o /dev/null $url/logbook.txt $url/robots.txt $url/logbook.txt?again $url/ $url/robots.txt?last
finish

# Numbers of the frames in which one side says something, $1 its port ("80" the server's), after the handshake.
speaks() {
    tcpdump -n -# -r "$scratch/capture.pcap" 2>/dev/null |
        awk -v from="$1" '$0 ~ "IP " from " > " && !/length 0$/ && !/ 0$/ { print $1 + 0 }'
}
mapfile -t said < <(speaks '10\\.9\\.0\\.80\\.80')
mapfile -t asked < <(speaks '10\\.9\\.0\\.2\\.[0-9]+' | tail -n 5)
# The 2nd DNS answer; three pieces of the first body; the start of the third response; the fourth request.
answer=$(tcpdump -n -# -r "$scratch/capture.pcap" 2>/dev/null | awk '/10\.9\.0\.80\.53 > / { print $1 + 0 }' | sed -n 2p)
third=$(for frame in "${said[@]}"; do [ "$frame" -gt "${asked[2]}" ] && echo "$frame"; done | head -n 1)
editcap -F pcap "$scratch/capture.pcap" "$scratch/gaps.pcap" \
    "$answer" "${said[3]}" "${said[4]}" "${said[9]}" "$third" "${asked[3]}"
deliver "$scratch/gaps.pcap"
