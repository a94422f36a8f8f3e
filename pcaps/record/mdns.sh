#!/usr/bin/env bash
# A printer comes onto the link: it asks whether its name is free, announces itself, is looked for and found, over IPv4 and
# IPv6, and says goodbye. (Messages as mDNS responders send them, sent one by one.)
# needs: tcpdump iproute2 ethtool python3
# shellcheck source=lib.sh disable=SC2016,SC2119
source "$(dirname "$0")/lib.sh"

host laptop 2 10.9.0.2 fd00:9::2
host printer 20 10.9.0.20 fd00:9::20
introduce

says() { on "$1" python3 "$record_dir/multicast.py" "${@:2}"; }
asks() { # leaves the asker waiting
    local before
    before=$(stat -c %s "$scratch/capture.pcap")
    says "$@" &
    pids+=("$!")
    await "the question" captured "$before"
}
service=_ipp._tcp.local
printer=Printer~on~the~pier._ipp._tcp.local
everybody() { says "$1" 224.0.0.251 5353 5353 "${@:2}"; }
everybody6() { says "$1" ff02::fb 5353 5353 "${@:2}"; }

record laptop
# Is the name free?
for _ in 1 2 3; do
    everybody printer '? printer.local ANY/QU' "? $printer ANY/QU" 'ns printer.local A 120 10.9.0.20' \
        'ns printer.local AAAA 120 fd00:9::20' "ns $printer SRV 120 0 0 631 printer.local"
    sleep 0.1
done
# Nobody objected.
for _ in 1 2; do
    everybody printer flags=0x8400 'an printer.local A/FLUSH 120 10.9.0.20' 'an printer.local AAAA/FLUSH 120 fd00:9::20' \
        "an $printer SRV/FLUSH 120 0 0 631 printer.local" "an $printer TXT/FLUSH 4500 txtvers=1 ty=Dot~matrix Duplex=F" \
        "an $service PTR 4500 $printer" "an _services._dns-sd._udp.local PTR 4500 $service" \
        'an 20.0.9.10.in-addr.arpa PTR/FLUSH 120 printer.local' \
        'ar printer.local NSEC/FLUSH 120 printer.local A AAAA' "ar $printer NSEC/FLUSH 4500 $printer TXT SRV"
    sleep 0.1
done
# Who prints here? The first question asks for an answer to the asker alone, the second says what is known already.
asks laptop 224.0.0.251 5353 5353 wait=1.2 "? $service PTR/QU" '? _http._tcp.local PTR/QU'
says printer 10.9.0.2 5353 5353 flags=0x8400 "an $service PTR 4500 $printer" "ar $printer SRV/FLUSH 120 0 0 631 printer.local" \
    "ar $printer TXT/FLUSH 4500 txtvers=1 ty=Dot~matrix Duplex=F" 'ar printer.local A/FLUSH 120 10.9.0.20'
wait "$!"
everybody laptop "? $service PTR" '? _http._tcp.local PTR' "an $service PTR 4400 $printer"
everybody laptop '? printer.local A' '? printer.local AAAA'
everybody printer flags=0x8400 'an printer.local A/FLUSH 120 10.9.0.20' 'an printer.local AAAA/FLUSH 120 fd00:9::20'
everybody6 laptop '? printer.local AAAA'
everybody6 printer flags=0x8400 'an printer.local AAAA/FLUSH 120 fd00:9::20' 'ar printer.local NSEC/FLUSH 120 printer.local A AAAA'
everybody laptop '? nobody.local A'
# From a port of its own: a program that speaks only DNS.
asks laptop 224.0.0.251 5353 40000 wait=1.2 id=0x1234 '? printer.local A'
says printer 10.9.0.2 40000 5353 id=0x1234 flags=0x8400 '? printer.local A' 'an printer.local A 10 10.9.0.20'
wait "$!"
# Goodbye.
everybody printer flags=0x8400 "an $service PTR 0 $printer" 'an printer.local A/FLUSH 0 10.9.0.20'
finish
deliver
