#!/usr/bin/env bash
# From the root down: `dig +trace +additional -t A www.frankfurt-university.de`.
#
# Three name servers, each for one zone, wear the names and addresses of real ones (within these namespaces only), and a
# resolver at 10.9.0.53 knows where the root is. All zones are signed; de. has no DS for its child, so that its referral
# carries the NSEC3 records that say so.
# needs: bind9 bind9-dnsutils bind9-utils tcpdump iproute2 ethtool
# shellcheck source=lib.sh disable=SC2016,SC2119
source "$(dirname "$0")/lib.sh"

host client 2 10.9.0.2
host resolver 53 10.9.0.53
host root 4 198.41.0.4
host de 5 194.0.0.53
host university 6 192.109.234.53
introduce
mkdir "$scratch"/{resolver,root,de,university}

cat >"$scratch/university/zone" <<'ZONE'
$TTL 86400
@     IN SOA ns1.frankfurt-university.de. hostmaster.frankfurt-university.de. 2026112201 14400 3600 1209600 3600
      IN NS  ns1
      IN MX  10 mail
ns1   IN A   192.109.234.53
mail  IN A   192.109.234.25
www   IN A   192.109.234.218
ZONE
sign university frankfurt-university.de zone -3 8D5A -H 0
echo 'zone "frankfurt-university.de" { type primary; file "zone.signed"; };' >"$scratch/university/zones.conf"

cat >"$scratch/de/zone" <<'ZONE'
$TTL 86400
@                         IN SOA a.nic.de. dns-operations.denic.de. 2026112218 7200 7200 3600000 7200
                          IN NS  a.nic.de.
a.nic                     IN A   194.0.0.53
frankfurt-university      IN NS  ns1.frankfurt-university
ns1.frankfurt-university  IN A   192.109.234.53
denic                     IN NS  a.nic.de.
ZONE
sign de de zone -3 - -H 0 -A
echo 'zone "de" { type primary; file "zone.signed"; };' >"$scratch/de/zones.conf"

cat >"$scratch/root/zone" <<'ZONE'
$TTL 518400
.                    86400 IN SOA a.root-servers.net. nstld.verisign-grs.com. 2026112200 1800 900 604800 86400
.                          IN NS  a.root-servers.net.
a.root-servers.net.        IN A   198.41.0.4
de.                 172800 IN NS  a.nic.de.
a.nic.de.           172800 IN A   194.0.0.53
root-servers.net.   172800 IN NS  a.root-servers.net.
ZONE
cp "$scratch/dsset-de." "$scratch/root/dsset-de."
sign root . zone -g -3 - -H 0
cat >"$scratch/root/zones.conf" <<'CONF'
zone "." { type primary; file "zone.signed"; };
zone "root-servers.net" { type primary; file "servers"; };
CONF
cat >"$scratch/root/servers" <<'ZONE'
$TTL 3600000
@  IN SOA a.root-servers.net. nstld.verisign-grs.com. 2026112200 14400 7200 1209600 3600000
   IN NS  a
a  IN A   198.41.0.4
ZONE

printf '. 3600000 NS a.root-servers.net.\na.root-servers.net. 3600000 A 198.41.0.4\n' >"$scratch/resolver/hints"
echo 'zone "." { type hint; file "hints"; };' >"$scratch/resolver/zones.conf"

for name in university de root; do bind_start "$name"; done
bind_options='recursion yes; allow-recursion { any; };' bind_start resolver
ask_at client 10.9.0.53

record client
ask client dig +trace +additional -t A www.frankfurt-university.de
finish
grep -q '192.109.234.218' "$scratch/clients.log" || fail "the trace did not end where it should"
deliver
