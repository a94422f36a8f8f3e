#!/usr/bin/env bash
# Mail from programs: attachments of every kind, authentication of every kind, pipelining, chunks, 8-bit and UTF-8 mail, delivery
# notices, and every way to be refused. Postfix takes the mail at port 25, and at 587 from who has logged in.
# needs: postfix dovecot-core swaks tcpdump iproute2 ethtool python3
# shellcheck source=lib.sh disable=SC1112,SC2016,SC2119
source "$(dirname "$0")/lib.sh"
# shellcheck source=lib-mail.sh
source "$record_dir/lib-mail.sh"

host client 2 10.9.0.2
host mail 25 10.9.0.25
introduce
mkdir "$scratch/mail"
echo '/^Subject:.*lottery/ REJECT No lotteries here' >"$scratch/mail/header_checks"
master='submission inet n - n - - smtpd
 -o syslog_name=postfix/submission
 -o smtpd_sasl_auth_enable=yes
 -o smtpd_client_restrictions=permit_sasl_authenticated,reject
' postfix_start mail harbour.example 'smtpd_sasl_type = dovecot' 'smtpd_sasl_path = private/auth' \
    'smtpd_sasl_security_options = noanonymous' 'message_size_limit = 600000' 'smtpd_recipient_limit = 4' \
    "header_checks = regexp:$scratch/mail/header_checks" 'smtpd_soft_error_limit = 50' 'smtpd_hard_error_limit = 60' \
    'broken_sasl_auth_clients = yes' \
    'smtpd_recipient_restrictions = check_recipient_access inline:{ {carol@harbour.example = 450 4.7.1 Greylisted, try again in five minutes}, {postmaster@harbour.example = 452 4.2.2 The mailbox is full} }'
await_port=24 dovecot_start mail "service auth {
  unix_listener $scratch/mail/postfix/spool/private/auth {
    mode = 0660
    user = postfix
    group = postfix
  }
}"

blob() { python3 "$record_dir/blobs.py" "$@"; }
letter() { python3 "$record_dir/letter.py" "$@"; }
cd "$scratch"
blob png 40 swaks >chart.png
blob pdf 'Sailing orders' >orders.pdf
blob random 204800 swaks >noise.bin
blob zip 'log.txt=All quiet. ' 'crew.txt=Anna, Bob. ' >log.zip
blob wav 1 >horn.wav
printf 'Grüße vom Leuchtturm\nund gute Fahrt!\n' >gruss.txt
letter 'Die Karten für die Überfahrt' '<charts-1@lighthouse.example>' \
    'text:The charts, the orders and some noise are attached.~~.~A dot on a line of its own means nothing here.' \
    '2231:image/png:Seekarte Möwe.png:chart.png' '2047:application/pdf:Segelanweisung für Käpt’n.pdf:orders.pdf' \
    '2231parts:application/octet-stream:Rauschen über dem Meer – zweihundert Kilobyte.bin:noise.bin' >charts.eml
letter 'The horn' '<horn-1@lighthouse.example>' 'qp:Gruß aus der Werft' 'plain:audio/x-wav:horn.wav:horn.wav' \
    'qpfile:text/plain; charset=utf-8:gruss.txt:gruss.txt' >horn.eml
letter 'Fwd: The horn' '<forward-1@lighthouse.example>' 'html:Look at this:~the horn is «new».' 'inline:image/png:chart.png:chart.png' \
    'forward:horn.eml' 'plain:application/zip:log.zip:log.zip' >forward.eml
letter 'Eight bits' '<eight-1@lighthouse.example>' 'text:Schöne Grüße – 8 Bit' '8bit:text/plain; charset=utf-8:gruss.txt:gruss.txt' >eight.eml
letter 'A lottery' '<lottery-1@lighthouse.example>' 'text:You have won.' >lottery.eml
letters_write
crossed 'Seekarte Möwe.png' chart.png
crossed 'Segelanweisung für Käpt’n.pdf' orders.pdf
crossed 'Rauschen über dem Meer – zweihundert Kilobyte.bin' noise.bin
crossed horn.wav horn.wav
crossed gruss.txt "$(in_network_form gruss.txt)"
crossed chart.png chart.png
crossed log.zip log.zip
crossed orders.pdf orders.pdf

record client
mail() { ask client swaks --server 10.9.0.25 --helo lighthouse.example --from anna@lighthouse.example --to alice@harbour.example \
    --timeout 10 "$@"; }
submit() { mail --port 587 --auth-user alice --auth-password kelp-and-lantern "$@"; }

# Attachments: swaks' own way of writing them, then ours.
mail --header 'Subject: Two files' --header 'Message-Id: <files-1@lighthouse.example>' --header 'X-Mailer: swaks' \
    --body 'Here they are.\n' --attach-type application/pdf --attach-name orders.pdf --attach @orders.pdf \
    --attach-type application/zip --attach-name log.zip --attach @log.zip
mail --data @charts.eml
mail --data @forward.eml --to alice@harbour.example,bob@harbour.example

# Who is there? In several ways, then with a wrong password, then not at all.
short() { submit --header "Subject: by $*" --header 'Message-Id: <auth-1@lighthouse.example>' --body 'Hello.' "$@"; }
short --auth PLAIN
short --auth LOGIN
short --auth CRAM-MD5
for mechanism in DIGEST-MD5 SCRAM-SHA-256; do
    ask client python3 "$record_dir/mail-client.py" smtp 10.9.0.25:587 "$mechanism" bob salt-marsh-heron
done
ask client python3 "$record_dir/mail-client.py" smtp 10.9.0.25:587 PLAIN bob salt-marsh-heron later
mail --port 587 --auth PLAIN --auth-user alice --auth-password kelp-without-lantern
mail --port 587 --quit-after RCPT

# Pipelined; then by a script, several messages in one connection.
mail --pipeline --to alice@harbour.example,nobody-here@harbour.example,bob@harbour.example --data @horn.eml
crlf() { sed 's/$/\\r\\n/; s/^\\r\\n$/\\r\\n/' "$1" | tr -d '\n' | sed 's/^/send /'; echo; }
talk client tcp 10.9.0.25 25 <<STEPS
until \\r\\n
send EHLO [10.9.0.2]\\r\\n
until CHUNKING\\r\\n
send MAIL FROM:<anna@lighthouse.example> SIZE=700 RET=HDRS ENVID=QQ314159\\r\\nRCPT TO:<alice@harbour.example> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;alice@harbour.example\\r\\nRCPT TO:<bob@harbour.example> NOTIFY=NEVER\\r\\nDATA\\r\\n
until 354 
until \\r\\n
$(crlf letter.1 | sed 's/\\n\./\\n../g')
send .\\r\\nRSET\\r\\nMAIL FROM:<>\\r\\nRCPT TO:<bob@harbour.example>\\r\\nDATA\\r\\n
until 354 
until \\r\\n
send Subject: an empty one\\r\\n\\r\\n.\\r\\nNOOP still here\\r\\nMAIL FROM:<anna@lighthouse.example>\\r\\nRCPT TO:<nobody-here@harbour.example>\\r\\nDATA\\r\\n
until valid recipients
until \\r\\n
send MAIL FROM:<anna@lighthouse.example> AUTH=<> BODY=7BIT\\r\\nQUIT\\r\\n
rest
STEPS

# Chunks: with the commands around them in one piece or not, with a chunk of nothing, with a bad recipient.
first=$(printf 'From: <anna@lighthouse.example>\r\nSubject: in chunks\r\nMessage-ID: <chunks-1@lighthouse.example>\r\n\r\n' | wc -c)
talk client tcp 10.9.0.25 25 <<STEPS
until \\r\\n
send EHLO lighthouse.example\\r\\n
until CHUNKING\\r\\n
send MAIL FROM:<anna@lighthouse.example> BODY=8BITMIME\\r\\nRCPT TO:<alice@harbour.example>\\r\\nBDAT $first\\r\\nFrom: <anna@lighthouse.example>\\r\\nSubject: in chunks\\r\\nMessage-ID: <chunks-1@lighthouse.example>\\r\\n\\r\\n
until bytes
until \\r\\n
send BDAT 26\\r\\nThe first.\\r\\nQUIT\\r\\n.\\r\\n
pause 0.2
send DATA\\r\\n
until 26 bytes
until \\r\\n
send BDAT 12\r\nNo end here.BDAT 0 LAST\r\n
until queued
until \\r\\n
send MAIL FROM:<anna@lighthouse.example>\\r\\nRCPT TO:<nobody-here@harbour.example>\\r\\nBDAT 30 LAST\\r\\nSubject: never\\r\\n\\r\\nRSET\\r\\n....\\r\\n
until 554
until \\r\\n
send RSET\\r\\nBDAT 5 LAST\\r\\nQUIT\\nBDAT x\\r\\nQUIT\\r\\n
rest
STEPS

# Eight bits, and names beyond ASCII.
mail --data @eight.eml
talk client tcp 10.9.0.25 25 <<'STEPS'
until \r\n
send EHLO lighthouse.example\r\n
until CHUNKING\r\n
send MAIL FROM:<j\xc3\xb6rg@werft.example> SMTPUTF8 BODY=8BITMIME\r\n
until \r\n
send RCPT TO:<b\xc3\xb6rje@harbour.example>\r\n
until \r\n
send RCPT TO:<alice@harbour.example>\r\n
until \r\n
send DATA\r\n
until \r\n
send From: J\xc3\xb6rg <j\xc3\xb6rg@werft.example>\r\nTo: Alice <alice@harbour.example>\r\nSubject: \xc3\x9cber die See\r\nMessage-ID: <utf8-1@werft.example>\r\n\r\nGr\xc3\xbc\xc3\x9fe\r\n.\r\n
until \r\n
send QUIT\r\n
rest
STEPS

# Refused: who it is for, how large it is, what is in it, how many.
mail --to alice@harbour.example,carol@harbour.example,someone@elsewhere.example,postmaster@harbour.example,bob@harbour.example \
    --data @letter.2
mail --data @lottery.eml
talk client tcp 10.9.0.25 25 <<'STEPS'
until \r\n
send EHLO lighthouse.example\r\n
until CHUNKING\r\n
send MAIL FROM:<anna@lighthouse.example> SIZE=700000\r\n
until \r\n
send MAIL FROM:<anna@lighthouse\r\n
until \r\n
send MAIL FROM:<anna@lighthouse.example> BODY=9BIT\r\n
until \r\n
send RCPT TO:<alice@harbour.example>\r\n
until \r\n
send AUTH PLAIN AGFsaWNlAGtlbHAtYW5kLWxhbnRlcm4=\r\n
until \r\n
send ETRN harbour.example\r\n
until \r\n
send STARTTLS\r\n
until \r\n
send RSET\r\nMAIL FROM:<anna@lighthouse.example>\r\nRCPT TO:<alice@harbour.example>\r\nRCPT TO:<bob@harbour.example>\r\nRCPT TO:<dora@harbour.example>\r\nRCPT TO:<alice@harbour.example>\r\nRCPT TO:<bob@harbour.example>\r\n
until 452
until \r\n
send DATA\r\n
until \r\n
send Subject: broken off\r\n\r\nThis message has no e
reset
STEPS
cd /
finish
deliver
