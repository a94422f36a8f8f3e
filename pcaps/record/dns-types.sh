#!/usr/bin/env bash
# One record of every type that BIND can serve, and one message of every kind that it understands.
#
# A primary (10.9.0.53) with the zone types.example, a secondary (10.9.0.54) that is told of changes, and a client.
# Recorded at the primary.
# needs: bind9 bind9-dnsutils bind9-utils tcpdump iproute2 ethtool python3
# shellcheck source=lib.sh disable=SC2016,SC2119
source "$(dirname "$0")/lib.sh"

host client 2 10.9.0.2
host primary 53 10.9.0.53
host secondary 54 10.9.0.54
introduce
mkdir "$scratch"/{primary,secondary}

cat >"$scratch/primary/types" <<'ZONE'
$TTL 3600
@           SOA     ns1.types.example. hostmaster.types.example. 2026112201 7200 900 1209600 300
            NS      ns1
            NS      ns2
            CAA     0 issue "ca.example; policy=ev"
            CAA     128 iodef "mailto:security@types.example"
            CSYNC   2026112201 3 A NS AAAA
            MX      10 mail
ns1         A       10.9.0.53
            AAAA    fd00:9::53
ns2         A       10.9.0.54
mail        A       192.0.2.25
a           A       192.0.2.1
            A       192.0.2.2
ns          NS      ns1.child
ns1.child   A       192.0.2.3
cname       CNAME   cname2
cname2      CNAME   a
ptr         PTR     host.types.example.
1.2.0.192.in-addr.arpa PTR a
hinfo       HINFO   "PDP-11/70" "UNIX"
mx          MX      10 mail
            MX      20 mail.backup.example.
txt         TXT     "v=spf1 -all"
            TXT     "two strings, " "one record"
            TXT     "quote \" backslash \\ semicolon ; byte \195\188 control \007"
rp          RP      hostmaster.types.example. txt.types.example.
afsdb       AFSDB   1 afs.types.example.
key         KEY     512 3 13 l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4m+TmKn9OlwFbGyT0eLhJ5HzVmFMbR5EWPcgKzWYpVZw==
aaaa        AAAA    2001:db8::1
            AAAA    2001:db8:0:0:1:0:0:1
            AAAA    ::ffff:192.0.2.1
loc         LOC     50 7 49.123 N 8 41 31.500 E 98.00m 10m 100m 10m
            LOC     33 51 35.9 S 151 12 40 E 0m 30m 10000m 10m
_sip._tcp.srv SRV   10 60 5060 sip.types.example.
naptr       NAPTR   100 10 "U" "E2U+sip" "!^.*$!sip:info@types.example!" .
cert        CERT    PGP 4660 0 mQENBFRU
            CERT    1 12345 8 MIIBCgKCAQEA
dname       DNAME   target.example.
apl         APL     1:192.0.2.0/24 !1:192.0.2.128/25 2:2001:db8::/32
ds          NS      ns1
            DS      60485 13 2 D4B7D520E7BB5F0F67674A0CCEB1E3E0614B93C4F9E99B8383F6A1E4469DA50A
            DS      60485 13 4 72D7B62976CE06438E9C0BF319013CF801F09ECC84B8D7E9495F27E305C6A9B0563A9B5F4D288405C3008A946DF983D6
sshfp       SSHFP   4 2 123456789ABCDEF67890123456789ABCDEF67890123456789ABCDEF123456789
ipseckey    IPSECKEY 10 1 2 192.0.2.38 AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==
            IPSECKEY 10 2 2 2001:db8::38 AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==
            IPSECKEY 10 3 2 gateway.types.example. AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==
            IPSECKEY 10 0 2 . AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==
dhcid       DHCID   AAIBY2/AuCccgoJbsaxcQc9TUapptP69lOjxfNuVAA2kjEA=
_443._tcp.tlsa TLSA 3 1 1 0C72AC70B745AC19998811B131D662C9AC69DBDBE7CB23E5B514B56664C5D3D6
smimea      SMIMEA  3 0 0 308202C5308201ADA00302010202
hip         HIP     2 200100107B1A74DF365639CC39F1D578 AwEAAbdxyhNuSutc5EMzxTs9LBPCIkOFH8cIvM4p9+LrV4e19WzK00+CI6zBCQTdtWsuxKbWIy87UOoJTwkUs7lBu+Upr1gsNrut79ryra+bSRGQb1slImA8YVJyuIDsj7kwzG7jnERNqnWxZ48AWkskmdHaVDP4BcelrTI3rMXdXF5D rvs.types.example.
openpgpkey  OPENPGPKEY mQENBFRUabcd
svcb        SVCB    1 svc.types.example. alpn="h2,h3" port=8443 ipv4hint=192.0.2.80 ipv6hint=2001:db8::80 mandatory=alpn,port
alias       SVCB    0 svc.types.example.
https       HTTPS   1 . alpn=h2,h3 no-default-alpn ech=AEX+DQBB key65280="hello"
sig         SIG     A 13 3 3600 20261222021925 20261122021925 385 types.example. YjsC9biFWwHinysn6OT8yVPzGahzKYL6nHLatrApNnDxfwK1e8qptuJjQW0ekHe51vMuB2l/nftWoyl0x/yLGA==
nxt         NXT     txt.types.example. A NXT
spf         SPF     "v=spf1 +mx -all"
eui48       EUI48   00-00-5e-00-53-2a
eui64       EUI64   00-00-5e-ef-10-00-00-2a
uri         URI     10 1 "https://www.types.example/path"
caa         CAA     0 issuewild ";"
x25         X25     "311061700956"
isdn        ISDN    "150862028003217" "004"
rt          RT      2 relay.types.example.
px          PX      10 map822.types.example. mapx400.types.example.
kx          KX      10 kx.types.example.
nsap        NSAP    0x47000580005a0000000001e133ffffff00016200
nsap-ptr    NSAP-PTR host.types.example.
gpos        GPOS    "8.6915" "50.1303" "98.0"
nid         NID     10 0014:4fff:ff20:ee64
l32         L32     10 10.1.2.0
l64         L64     10 2001:0DB8:1140:1000
lp          LP      10 l64-subnet1.types.example.
avc         AVC     "app-name:WEB|app-class:OAM"
talink      TALINK  . talink2.types.example.
ninfo       NINFO   "status: fine"
rkey        RKEY    0 255 13 l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZ
sink        SINK    1 0 0 AQID
ta          TA      60485 13 2 D4B7D520E7BB5F0F67674A0CCEB1E3E0614B93C4F9E99B8383F6A1E4469DA50A
dlv         DLV     60485 13 2 D4B7D520E7BB5F0F67674A0CCEB1E3E0614B93C4F9E99B8383F6A1E4469DA50A
doa         DOA     1234567890 1234567890 1 "image/gif" R0lGODlhKAAZAOMCAGZmZgBm
amtrelay    AMTRELAY 10 0 1 203.0.113.15
eid         EID     1289AB
nimloc      NIMLOC  3245AB
wks         WKS     192.0.2.1 TCP ( 25 80 )
zonemd      ZONEMD  2026112201 1 1 C68090D90A7AED716BC459F9340E3D7C1370D4D24B7E2FC3A1DDC0B9A87153B9A9713B3C9AE5CC27777F98B8E730044C
minfo       MINFO   admins.types.example. errors.types.example.
mb          MB      mail
mg          MG      mailbox.types.example.
mr          MR      renamed.types.example.
a6          A6      64 ::1 prefix.types.example.
atma        ATMA    +61200000000
; What cannot be written otherwise is written as bytes (RFC 3597).
null        TYPE10  \# 5 68656c6c6f
unknown     TYPE65280 \# 6 010203abcdef
; Names that need care.
escaped\.dot A      192.0.2.10
sp\032ace   A       192.0.2.11
\195\188ber A       192.0.2.12
MixedCase   A       192.0.2.13
*.wild      A       192.0.2.14
ZONE
signing='-P sync now' sign primary types.example types

# Denials of existence here are NSEC3.
cat >"$scratch/primary/hashed" <<'ZONE'
$TTL 3600
@       SOA   ns1.types.example. hostmaster.types.example. 1 7200 900 1209600 300
        NS    ns1.types.example.
www     A     192.0.2.80
*.wild  TXT   "any name will do"
ZONE
sign primary hashed.example hashed -3 AABBCCDD -H 5

# This one changes while we look.
cat >"$scratch/primary/moving" <<'ZONE'
$TTL 300
@       SOA   ns1.types.example. hostmaster.types.example. 1 7200 900 1209600 300
        NS    ns1.types.example.
        NS    ns2.types.example.
www     A     192.0.2.80
old     A     192.0.2.81
ZONE

key='key "recorder" { algorithm hmac-sha256; secret "b3ZlcmhlYXIgaXMgbGlzdGVuaW5nIHRvIHlvdSBub3c="; };'
cat >"$scratch/primary/zones.conf" <<CONF
$key
zone "types.example" { type primary; file "types.signed"; check-names ignore; };
zone "hashed.example" { type primary; file "hashed.signed"; };
zone "moving.example" { type primary; file "moving"; allow-update { key "recorder"; };
    notify explicit; also-notify { 10.9.0.54; }; notify-delay 0; };
zone "broken.example" { type primary; file "not-there"; };
CONF
cat >"$scratch/secondary/zones.conf" <<'CONF'
zone "moving.example" { type secondary; file "moving"; masterfile-format text; primaries { 10.9.0.53; }; };
CONF
bind_start primary
bind_start secondary
await "the first transfer" test -s "$scratch/secondary/moving"

record primary
at='@10.9.0.53'

# 1. Every type.
while read -r name type; do
    ask client dig $at +nocookie "$name" "$type"
done <<'QUESTIONS'
a.types.example A
ns.types.example NS
cname.types.example A
cname.types.example CNAME
types.example SOA
1.2.0.192.in-addr.arpa.types.example PTR
ptr.types.example PTR
hinfo.types.example HINFO
mx.types.example MX
txt.types.example TXT
rp.types.example RP
afsdb.types.example AFSDB
key.types.example KEY
aaaa.types.example AAAA
loc.types.example LOC
_sip._tcp.srv.types.example SRV
naptr.types.example NAPTR
cert.types.example CERT
www.dname.types.example A
dname.types.example DNAME
apl.types.example APL
ds.types.example DS
sshfp.types.example SSHFP
ipseckey.types.example IPSECKEY
a.types.example RRSIG
a.types.example NSEC
types.example DNSKEY
dhcid.types.example DHCID
hashed.example NSEC3PARAM
_443._tcp.tlsa.types.example TLSA
smimea.types.example SMIMEA
hip.types.example HIP
types.example CDS
types.example CDNSKEY
openpgpkey.types.example OPENPGPKEY
types.example CSYNC
zonemd.types.example ZONEMD
svcb.types.example SVCB
alias.types.example SVCB
https.types.example HTTPS
sig.types.example SIG
nxt.types.example NXT
spf.types.example SPF
eui48.types.example EUI48
eui64.types.example EUI64
uri.types.example URI
caa.types.example CAA
types.example CAA
x25.types.example X25
isdn.types.example ISDN
rt.types.example RT
px.types.example PX
kx.types.example KX
nsap.types.example NSAP
nsap-ptr.types.example NSAP-PTR
gpos.types.example GPOS
nid.types.example NID
l32.types.example L32
l64.types.example L64
lp.types.example LP
avc.types.example AVC
talink.types.example TALINK
ninfo.types.example NINFO
rkey.types.example RKEY
sink.types.example SINK
ta.types.example TA
dlv.types.example DLV
doa.types.example DOA
amtrelay.types.example AMTRELAY
eid.types.example EID
nimloc.types.example NIMLOC
wks.types.example WKS
minfo.types.example MINFO
mb.types.example MB
mg.types.example MG
mr.types.example MR
a6.types.example A6
atma.types.example ATMA
null.types.example NULL
unknown.types.example TYPE65280
escaped\.dot.types.example A
sp\032ace.types.example A
\195\188ber.types.example A
mIxEdcAsE.TYPES.example A
host.wild.types.example A
QUESTIONS

# 2. What may be said about a question.
ask client dig $at +nocookie nothing.types.example A
ask client dig $at +nocookie txt.types.example A
ask client dig $at +nocookie elsewhere.example A
ask client dig $at +nocookie www.broken.example A
ask client dig $at +nocookie a.types.example ANY
ask client dig $at +nocookie +dnssec a.types.example A
ask client dig $at +nocookie +dnssec nothing.types.example A
ask client dig $at +nocookie +dnssec nothing.hashed.example A
ask client dig $at +nocookie +dnssec www.hashed.example AAAA
ask client dig $at +nocookie +dnssec host.wild.hashed.example TXT
ask client dig $at +nocookie version.bind TXT CH
ask client dig $at +nocookie hostname.bind TXT CH
ask client dig $at +nocookie id.server TXT CH
ask client dig $at +nocookie types.example NS HS
ask client dig $at +nocookie +norecurse +cdflag +adflag +zflag a.types.example A
ask client dig $at +noedns a.types.example A

# 3. EDNS.
ask client dig $at +nsid +cookie=0102030405060708 +subnet=192.0.2.0/24 a.types.example A
ask client dig $at +nocookie +subnet=2001:db8::/56 a.types.example A
ask client dig $at +nocookie +tcp +keepalive +padding=128 a.types.example A
ask client dig $at +nocookie +ednsopt=chain:00 +ednsopt=14:4F66 +ednsopt=65001:CAFE a.types.example A
ask client dig $at +nocookie +edns=1 +noednsneg a.types.example A
ask client dig $at +nocookie +ednsflags=0x4000 +bufsize=1232 a.types.example A

# 4. Other operations.
ask client dig $at +nocookie +opcode=status types.example SOA
ask client dig $at +nocookie +opcode=iquery types.example SOA
ask client dig $at +nocookie +opcode=9 types.example SOA
ask client dig $at +nocookie +header-only
ask client dig $at +nocookie +opcode=notify moving.example SOA
ask client dig $at +nocookie -y hmac-sha256:recorder:b3ZlcmhlYXIgaXMgbGlzdGVuaW5nIHRvIHlvdSBub3c= a.types.example A
ask client dig $at +nocookie -y hmac-sha256:recorder:bm90IHRoZSBrZXkgdGhhdCB0aGUgc2VydmVyIGtub3dz a.types.example A
ask client dig $at +nocookie -y hmac-sha512:stranger:bm90IHRoZSBrZXkgdGhhdCB0aGUgc2VydmVyIGtub3dz a.types.example A

# A TKEY question (no client of BIND asks one without Kerberos); unsigned, so the server finds fault with it.
talk client udp 10.9.0.53 53 <<'STEPS'
send \x1a\x2b\0\0\0\x01\0\0\0\0\0\x01\x03key\x05types\x07example\0\0\xf9\0\xff\xc0\x0c\0\xf9\0\xff\0\0\0\0\0\x1d\x0bhmac-sha256\0\x6a\x91\0\0\x6a\x92\0\0\0\x01\0\0\0\0\0\0
read 12
STEPS

# 5. A zone that changes: UPDATE, then NOTIFY to the secondary, its SOA question and its IXFR.
cat >"$scratch/update" <<'COMMANDS'
server 10.9.0.53
zone moving.example
prereq yxdomain www.moving.example
prereq nxrrset www.moving.example AAAA
prereq yxrrset www.moving.example A 192.0.2.80
update add new.moving.example 300 A 192.0.2.82
update add new.moving.example 300 TXT "here since today"
update delete old.moving.example
update delete www.moving.example A 192.0.2.80
update delete www.moving.example AAAA
update add www.moving.example 300 A 192.0.2.90
send
COMMANDS
cat >"$scratch/update-refused" <<'COMMANDS'
server 10.9.0.53
zone moving.example
update add without-key.moving.example 300 A 192.0.2.83
send
COMMANDS
cat >"$scratch/update-denied" <<'COMMANDS'
server 10.9.0.53
zone moving.example
prereq nxdomain new.moving.example
update add new.moving.example 300 A 192.0.2.84
send
COMMANDS
cat >"$scratch/update-astray" <<'COMMANDS'
server 10.9.0.53
zone elsewhere.example
update add www.elsewhere.example 300 A 192.0.2.85
send
COMMANDS
key='hmac-sha256:recorder:b3ZlcmhlYXIgaXMgbGlzdGVuaW5nIHRvIHlvdSBub3c='
ask client nsupdate -y "$key" "$scratch/update"
await "the second transfer" grep -q 192.0.2.90 "$scratch/secondary/moving"
ask client nsupdate "$scratch/update-refused"
ask client nsupdate -y "$key" "$scratch/update-denied"
ask client nsupdate -y "$key" "$scratch/update-astray"
ask client dig $at +nocookie moving.example IXFR=1
ask client dig $at +nocookie moving.example IXFR=2
ask client dig $at +nocookie moving.example AXFR
ask client dig $at +nocookie elsewhere.example AXFR
ask client dig $at +nocookie -y "$key" moving.example AXFR

finish
deliver
