#!/usr/bin/env bash
# A letter delivered by hand, as one types it into a plain TCP connection: HELO, MAIL FROM, RCPT TO, DATA, a dot, QUIT, with
# the pauses of somebody who reads along. Then three sessions in which not all goes well: somebody who may not send there,
# and typing errors.
# needs: postfix tcpdump iproute2 ethtool python3
# shellcheck source=lib.sh disable=SC2016,SC2119
source "$(dirname "$0")/lib.sh"
# shellcheck source=lib-mail.sh
source "$record_dir/lib-mail.sh"

host client 2 10.9.0.2
host mail 25 10.9.0.25
introduce
postfix_start mail harbour.example 'smtpd_hard_error_limit = 4' 'smtpd_soft_error_limit = 2' 'disable_vrfy_command = no'

record client
talk client tcp 10.9.0.25 25 <<'STEPS'
until \r\n
pause 1.2
send HELO lighthouse.example\r\n
until \r\n
pause 1.5
send MAIL FROM:<anna@lighthouse.example>\r\n
until \r\n
pause 1.1
send RCPT TO:<bob@harbour.example>\r\n
until \r\n
pause 0.8
send DATA\r\n
until \r\n
pause 0.9
send From: Anna <anna@lighthouse.example>\r\n
pause 0.5
send To: Bob <bob@harbour.example>\r\n
pause 0.5
send Subject: Fog tonight\r\n
pause 0.4
send Date: Sun, 22 Nov 2026 10:15:00 +0100\r\n
pause 0.3
send Message-ID: <fog-1@lighthouse.example>\r\n
pause 0.3
send \r\n
pause 0.6
send Dear Bob,\r\n
pause 0.4
send \r\n
send the fog horn will sound tonight, once a minute.\r\n
pause 0.8
send ..and again until the morning.\r\n
pause 0.7
send Anna\r\n
pause 0.6
send .\r\n
until \r\n
pause 1.0
send QUIT\r\n
rest
STEPS
# Not for us, not known here; the third recipient is.
talk client tcp 10.9.0.25 25 <<'STEPS'
until \r\n
pause 0.6
send HELO lighthouse.example\r\n
until \r\n
pause 0.5
send MAIL FROM:<anna@lighthouse.example>\r\n
until \r\n
pause 0.4
send RCPT TO:<someone@elsewhere.example>\r\n
until \r\n
pause 0.7
send RCPT TO:<nobody-here@harbour.example>\r\n
until \r\n
pause 0.6
send DATA\r\n
until \r\n
pause 0.5
send RSET\r\n
until \r\n
pause 0.3
send NOOP\r\n
until \r\n
pause 0.3
send QUIT\r\n
rest
STEPS
# Without HELO, in lower case, misspelt, cut into pieces; a terminal that sends bare line feeds.
talk client tcp 10.9.0.25 25 <<'STEPS'
until \r\n
pause 0.4
send helo there\r\n
until \r\n
pause 0.3
send mail from: <>\r\n
until \r\n
pause 0.3
send RCTP TO:<bob@harbour.example>\r\n
until \r\n
pause 0.3
send RCPT
pause 0.4
send  TO:<bob@har
pause 0.4
send bour.example>\r
pause 0.2
send \n
until \r\n
send VRFY bob\r\n
until \r\n
pause 0.3
send VRFY nobody-here\r\n
until \r\n
pause 0.3
send data\n
until \r\n
pause 0.3
send Subject: no body, no sender\n
pause 0.2
send .\r\n
until \r\n
pause 0.3
send HELP\r\n
until \r\n
pause 0.3
send GET / HTTP/1.0\r\n
rest
STEPS
# EHLO and its list, then away without a word.
talk client tcp 10.9.0.25 25 <<'STEPS'
until \r\n
pause 0.4
send EHLO lighthouse.example\r\n
until CHUNKING
pause 0.5
send MAIL FROM:<anna@lighthouse.example> SIZE=99000000\r\n
until \r\n
pause 0.3
send EXPN list\r\n
until \r\n
pause 0.2
close
STEPS
finish
deliver
