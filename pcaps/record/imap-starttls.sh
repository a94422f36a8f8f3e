#!/usr/bin/env bash
# IMAP that goes on behind TLS: STARTTLS with TLS 1.3 and 1.2, port 993, LOGIN refused in clear, and a command too early.
# needs: dovecot-core dovecot-imapd dovecot-lmtpd curl openssl tcpdump iproute2 ethtool python3
# shellcheck source=lib.sh disable=SC2016,SC2119
source "$(dirname "$0")/lib.sh"
# shellcheck source=lib-mail.sh
source "$record_dir/lib-mail.sh"
# shellcheck source=lib-tls.sh
source "$record_dir/lib-tls.sh"

host client 2 10.9.0.2
host mail 25 10.9.0.25
introduce
authority_make
certificate mail '/O=The Harbour/CN=mail.harbour.example' DNS:mail.harbour.example,DNS:imap.harbour.example
dovecot_start mail "ssl = yes
ssl_cert = <$tls/mail.pem
ssl_key = <$tls/mail.key
ssl_dh =
disable_plaintext_auth = yes"
letters mail alice "$scratch"/letter.{1..3}

record client
fetch() { ask client curl -s --max-time 10 --cacert "$tls/ca.pem" --resolve '*:143:10.9.0.25' --resolve '*:993:10.9.0.25' \
    -u alice:kelp-and-lantern "$@"; }
fetch --ssl-reqd 'imap://imap.harbour.example/INBOX;UID=1'
fetch --ssl-reqd --tls-max 1.2 'imap://mail.harbour.example/INBOX;UID=2'
fetch 'imaps://imap.harbour.example/INBOX;UID=3'
talk client tcp 10.9.0.25 143 <<'STEPS'
until \r\n
send 1 CAPABILITY\r\n
until 1 OK
until \r\n
send 2 LOGIN alice kelp-and-lantern\r\n
until 2 NO
until \r\n
send 3 STARTTLS\r\n4 NOOP\r\n
until 3 OK
until \r\n
pause 0.3
send 5 LOGOUT\r\n
rest
STEPS
finish
deliver
