#!/usr/bin/env bash
# What mail programs do with IMAP all day: mailboxes with names beyond ASCII, special uses, APPEND of one and of several
# messages with both kinds of literals, messages put together on the server (CATENATE), flags, searching, sorting, threads,
# what has changed since (CONDSTORE, QRESYNC), quota, access rights, annotations; commands in flight together; and IDLE, while
# a letter arrives.
# needs: dovecot-core dovecot-imapd dovecot-lmtpd tcpdump iproute2 ethtool python3
# shellcheck source=lib.sh disable=SC2016,SC2119
source "$(dirname "$0")/lib.sh"
# shellcheck source=lib-mail.sh
source "$record_dir/lib-mail.sh"

host client 2 10.9.0.2
host mail 25 10.9.0.25
introduce
dovecot_start mail "
mail_plugins = acl quota
mail_attribute_dict = file:%h/attributes
plugin {
  acl = vfile
  quota = count:User quota
  quota_vsizes = yes
  quota_rule = *:storage=2M
}
protocol imap {
  mail_plugins = acl quota imap_acl imap_quota
  imap_metadata = yes
}
imap_id_send = name dovecot support-url http://harbour.example/help"
letters mail alice "$scratch"/letter.{1..3}
python3 "$record_dir/blobs.py" png 24 draft >"$scratch/buoy.png"
python3 "$record_dir/letter.py" 'Draft: the new buoy' '<draft-1@harbour.example>' to=crew@harbour.example 'text:See the picture.' \
    'plain:image/png:buoy.png:'"$scratch/buoy.png" | sed 's/$/\r/' >"$scratch/draft"
printf 'From: Alice <alice@harbour.example>\r\nSubject: Note %s\r\nMessage-ID: <note-%s@harbour.example>\r\n\r\nNote %s\r\n' \
    1 1 1 2 2 2 3 3 3 | split -l 5 - "$scratch/note."
printf 'From: Alice <alice@harbour.example>\r\nSubject: Fwd: tides\r\nMessage-ID: <put-together@harbour.example>\r\n\r\nSee below.\r\n\r\n' \
    >"$scratch/head"
printf 'See you,\r\nAlice' >"$scratch/search"
crossed tides.csv "$scratch/tides.csv"
crossed buoy.png "$scratch/buoy.png"

imap() { on client python3 "$record_dir/imap-client.py" 10.9.0.25 >>"$scratch/clients.log" 2>&1; }

record client
imap <<LINES
CAPABILITY
ID ("name" "Harbour Mail" "version" "1.0" "os" "Plan 9")
AUTHENTICATE PLAIN AGFsaWNlAGtlbHAtYW5kLWxhbnRlcm4=
NAMESPACE
ENABLE QRESYNC CONDSTORE
LIST "" "*" RETURN (SPECIAL-USE SUBSCRIBED STATUS (MESSAGES UNSEEN UIDNEXT))
LIST "" ""
LIST (SPECIAL-USE) "" "*"
CREATE Entw&APw-rfe
CREATE "Archive/&ZeVnLIqe-/2026"
CREATE "Post & Co"
CREATE "Post &- Co"
SUBSCRIBE Entw&APw-rfe
LSUB "" "*"
LIST "" "%"
STATUS Entw&APw-rfe (MESSAGES RECENT UIDNEXT UIDVALIDITY UNSEEN HIGHESTMODSEQ)
RENAME "Post &- Co" "Archive/Post"
APPEND Entw&APw-rfe (\\Draft \\Seen) "21-Nov-2026 20:00:00 +0100" {} < $scratch/draft
APPEND Entw&APw-rfe {+} < $scratch/note.aa
APPEND Entw&APw-rfe (\\Seen) {} (\\Flagged) {+} < $scratch/note.ab $scratch/note.ac
SELECT Entw&APw-rfe
APPEND Drafts CATENATE (TEXT {} URL "/INBOX/;UID=3/;SECTION=TEXT" TEXT {+}) < $scratch/head $scratch/search
UID FETCH 1:* (FLAGS MODSEQ RFC822.SIZE BODYSTRUCTURE)
UID FETCH 1 (BODY.PEEK[1] BODY.PEEK[2.MIME] BODY.PEEK[2])
FETCH 1:* ALL
UID STORE 2 +FLAGS.SILENT (\\Answered \$Forwarded)
STORE 1:2 (UNCHANGEDSINCE 1) FLAGS (\\Deleted)
STORE 3 FLAGS (\\Deleted)
SEARCH UNDELETED
SEARCH RETURN (MIN MAX COUNT ALL) SUBJECT note
UID SEARCH RETURN (SAVE) FLAGGED
UID FETCH \$ FLAGS
SEARCH CHARSET UTF-8 TEXT {} < $scratch/search
SORT (REVERSE DATE SUBJECT) UTF-8 ALL
THREAD REFERENCES US-ASCII ALL
EXPUNGE
UID EXPUNGE 1:9
CHECK
UNSELECT
DELETE "Archive/Post"
DELETE INBOX
LOGOUT
LINES
imap <<LINES
LOGIN bob salt-marsh-heron
GETQUOTAROOT INBOX
GETQUOTA "User quota"
SETQUOTA "User quota" (STORAGE 512)
MYRIGHTS INBOX
GETACL INBOX
SETACL INBOX alice lrs
LISTRIGHTS INBOX alice
DELETEACL INBOX alice
SETMETADATA INBOX (/private/comment "Bob's own")
GETMETADATA INBOX /private/comment
GETMETADATA (DEPTH 1) "" (/shared/comment /private/vendor)
SELECT INBOX
CLOSE
LOGOUT
LINES
# What a program that knows the mailbox from yesterday asks: several commands in flight, answers as they come.
imap <<LINES
LOGIN alice kelp-and-lantern
ENABLE QRESYNC
& SELECT INBOX
& FETCH 1:* FLAGS
& UID FETCH 1:* (BODY.PEEK[HEADER.FIELDS (SUBJECT DATE)])
& NOOP
& STATUS Sent (MESSAGES)
& UID SEARCH ALL
FETCH 3 (BODY.PEEK[])
COPY 2:3 Trash
UID MOVE 1 Drafts
& STORE 1 +FLAGS (\\Deleted)
& EXPUNGE
FETCH 1 BINARY.SIZE[2]
SELECT Trash (QRESYNC (1 1 1:2))
LOGOUT
LINES

# IDLE: a letter arrives, somebody else reads it.
imap <<'LINES' &
LOGIN alice kelp-and-lantern
SELECT INBOX
& IDLE
~ idling
= 1
~ EXISTS
~ Answered
- DONE
& FETCH * (UID FLAGS BODY.PEEK[TEXT])
& STORE 1 +FLAGS (\Deleted)
NOOP
& IDLE
~ idling
~ EXPUNGE
close
LINES
idler=$!
pids+=("$idler")
sleep 1
letters mail alice "$scratch/letter.4"
sleep 0.5
imap <<'LINES'
LOGIN alice kelp-and-lantern
SELECT INBOX
STORE 1 +FLAGS (\Answered)
= 1
EXPUNGE
LOGOUT
LINES
wait "$idler"
finish
deliver
