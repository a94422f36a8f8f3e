#!/usr/bin/env bash
# IMAP as one types it into a plain TCP connection: LOGIN, SELECT, FETCH 3 body[], COPY, MOVE, LOGOUT; then logging in with
# a quoted string that needs escapes, with literals, with a wrong password, and typing errors.
# needs: dovecot-core dovecot-imapd dovecot-lmtpd tcpdump iproute2 ethtool python3
# shellcheck source=lib.sh disable=SC2016,SC2119
source "$(dirname "$0")/lib.sh"
# shellcheck source=lib-mail.sh
source "$record_dir/lib-mail.sh"

host client 2 10.9.0.2
host mail 25 10.9.0.25
introduce
dovecot_start mail
letters mail alice "$scratch"/letter.{1..4}
crossed tides.csv "$scratch/tides.csv"
letters mail dora "$scratch"/letter.2

record client
talk client tcp 10.9.0.25 143 <<'STEPS'
until \r\n
pause 1.2
send a1 LOGIN alice kelp-and-lantern\r\n
until a1 OK
until \r\n
pause 1.0
send a2 SELECT INBOX\r\n
until a2 OK
until \r\n
pause 1.3
send a3 FETCH 3 body[]\r\n
until a3 OK
until \r\n
pause 1.6
send a4 COPY 3 Sent\r\n
until a4 OK
until \r\n
pause 0.7
send a5 MOVE 2 Trash\r\n
until a5 OK
until \r\n
pause 0.9
send a6 FETCH 1:* (FLAGS ENVELOPE)\r\n
until a6 OK
until \r\n
pause 1.1
send a7 LOGOUT\r\n
rest
STEPS
# A quoted password with a quote and a backslash in it, then the things that one gets wrong.
talk client tcp 10.9.0.25 143 <<'STEPS'
until \r\n
pause 0.5
send x LOGIN "dora" "tide\\"table\\\\nine"\r\n
until x OK
until \r\n
pause 0.5
send y EXAMINE "INBOX"\r\n
until y OK
until \r\n
pause 0.4
send FETCH 1 BODY[TEXT]\r\n
until \r\n
pause 0.4
send z FETHC 1 BODY[TEXT]\r\n
until \r\n
pause 0.4
send z2 FETCH 1\r\n
until z2
until \r\n
pause 0.3
send z3 FETCH 99 FLAGS\r\n
until z3
until \r\n
pause 0.3
send 17 fetch 1 (body.peek[header.fields (subject from)] body.peek[text]<0.20>)\r\n
until 17 OK
until \r\n
pause 0.3
send z4 SELECT Nowhere\r\n
until z4
until \r\n
pause 0.3
send 18 FETCH 1 FLAGS\r\n
until 18
until \r\n
close
STEPS
# Literals, for which the server has to ask; and without asking.
talk client tcp 10.9.0.25 143 <<'STEPS'
until \r\n
pause 0.3
send 1 LOGIN {5}\r\n
until +
until \r\n
pause 0.4
send alice {16}\r\n
until +
until \r\n
pause 0.6
send kelp-and-lantern\r\n
until 1 OK
until \r\n
send 2 LOGOUT\r\n
rest
STEPS
talk client tcp 10.9.0.25 143 <<'STEPS'
until \r\n
pause 0.3
send 1 login {3+}\r\nbob {16+}\r\nsalt-marsh-heron\r\n
until 1 OK
until \r\n
send 2 LOGOUT\r\n
rest
STEPS
# A wrong password, then AUTHENTICATE in both ways, one cancelled.
talk client tcp 10.9.0.25 143 <<'STEPS'
until \r\n
pause 0.3
send a LOGIN alice kelp-without-lantern\r\n
until a NO
until \r\n
pause 0.3
send b AUTHENTICATE PLAIN\r\n
until +
until \r\n
send *\r\n
until b 
until \r\n
pause 0.3
send c AUTHENTICATE PLAIN\r\n
until +
until \r\n
pause 0.3
send AGJvYgBzYWx0LW1hcnNoLWhlcm9u\r\n
until c OK
until \r\n
send d LOGOUT\r\n
rest
STEPS
talk client tcp 10.9.0.25 143 <<'STEPS'
until \r\n
send c AUTHENTICATE PLAIN AGFsaWNlAGtlbHAtYW5kLWxhbnRlcm4=\r\n
until c OK
until \r\n
send d LOGOUT\r\n
rest
STEPS
talk client tcp 10.9.0.25 143 <<'STEPS'
until \r\n
send c AUTHENTICATE LOGIN\r\n
until +
until \r\n
pause 0.2
send Ym9i\r\n
until +
until \r\n
pause 0.2
send c2FsdC1tYXJzaC1oZXJvbg==\r\n
until c OK
until \r\n
send d LOGOUT\r\n
rest
STEPS
finish
deliver
