#!/usr/bin/env bash
# A letter with two attachments goes all the way: swaks logs in at Postfix and hands it over, Postfix takes it to Dovecot (on the
# same host, unheard), and its reader fetches it by POP3 and by IMAP. Then swaks writes once more, behind STARTTLS.
# needs: postfix dovecot-core dovecot-imapd dovecot-pop3d dovecot-lmtpd swaks curl openssl tcpdump iproute2 ethtool python3
# shellcheck source=../../pcaps/record/lib.sh disable=SC1112,SC2012,SC2016,SC2119
source "$(dirname "$0")/../../pcaps/record/lib.sh"
# shellcheck source=../../pcaps/record/lib-mail.sh
source "$record_dir/lib-mail.sh"
# shellcheck source=../../pcaps/record/lib-tls.sh
source "$record_dir/lib-tls.sh"

host client 2 10.9.0.2
host mail 25 10.9.0.25
introduce
authority_make
certificate mail '/O=The Harbour/CN=mail.harbour.example' DNS:mail.harbour.example 20260101000000Z 20360101000000Z
mkdir "$scratch/mail"
postfix_start mail harbour.example 'smtpd_sasl_auth_enable = yes' 'smtpd_sasl_type = dovecot' 'smtpd_sasl_path = private/auth' \
    'smtpd_sasl_security_options = noanonymous' 'local_transport = lmtp:inet:127.0.0.1:24' "smtpd_tls_cert_file = $tls/mail.pem" \
    "smtpd_tls_key_file = $tls/mail.key" 'smtpd_tls_security_level = may' 'smtpd_tls_mandatory_protocols = >=TLSv1.3' \
    'smtpd_tls_protocols = >=TLSv1.3'
dovecot_start mail "service auth {
  unix_listener $scratch/mail/postfix/spool/private/auth {
    mode = 0660
    user = postfix
    group = postfix
  }
}
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
auth_failure_delay = 0"
cd "$scratch"
python3 "$record_dir/blobs.py" pdf 'Sailing orders' >orders.pdf
python3 "$record_dir/blobs.py" random 60000 live >noise.bin
python3 "$record_dir/letter.py" 'Die Karten für die Überfahrt' '<charts-1@lighthouse.example>' date="$(date -R)" \
    'text:The orders are attached.' \
    '2231:application/pdf:Segelanweisung für Käpt’n.pdf:orders.pdf' '2047:application/octet-stream:Rauschen №7.bin:noise.bin' >charts.eml
crossed 'Segelanweisung für Käpt’n.pdf' orders.pdf
crossed 'Rauschen №7.bin' noise.bin

delivered() { [ "$(ls "$scratch/mail/mail/alice/new" | wc -l)" = "$1" ]; }

record client
submit() { on client swaks --server 10.9.0.25 --helo lighthouse.example --from anna@lighthouse.example --to alice@harbour.example \
    --timeout 10 --auth-user bob --auth-password salt-marsh-heron "$@" >>clients.log 2>&1; }
submit --auth LOGIN --data @charts.eml
await "the letter" delivered 1
submit --auth PLAIN --tls --tls-sni mail.harbour.example --header 'Subject: For nobody else' --body 'Nobody hears this.'
await "the second letter" delivered 2
on client python3 - >>clients.log 2>&1 <<'PROGRAM'
import poplib
link = poplib.POP3("10.9.0.25", timeout=10)
link.user("alice")
link.pass_("kelp-and-lantern")
link.list()
link.retr(1)
link.quit()
PROGRAM
on client curl -sS --max-time 10 -u alice:kelp-and-lantern -o /dev/null \
    --login-options AUTH=CRAM-MD5 pop3://10.9.0.25/1
on client python3 - >>clients.log 2>&1 <<'PROGRAM'
import imaplib
link = imaplib.IMAP4("10.9.0.25", timeout=10)
try:
    link.login("alice", "kelp-without-lantern")
except imaplib.IMAP4.error as error:
    print(error)
link.login("alice", "kelp-and-lantern")
link.list()
link.select("INBOX", readonly=True)
link.fetch("1", "(UID BODY.PEEK[])")
link.close()
link.logout()
PROGRAM
cd /
finish
deliver
