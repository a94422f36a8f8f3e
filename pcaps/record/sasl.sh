#!/usr/bin/env bash
# Every other way to log in: digests and tokens (SCRAM, DIGEST-MD5, XOAUTH2, OAUTHBEARER), accepted and refused, in IMAP, POP3 and
# SMTP; then, with a scripted server, NTLM, GSSAPI, EXTERNAL, ANONYMOUS, and a mechanism that nobody knows.
# needs: postfix dovecot-core dovecot-imapd dovecot-pop3d tcpdump iproute2 ethtool python3
# shellcheck source=lib.sh disable=SC2016,SC2059,SC2119
source "$(dirname "$0")/lib.sh"
# shellcheck source=lib-mail.sh
source "$record_dir/lib-mail.sh"

host client 2 10.9.0.2
host mail 25 10.9.0.25
introduce
mkdir -p "$scratch/mail/keys/default/HS256"
printf 'the harbour signs with this one' | base64 >"$scratch/mail/keys/default/HS256/default"
cat >"$scratch/mail/oauth2" <<CONF
introspection_mode = local
local_validation_key_dict = fs:posix:prefix=$scratch/mail/keys/
username_attribute = sub
username_format = %n
CONF
postfix_start mail harbour.example 'smtpd_sasl_type = dovecot' 'smtpd_sasl_path = private/auth' 'smtpd_sasl_auth_enable = yes' \
    'smtpd_sasl_security_options = noanonymous'
dovecot_start mail "service auth {
  unix_listener $scratch/mail/postfix/spool/private/auth {
    mode = 0660
    user = postfix
    group = postfix
  }
}
passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = $scratch/mail/oauth2
}
auth_mechanisms = \$auth_mechanisms xoauth2 oauthbearer"
token() { # USER: signed by the harbour, valid until 2036
    python3 - "$1" <<'PYTHON'
import base64, hashlib, hmac, sys
def packed(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=")
text = packed(b'{"alg":"HS256","typ":"JWT"}') + b"." + packed(b'{"sub":"%s","scope":"mail","exp":2100000000}' % sys.argv[1].encode())
print((text + b"." + packed(hmac.new(b"the harbour signs with this one", text, hashlib.sha256).digest())).decode())
PYTHON
}
login() { ask client python3 "$record_dir/mail-client.py" "$@"; }

encoded() { printf "$1" | base64 -w0; }

answer mail 10.9.0.25 2525 <<STEPS
accept
send 220 old.harbour.example ESMTP\\r\\n
until EHLO
until \\n
send 250-old.harbour.example\\r\\n250 AUTH NTLM GSSAPI EXTERNAL ANONYMOUS SCRAM-SHA-256-PLUS X-HARBOUR\\r\\n
until \\n
send 334 $(encoded 'NTLMSSP\0\2\0\0\0\16\0\16\0\70\0\0\0\5\2\201\2\1\43\105\147\211\253\315\357\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0H\0A\0R\0B\0O\0U\0R\0')\\r\\n
until \\n
send 535 5.7.8 No\\r\\n
until \\n
send 334 $(encoded '\140\20\6\11\52\206\110\206\367\22\1\2\2\2\0\1\2\3')\\r\\n
until \\n
send 334 \\r\\n
until \\n
send 535 5.7.8 The realm HARBOUR.EXAMPLE is not there\\r\\n
until \\n
send 535 5.7.8 Without TLS, who are you?\\r\\n
until \\n
send 334 \\r\\n
until \\n
send 235 2.7.0 Be our guest\\r\\n
until \\n
send 503 5.5.1 You are in already\\r\\n
until \\n
send 221 2.0.0 Bye\\r\\n
close
STEPS

record client
for mechanism in DIGEST-MD5 SCRAM-SHA-1 SCRAM-SHA-256 CRAM-MD5 LOGIN; do
    login imap 10.9.0.25 "$mechanism" bob salt-marsh-heron
done
login imap 10.9.0.25 XOAUTH2 alice@harbour.example "$(token alice)"
login imap 10.9.0.25 OAUTHBEARER alice@harbour.example "$(token alice)" later
login imap 10.9.0.25 OAUTHBEARER alice@harbour.example "$(token alice | tr 0-4 5-9)"
login pop3 10.9.0.25 XOAUTH2 alice@harbour.example "$(token alice)" later
login pop3 10.9.0.25 XOAUTH2 alice@harbour.example "$(token alice | tr 0-4 5-9)"
login smtp 10.9.0.25 OAUTHBEARER alice@harbour.example "$(token alice)"
login smtp 10.9.0.25 XOAUTH2 alice@harbour.example "$(token alice | tr 0-4 5-9)" later
login smtp 10.9.0.25 SCRAM-SHA-1 alice kelp-without-lantern
talk client tcp 10.9.0.25 2525 <<STEPS
until \\r\\n
send EHLO lighthouse.example\\r\\n
until HARBOUR\\r\\n
send AUTH NTLM $(encoded 'NTLMSSP\0\1\0\0\0\7\202\10\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0')\\r\\n
until 334
until \\n
send $(encoded 'NTLMSSP\0\3\0\0\0\30\0\30\0\120\0\0\0\30\0\30\0\150\0\0\0\16\0\16\0\100\0\0\0\12\0\12\0\116\0\0\0\0\0\0\0\130\0\0\0\0\0\0\0\200\0\0\0\5\2\201\2H\0A\0R\0B\0O\0U\0R\0a\0l\0i\0c\0e\0abcdefghijklmnopqrstuvwx012345678901234567890123')\\r\\n
until 535
until \\n
send AUTH GSSAPI $(encoded '\140\202\1\2\6\11\52\206\110\206\367\22\1\2\2\1\0this stands for a ticket, which is long and binary')\\r\\n
until 334
until \\n
send \\r\\n
until 334
until \\n
send *\\r\\n
until 535
until \\n
send AUTH EXTERNAL $(encoded alice@harbour.example)\\r\\n
until 535
until \\n
send AUTH ANONYMOUS\\r\\n
until 334
until \\n
send $(encoded 'a passer-by')\\r\\n
until 235
until \\n
send AUTH X-HARBOUR $(encoded 'let me in: open-the-gate')\\r\\n
until 503
until \\n
send QUIT\\r\\n
rest
STEPS
finish
deliver
