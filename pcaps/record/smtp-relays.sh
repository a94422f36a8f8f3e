#!/usr/bin/env bash
# A letter's journey through three relays, each of which stamps it: submitted at the first, signed there by opendkim, and checked at
# the last one, which says so in Authentication-Results. Recorded at the last: the letter as it arrives, and as its reader fetches it.
#
# It was greylisted there, and came a second time. A second letter, from the same sender, has been changed on its way, so that its signature is no longer good.
# needs: postfix dovecot-core dovecot-imapd dovecot-lmtpd opendkim opendkim-tools bind9 swaks tcpdump iproute2 ethtool python3
# shellcheck source=lib.sh disable=SC2016,SC2119
source "$(dirname "$0")/lib.sh"
# shellcheck source=lib-mail.sh
source "$record_dir/lib-mail.sh"

host client 2 10.9.0.2
host reader 3 10.9.0.3
host names 53 10.9.0.53
host lighthouse 21 10.9.0.21
host relay 22 10.9.0.22
host mx 23 10.9.0.23
introduce
mkdir "$scratch"/{lighthouse,relay,mx,names}
opendkim-genkey -b 2048 -D "$scratch/lighthouse" -d lighthouse.example -s nov2026 >/dev/null
{
    printf '$TTL 3600\n@ SOA ns1.example. hostmaster.example. 1 7200 900 1209600 300\n NS ns1.example.\nns1 A 10.9.0.53\n'
    printf '%s\n' 'mail.lighthouse A 10.9.0.21' 'smart.relay A 10.9.0.22' 'mx1.harbour A 10.9.0.23' 'desk.lighthouse A 10.9.0.2' \
        'harbour MX 10 mx1.harbour' '$ORIGIN lighthouse.example.'
    cat "$scratch/lighthouse/nov2026.txt"
} >"$scratch/names/zone"
echo 'zone "example" { type primary; file "zone"; };
zone "9.10.in-addr.arpa" { type primary; file "reverse"; };' >"$scratch/names/zones.conf"
printf '$TTL 3600\n@ SOA ns1.example. hostmaster.example. 1 7200 900 1209600 300\n NS ns1.example.\n%s\n%s\n%s\n%s\n' \
    '2.0 PTR desk.lighthouse.example.' '21.0 PTR mail.lighthouse.example.' '22.0 PTR smart.relay.example.' \
    '23.0 PTR mx1.harbour.example.' >"$scratch/names/reverse"
bind_start names
for name in lighthouse relay mx; do ask_at "$name" 10.9.0.53; done

dkim_start() { # HOST SETTING...
    local name=$1 folder=$scratch/$1
    shift
    chown opendkim: "$folder"/*.private 2>/dev/null || true
    printf '%s\n' 'Syslog no' 'Socket inet:8891@127.0.0.1' 'UserID opendkim' 'UMask 002' \
        'RequireSafeKeys no' 'Nameservers 10.9.0.53' "$@" >"$folder/opendkim.conf"
    start "$name" "$name-opendkim" opendkim -f -x "$folder/opendkim.conf"
    await "opendkim on $name" listening "$name" tcp 8891
}
dkim_start lighthouse 'Mode s' 'Domain lighthouse.example' 'Selector nov2026' "KeyFile $scratch/lighthouse/nov2026.private" \
    'InternalHosts 10.9.0.2' 'Canonicalization relaxed/simple' 'OversignHeaders From'
dkim_start mx 'Mode v' 'AuthservID mx1.harbour.example' 'InternalHosts 192.0.2.1' 'AlwaysAddARHeader yes'

milter='smtpd_milters = inet:127.0.0.1:8891'
named=('disable_dns_lookups = no' 'smtpd_peername_lookup = yes' 'smtp_host_lookup = dns' 'mynetworks = 127.0.0.0/8 10.9.0.2 10.9.0.21 10.9.0.22'
    'smtpd_relay_restrictions = permit_mynetworks reject_unauth_destination')
postfix_start lighthouse lighthouse.example "${named[@]}" 'myhostname = mail.lighthouse.example' "$milter" \
    'relayhost = [smart.relay.example]'
postfix_start relay relay.example "${named[@]}" 'myhostname = smart.relay.example' \
    "smtp_header_checks = regexp:$scratch/relay/changes" 'minimal_backoff_time = 3s' 'maximal_backoff_time = 4s' 'queue_run_delay = 2s'
echo '/^Subject: Please do not change this/ REPLACE Subject: Changed on the way' >"$scratch/relay/changes"
postfix_start mx harbour.example "${named[@]}" 'myhostname = mx1.harbour.example' "$milter" \
    'local_transport = lmtp:inet:127.0.0.1:24' 'max_use = 1' \
    "smtpd_recipient_restrictions = check_recipient_access texthash:$scratch/mx/greylist"
echo 'alice@harbour.example 450 4.7.1 Greylisted, please try again' >"$scratch/mx/greylist"
dovecot_start mx
sent() { grep -c 'status=sent' "$scratch/mx-postfix.log" | grep -qx "$1"; }

record mx eth0 not port 53
letters_write
mail() { ask client swaks --server 10.9.0.21 --helo desk.lighthouse.example --from anna@lighthouse.example --to alice@harbour.example "$@"; }
# The last relay does not know the one before it, and wants to be asked again, some seconds later.
mail --data @"$scratch/letter.1"
await 'a refusal' grep -q Greylisted "$scratch/mx-postfix.log"
: >"$scratch/mx/greylist"
await 'the first letter' sent 1
sed 's/^Subject: .*/Subject: Please do not change this/; s/<fog-1@/<fog-2@/' "$scratch/letter.1" >"$scratch/letter.5"
mail --data @"$scratch/letter.5"
await 'the second letter' sent 2
settle
talk reader tcp 10.9.0.23 143 <<'STEPS'
until \r\n
send 1 LOGIN alice kelp-and-lantern\r\n
until 1 OK
until \r\n
send 2 SELECT INBOX\r\n
until 2 OK
until \r\n
send 3 FETCH 1:* (UID INTERNALDATE RFC822.SIZE BODYSTRUCTURE BODY.PEEK[])\r\n
until 3 OK
until \r\n
send 4 LOGOUT\r\n
rest
STEPS
finish
deliver
