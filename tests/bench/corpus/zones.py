#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Zones for the name servers of tests/bench/build, and what they are asked: zones.py FOLDER

ORIGIN.zone each; questions-ORIGIN.txt, questions-tcp.txt and questions.txt have lines "NAME TYPE", as dnsperf reads them.
"""

import random
import sys
from pathlib import Path

from content import WORDS

RANDOM = random.Random(53)

# One of each type that a zone may have. {origin} is its name.
FIXED = """
@ SOA ns1.{origin}. hostmaster.{origin}. 2026112201 7200 3600 1209600 300
@ NS ns1.{origin}.
@ NS ns2.{origin}.
@ MX 10 mx1
@ MX 20 mx2
@ A 192.0.2.10
@ AAAA 2001:db8:5::10
@ TXT "v=spf1 ip4:192.0.2.0/24 include:_spf.{origin} -all"
@ CAA 0 issue "ca.test"
@ CAA 0 iodef "mailto:sec@{origin}"
_spf TXT "v=spf1 ip6:2001:db8:5::/48 -all"
_dmarc TXT "v=DMARC1; p=none; rua=mailto:d@{origin}"
sel1._domainkey TXT ( "v=DKIM1; k=rsa; p={long}" "{long}" )
ns1 A 192.0.2.53
ns2 A 192.0.2.54
ns1 AAAA 2001:db8:5::53
mx1 A 192.0.2.25
mx2 A 192.0.2.26
mx1 AAAA 2001:db8:5::25
www A 192.0.2.10
_sip._tcp SRV 10 60 5060 sip1
_sip._tcp SRV 20 40 5060 sip2
sip1 A 192.0.2.60
sip2 A 192.0.2.61
enum NAPTR 100 10 "u" "E2U+sip" "!^.*$!sip:info@{origin}!" .
svc HTTPS 1 . alpn="h2,h3" ipv4hint=192.0.2.10 ipv6hint=2001:db8:5::10
_8443._foo SVCB 1 svc port=8443
_443._tcp.www TLSA 3 1 1 abababababababababababababababababababababababababababababababab
h1 SSHFP 4 2 cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd
h1 HINFO "x86_64" "Linux"
loc LOC 52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000m 10m
old DNAME new
sub NS ns1.sub
ns1.sub A 192.0.2.71
*.wild A 192.0.2.99
binary TXT "\\001\\002\\255 q\\"uote back\\\\slash"
rp RP host.rp txt.rp
"""

FIXED_QUESTIONS = [
    *(("", kind) for kind in ("SOA", "NS", "MX", "TXT", "CAA", "A", "AAAA", "ANY")), ("_sip._tcp.", "SRV"), ("enum.", "NAPTR"),
    ("svc.", "HTTPS"), ("_8443._foo.", "SVCB"), ("_443._tcp.www.", "TLSA"), ("h1.", "SSHFP"), ("h1.", "HINFO"), ("loc.", "LOC"),
    ("a.b.old.", "A"), ("x.sub.", "A"), ("sel1._domainkey.", "TXT"), ("_dmarc.", "TXT"), ("binary.", "TXT"), ("rp.", "RP"), ("big.", "A"),
]
SIGNED_QUESTIONS = [("", "DNSKEY"), ("", "NSEC3PARAM"), ("", "DS"), ("", "CDS")]


def host_lines(number, name, names):
    """What is known of one host: an alias, or addresses and perhaps more."""
    if RANDOM.random() < 0.1:
        return [f"{name} CNAME {RANDOM.choice(names) if names else 'www'}"]
    lines = [f"{name} A 192.0.2.{(number * 7 + i) % 254 + 1}" for i in range(1 if RANDOM.random() < 0.8 else RANDOM.randint(2, 6))]
    if RANDOM.random() < 0.6:
        lines.append(f"{name} AAAA 2001:db8:5::{number:x}")
    if RANDOM.random() < 0.1:
        lines.append(f"{name} MX 10 mx1")
    if RANDOM.random() < 0.1:
        lines.append(f'{name} TXT "{" ".join(RANDOM.sample(WORDS, 5))}"')
    return lines


def make_zone(origin, hosts):
    """The text of a zone, and the names of its hosts."""
    lines = [f"$ORIGIN {origin}.", "$TTL 3600", FIXED.strip().format(origin=origin, long="A" * 190)]
    lines += [f"big A 192.0.2.{number}" for number in range(1, 90)]
    lines += [f'bigtxt TXT "{f"{number:03}" * 60}"' for number in range(24)]
    names = []
    for number in range(hosts):
        name = f"{RANDOM.choice(WORDS)}{number}" + (f".{RANDOM.choice(WORDS[:40])}" if RANDOM.random() < 0.2 else "")
        lines += host_lines(number, name, names)
        names.append(name)
    return "\n".join(lines) + "\n", names


def make_question(origin, names, fixed):
    chance = RANDOM.random()
    if chance < 0.12:
        name, kind = RANDOM.choice(fixed)
        return f"{name}{origin}. {kind}"
    if chance < 0.20:
        return f"{RANDOM.choice(WORDS)}-{RANDOM.randrange(10**6)}.{origin}. {RANDOM.choice(['A', 'AAAA'])}"
    if chance < 0.23:
        return f"{RANDOM.choice(WORDS)}.wild.{origin}. A"
    name = RANDOM.choice(names)
    if chance < 0.25:  # case is mixed against spoofing
        return "".join(letter.upper() if RANDOM.random() < 0.5 else letter for letter in name) + f".{origin}. A"
    kind = RANDOM.choices(["A", "AAAA", "MX", "TXT", "HTTPS", "NS", "TYPE65280"], [50, 30, 5, 5, 8, 1, 1])[0]
    return f"{name}.{origin}. {kind}"


def write_lines(path, lines):
    path.write_text("\n".join(lines) + "\n")


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    everything = []
    for origin, hosts, count in (("corp.test", 20000, 120000), ("shop.test", 8000, 120000), ("signed.test", 4000, 60000)):
        signed = origin == "signed.test"
        zone, names = make_zone(origin, hosts)
        (folder / f"{origin}.zone").write_text(zone)
        questions = [make_question(origin, names, FIXED_QUESTIONS + SIGNED_QUESTIONS * signed) for _ in range(count)]
        write_lines(folder / f"questions-{origin}.txt", questions)
        everything += [] if signed else questions
    reverse = ["$ORIGIN 2.0.192.in-addr.arpa.", "$TTL 3600", "@ SOA ns1.corp.test. hostmaster.corp.test. 1 7200 3600 1209600 300",
               "@ NS ns1.corp.test.", *(f"{number} PTR h{number}.corp.test." for number in range(1, 255))]
    write_lines(folder / "2.0.192.in-addr.arpa.zone", reverse)
    everything += [f"{RANDOM.randint(0, 255)}.2.0.192.in-addr.arpa. PTR" for _ in range(20000)]
    everything += [f"{name}. A" for name in ("outside.example", "refused.invalid") for _ in range(500)]
    RANDOM.shuffle(everything)
    write_lines(folder / "questions.txt", everything)
    write_lines(folder / "questions-tcp.txt",
                ["big.corp.test. A", "bigtxt.corp.test. TXT", "signed.test. DNSKEY", "bigtxt.signed.test. TXT", "corp.test. ANY"] * 200)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
