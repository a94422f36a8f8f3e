#!/usr/bin/env bash
# POP3 as one types it into a plain TCP connection: USER, PASS, STAT, LIST, RETR, DELE, QUIT; then APOP, UIDL, TOP, CAPA and
# AUTH; wrong passwords; and everything at once, without waiting for answers.
# needs: dovecot-core dovecot-pop3d dovecot-lmtpd tcpdump iproute2 ethtool python3
# shellcheck source=lib.sh disable=SC2016,SC2119
source "$(dirname "$0")/lib.sh"
# shellcheck source=lib-mail.sh
source "$record_dir/lib-mail.sh"

host client 2 10.9.0.2
host mail 25 10.9.0.25
introduce
dovecot_start mail 'protocol pop3 {
  pop3_uidl_format = %08Xu%08Xv
}'
letters mail alice "$scratch"/letter.{1..4}
letters mail bob "$scratch"/letter.{2,4}

record client
talk client tcp 10.9.0.25 110 <<'STEPS'
until \r\n
pause 1.0
send USER alice\r\n
until \r\n
pause 1.2
send PASS kelp-and-lantern\r\n
until \r\n
pause 0.8
send STAT\r\n
until \r\n
pause 0.7
send LIST\r\n
until \r\n.\r\n
pause 0.9
send RETR 1\r\n
until \r\n.\r\n
pause 1.5
send DELE 1\r\n
until \r\n
pause 0.8
send QUIT\r\n
rest
STEPS
# What else there is: capabilities, one message only, the top of one, taking it back.
talk client tcp 10.9.0.25 110 <<'STEPS'
until \r\n
pause 0.4
send CAPA\r\n
until \r\n.\r\n
pause 0.4
send user bob\r\n
until \r\n
send pass salt-marsh-heron\r\n
until \r\n
pause 0.3
send UIDL\r\n
until \r\n.\r\n
send UIDL 2\r\n
until \r\n
send LIST 1\r\n
until \r\n
pause 0.4
send TOP 1 2\r\n
until \r\n.\r\n
pause 0.4
send RETR 2\r\n
until \r\n.\r\n
pause 0.3
send RETR 9\r\n
until \r\n
send DELE 2\r\n
until \r\n
send RSET\r\n
until \r\n
send NOOP\r\n
until \r\n
send LAST\r\n
until \r\n
send LSIT\r\n
until \r\n
send QUIT\r\n
rest
STEPS
# Before its time, with a wrong password, with a misspelt command, and then in pieces.
talk client tcp 10.9.0.25 110 <<'STEPS'
until \r\n
pause 0.3
send STAT\r\n
until \r\n
send USER alice\r\n
until \r\n
send PASS kelp-without-lantern\r\n
until \r\n
pause 0.3
send USER alice\r\n
until \r\n
send PASSS kelp-and-lantern\r\n
until \r\n
pause 0.3
send PAS
pause 0.2
send S kelp-and-
pause 0.2
send lantern\r
pause 0.2
send \n
until \r\n
send QUIT\r\n
rest
STEPS
# SASL: in one go, in two, cancelled, and with the two questions of LOGIN.
talk client tcp 10.9.0.25 110 <<'STEPS'
until \r\n
send AUTH PLAIN AGJvYgBzYWx0LW1hcnNoLWhlcm9u\r\n
until \r\n
send QUIT\r\n
rest
STEPS
talk client tcp 10.9.0.25 110 <<'STEPS'
until \r\n
send AUTH\r\n
until \r\n.\r\n
pause 0.2
send AUTH PLAIN\r\n
until \r\n
send *\r\n
until \r\n
send AUTH PLAIN\r\n
until \r\n
send AGFsaWNlAGtlbHAtYW5kLWxhbnRlcm4=\r\n
until \r\n
send QUIT\r\n
rest
STEPS
talk client tcp 10.9.0.25 110 <<'STEPS'
until \r\n
send AUTH LOGIN\r\n
until \r\n
send Ym9i\r\n
until \r\n
send c2FsdC1tYXJzaC1oZXJvbg==\r\n
until \r\n
send QUIT\r\n
rest
STEPS
# Digests of a challenge instead of the password: APOP, CRAM-MD5, SCRAM.
pop3_client() { ask client python3 "$record_dir/mail-client.py" pop3 10.9.0.25 "$@"; }
pop3_client apop alice kelp-and-lantern
pop3_client apop alice kelp-without-lantern
pop3_client CRAM-MD5 alice kelp-and-lantern
pop3_client SCRAM-SHA-256 bob salt-marsh-heron
# All at once.
talk client tcp 10.9.0.25 110 <<'STEPS'
send USER bob\r\nPASS salt-marsh-heron\r\nSTAT\r\nLIST\r\nRETR 1\r\nTOP 2 0\r\nUIDL\r\nDELE 9\r\nRETR 2\r\nQUIT\r\n
rest
STEPS
finish
deliver
