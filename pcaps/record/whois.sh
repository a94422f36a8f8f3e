#!/usr/bin/env bash
# WHOIS: who holds a name or an address. Servers of our own give invented answers in the layouts of the IANA, of a registry and a
# registrar of general domains, of two countries, and of a registry of addresses; the whois client asks them, referral after
# referral. Then what is not registered, a limit reached, an answer in Latin-1, one in pieces, and none at all.
# needs: whois tcpdump iproute2 ethtool python3
# shellcheck source=lib.sh disable=SC2016,SC2119
source "$(dirname "$0")/lib.sh"

host client 2 10.9.0.2 fd00:9::2
host iana 43 10.9.0.43
host registry 44 10.9.0.44
host registrar 45 10.9.0.45
host addresses 46 10.9.0.46 fd00:9::46
introduce
mkdir "$scratch"/{iana,registry,registrar,addresses}
printf '%s\n' '10.9.0.43 whois.iana.example' '10.9.0.44 whois.nic.example' '10.9.0.45 whois.registrar.example' \
    '10.9.0.46 whois.addresses.example' 'fd00:9::46 whois6.addresses.example' >>"$scratch/hosts"

cat >"$scratch/iana/harbour.example" <<'ANSWER'
% The authority for all names, in a play
% Ask it for a domain, and it says whom to ask next

refer:        whois.nic.example

domain:       EXAMPLE

organisation: Registry of Examples
address:      1 Quay Street
address:      Port Example

contact:      administrative
name:         Keeper of Names
e-mail:       keeper@nic.example

nserver:      A.NIC.EXAMPLE 192.0.2.53
nserver:      B.NIC.EXAMPLE 2001:db8::53
ds-rdata:     4711 13 2 0D15EA5E00000000000000000000000000000000000000000000000000C0FFEE

whois:        whois.nic.example

status:       ACTIVE
remarks:      Registration information: http://www.nic.example

created:      1999-06-02
changed:      2026-03-14
source:       IANA
ANSWER
cat >"$scratch/iana/192.0.2.25" <<'ANSWER'
% The authority for all numbers, in a play

refer:        whois.addresses.example

inetnum:      192.0.0.0 - 192.255.255.255
organisation: Registry of Addresses
status:       ALLOCATED

whois:        whois.addresses.example

changed:      2010-07
source:       IANA
ANSWER
sed 's/$/\r/' >"$scratch/registry/harbour.example" <<'ANSWER'
   Domain Name: HARBOUR.EXAMPLE
   Registry Domain ID: 20010401_DOMAIN_COM-EXAMPLE
   Registrar WHOIS Server: whois.registrar.example
   Registrar URL: http://www.registrar.example
   Updated Date: 2026-03-15T09:00:00Z
   Creation Date: 2001-04-01T12:30:00Z
   Registry Expiry Date: 2027-04-01T12:30:00Z
   Registrar: Lighthouse Registrations Ltd.
   Registrar IANA ID: 99999
   Registrar Abuse Contact Email: abuse@registrar.example
   Registrar Abuse Contact Phone: +1.5555550100
   Domain Status: clientTransferProhibited https://icann.example/epp#clientTransferProhibited
   Domain Status: clientUpdateProhibited https://icann.example/epp#clientUpdateProhibited
   Name Server: NS1.HARBOUR.EXAMPLE
   Name Server: NS2.LIGHTHOUSE.EXAMPLE
   DNSSEC: signedDelegation
   DNSSEC DS Data: 31589 13 2 CAFE00000000000000000000000000000000000000000000000000000000BABE
>>> Last update of whois database: 2026-11-22T06:00:00Z <<<

NOTICE: Everything in this answer is invented.
ANSWER
sed 's/$/\r/' >"$scratch/registrar/harbour.example.slow" <<'ANSWER'
Domain Name: harbour.example
Registry Domain ID: 20010401_DOMAIN_COM-EXAMPLE
Registrar WHOIS Server: whois.registrar.example
Updated Date: 2026-03-15T09:00:00Z
Creation Date: 2001-04-01T12:30:00Z
Registrar Registration Expiration Date: 2027-04-01T12:30:00Z
Registrar: Lighthouse Registrations Ltd.
Registrar IANA ID: 99999
Reseller:
Domain Status: clientTransferProhibited https://icann.example/epp#clientTransferProhibited
Registrant Name: REDACTED FOR PRIVACY
Registrant Organization: The Harbour
Registrant Country: NL
Registrant Email: ask@registrar.example
Tech Email: tech@harbour.example
Name Server: ns1.harbour.example
Name Server: ns2.lighthouse.example
DNSSEC: signedDelegation
>>> Last update of WHOIS database: 2026-11-22T06:00:00Z <<<
ANSWER
cat >"$scratch/registry/leuchtturm.example" <<'ANSWER'
% Restricted rights.
%
% Terms and Conditions of Use: everything in this answer is invented.

Domain: leuchtturm.example
Nserver: ns1.leuchtturm.example 192.0.2.53 2001:db8::53
Nserver: ns2.lighthouse.example
Dnskey: 257 3 13 cGxlYXNlZG9ub3R0cnl0b3VzZXRoaXNrZXlpdGlzbm90b25lYXRhbGxidXR0ZXh0
Status: connect
Changed: 2025-12-01T08:15:00+01:00
ANSWER
printf '%s\r\n' '' '    Domain name:' '        quay.example' '' '    Data validation:' '        Checked on 01-Feb-2026' '' '    Registrar:' \
    '        Lighthouse Registrations Ltd. [Tag = LIGHTHOUSE]' '        URL: http://www.registrar.example' '' '    Relevant dates:' \
    '        Registered on: 26-Mar-1998' '        Expiry date:  26-Mar-2028' '        Last updated:  25-Feb-2026' '' \
    '    Registration status:' '        Registered until expiry date.' '' '    Name servers:' '        ns1.quay.example      192.0.2.54' \
    '        ns2.lighthouse.example' '' '    WHOIS lookup made at 06:00:00 22-Nov-2026' >"$scratch/registry/quay.example"
cat >"$scratch/addresses/192.0.2.25" <<'ANSWER'
% This is a database of addresses, and an invented one.
%
% Information related to '192.0.2.0 - 192.0.2.255'

% Abuse contact for '192.0.2.0 - 192.0.2.255' is 'abuse@harbour.example'

inetnum:        192.0.2.0 - 192.0.2.255
netname:        HARBOUR-NET
descr:          Moorings and offices
country:        NL
org:            ORG-HARB1-TEST
admin-c:        AL1-TEST
tech-c:         BO1-TEST
status:         ASSIGNED PA
mnt-by:         HARBOUR-MNT
created:        2004-11-30T10:00:00Z
last-modified:  2026-01-07T16:20:00Z
source:         TEST # Filtered

person:         Alice Anchor
address:        1 Quay Street
                Port Example
phone:          +31 555 0100
nic-hdl:        AL1-TEST
mnt-by:         HARBOUR-MNT
source:         TEST # Filtered

% Information related to '192.0.2.0/24AS64496'

route:          192.0.2.0/24
origin:         AS64496
mnt-by:         HARBOUR-MNT
source:         TEST

% This query was served by the database in a play.
ANSWER
printf 'aut-num: AS64496\nas-name: HARBOUR\nimport: from AS64497 accept ANY\nexport: to AS64497 announce AS64496\nsource: TEST\n' \
    >"$scratch/addresses/as64496"
printf 'domain: werft.example\nholder: Werft J\xf6rg M\xfcller\nstreet: Hafenstra\xdfe 1\ncreated: 2010.05.04 10:00:00\nexpires: 2027.05.04\n' \
    >"$scratch/registry/werft.example"
for name in iana registry registrar addresses; do echo 'No match for that.' >"$scratch/$name/none"; done
printf '%%ERROR:201: access denied for 10.9.0.2\n%%\n%% Too many questions today. Ask again tomorrow.\n' >"$scratch/addresses/192.0.2.26"
: >"$scratch/registry/nowhere.example.silent"
for pair in iana:10.9.0.43 registry:10.9.0.44 registrar:10.9.0.45 addresses:10.9.0.46; do
    start "${pair%%:*}" "${pair%%:*}-whois" python3 "$record_dir/whois-server.py" "${pair#*:}" "$scratch/${pair%%:*}"
    await "whois on ${pair%%:*}" listening "${pair%%:*}" tcp 43
done
start addresses addresses-whois6 python3 "$record_dir/whois-server.py" fd00:9::46 "$scratch/addresses"

record client
look_up() { ask client whois -h "$@"; }
look_up whois.iana.example harbour.example
look_up whois.nic.example harbour.example
look_up whois.registrar.example harbour.example
look_up whois.nic.example leuchtturm.example
look_up whois.nic.example quay.example
look_up whois.nic.example werft.example
look_up whois.iana.example 192.0.2.25
look_up whois.addresses.example 192.0.2.25
look_up whois.addresses.example -B -T inetnum -r 192.0.2.25
look_up whois6.addresses.example AS64496
look_up whois.addresses.example 192.0.2.26
look_up whois.nic.example no-such-name.example
look_up whois.nic.example nowhere.example
# By hand: in pieces, with a bare line feed; then nothing but a line end; then a question that never ends.
talk client tcp 10.9.0.44 43 <<'STEPS'
send harb
pause 0.2
send our.example\n
rest
STEPS
talk client tcp 10.9.0.44 43 <<'STEPS'
send \r\n
rest
STEPS
talk client tcp 10.9.0.44 43 <<'STEPS'
send quay.ex
pause 0.2
close
STEPS
finish
deliver
