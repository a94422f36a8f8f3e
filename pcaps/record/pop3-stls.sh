#!/usr/bin/env bash
# POP3 that goes on behind TLS: STLS with TLS 1.3 and 1.2, port 995, USER refused in clear.
# needs: dovecot-core dovecot-pop3d dovecot-lmtpd curl openssl tcpdump iproute2 ethtool python3
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
certificate mail '/O=The Harbour/CN=mail.harbour.example' DNS:mail.harbour.example,DNS:pop.harbour.example
dovecot_start mail "ssl = yes
ssl_cert = <$tls/mail.pem
ssl_key = <$tls/mail.key
ssl_dh =
disable_plaintext_auth = yes"
letters mail alice "$scratch"/letter.{1..3}

record client
fetch() { ask client curl -s --max-time 10 --cacert "$tls/ca.pem" --resolve '*:110:10.9.0.25' --resolve '*:995:10.9.0.25' \
    -u alice:kelp-and-lantern "$@"; }
fetch --ssl-reqd pop3://pop.harbour.example/1
fetch --ssl-reqd --tls-max 1.2 pop3://mail.harbour.example/2
fetch pop3s://pop.harbour.example/3
talk client tcp 10.9.0.25 110 <<'STEPS'
until \r\n
send USER alice\r\n
until \r\n
send PASS kelp-and-lantern\r\n
until \r\n
send STLS\r\n
until \r\n
pause 0.3
close
STEPS
finish
deliver
