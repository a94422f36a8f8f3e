#!/usr/bin/env bash
# Mail that begins in clear and goes on behind TLS: STARTTLS with TLS 1.3 and 1.2, a password inside; port 465, where all is TLS from
# the first byte; a command smuggled in behind STARTTLS, before TLS; STARTTLS with an argument; a client that does not trust the server.
# needs: postfix dovecot-core swaks openssl tcpdump iproute2 ethtool python3
# shellcheck source=lib.sh disable=SC2016,SC2086,SC2119
source "$(dirname "$0")/lib.sh"
# shellcheck source=lib-mail.sh
source "$record_dir/lib-mail.sh"
# shellcheck source=lib-tls.sh
source "$record_dir/lib-tls.sh"

host client 2 10.9.0.2
host mail 25 10.9.0.25
introduce
authority_make
certificate mail '/O=The Harbour/CN=mail.harbour.example' DNS:mail.harbour.example,DNS:smtp.harbour.example
master='submission inet n - n - - smtpd
 -o smtpd_tls_security_level=encrypt
 -o smtpd_sasl_auth_enable=yes
smtps inet n - n - - smtpd
 -o smtpd_tls_wrappermode=yes
 -o smtpd_sasl_auth_enable=yes
' postfix_start mail harbour.example 'smtpd_sasl_type = dovecot' 'smtpd_sasl_path = private/auth' 'smtpd_tls_auth_only = yes' \
    "smtpd_tls_key_file = $tls/mail.key" "smtpd_tls_cert_file = $tls/mail.pem" 'smtpd_tls_security_level = may'
await_port=24 dovecot_start mail "service auth {
  unix_listener $scratch/mail/postfix/spool/private/auth {
    mode = 0660
    user = postfix
    group = postfix
  }
}"

record client
alice='--auth-user alice --auth-password kelp-and-lantern'
mail() { ask client swaks --server 10.9.0.25 --helo lighthouse.example --from anna@lighthouse.example --to alice@harbour.example \
    --timeout 10 --body 'Nobody else reads this.' "$@"; }
mail --port 587 --auth PLAIN $alice --tls --tls-sni mail.harbour.example
mail --port 25 --tls --tls-protocol tlsv1_2 --tls-verify --tls-ca-path "$tls/ca.pem"
mail --port 465 --auth LOGIN $alice --tls-on-connect
mail --port 587 --quit-after RCPT
s_client client 10.9.0.25:25 -starttls smtp -name lighthouse.example -tls1_2 -servername smtp.harbour.example -quiet <<'LINES'
EHLO lighthouse.example
NOOP
QUIT
LINES
# Without our authority's certificate: the client breaks off with an alert.
ask client openssl s_client -connect 10.9.0.25:25 -starttls smtp -name lighthouse.example -verify_return_error -tls1_2
talk client tcp 10.9.0.25 25 <<'STEPS' || true # the server goes away
until \r\n
send EHLO lighthouse.example\r\n
until CHUNKING\r\n
send STARTTLS now\r\n
until \r\n
send AUTH PLAIN AGFsaWNlAGtlbHAtYW5kLWxhbnRlcm4=\r\n
until \r\n
send STARTTLS\r\nMAIL FROM:<smuggler@elsewhere.example>\r\n
until \r\n
pause 0.3
send QUIT\r\n
rest
STEPS
finish
deliver
