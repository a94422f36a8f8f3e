#!/usr/bin/env bash
# LMTP, as a mail server hands letters to the keeper of mailboxes: LHLO, several recipients, of whom one is refused at once and
# another, whose mailbox is full, only after the message: a reply for each.
# needs: dovecot-core dovecot-lmtpd tcpdump iproute2 ethtool python3
# shellcheck source=lib.sh disable=SC2016,SC2119
source "$(dirname "$0")/lib.sh"
# shellcheck source=lib-mail.sh
source "$record_dir/lib-mail.sh"

host relay 2 10.9.0.2
host mail 25 10.9.0.25
introduce
await_port=24 dovecot_start mail 'mail_plugins = quota
plugin {
  quota = count:User quota
  quota_vsizes = yes
  quota_rule = *:bytes=2300
}'
letters mail dora "$scratch"/letter.{2,4}

record relay
talk relay tcp 10.9.0.25 24 <<'STEPS'
until \r\n
send LHLO mx1.harbour.example\r\n
until 250 
until \r\n
send MAIL FROM:<anna@lighthouse.example> BODY=8BITMIME\r\nRCPT TO:<alice@harbour.example>\r\nRCPT TO:<nobody-here@harbour.example>\r\nRCPT TO:<bob@harbour.example>\r\nRCPT TO:<dora@harbour.example>\r\nDATA\r\n
until 354
until \r\n
send From: Anna <anna@lighthouse.example>\r\nTo: crew@harbour.example\r\nSubject: To three of you\r\nMessage-ID: <three-1@lighthouse.example>\r\n\r\nThe mast is up.\r\n
send ...and a line with dots, so that this does not fit where there is little room.\r\n
send The rest of it is long enough to fill three hundred bytes. The rest of it is long enough.\r\n
send The rest of it is long enough to fill three hundred bytes. The rest of it is long enough.\r\n.\r\n
until <dora@
until \r\n
send MAIL FROM:<anna@lighthouse.example>\r\n
until \r\n
send RCPT TO:<nobody-here@harbour.example>\r\n
until \r\n
send DATA\r\n
until \r\n
send RSET\r\n
until \r\n
send VRFY alice\r\n
until \r\n
send EHLO mx1.harbour.example\r\n
until \r\n
send QUIT\r\n
rest
STEPS
ask relay python3 "$record_dir/mail-client.py" lmtp 10.9.0.25 alice@harbour.example "$scratch/letter.2" "$scratch/letter.4"
finish
deliver
