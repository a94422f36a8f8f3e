/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Whole sessions, each in pieces of several sizes, and all that is recorded of them.
 */
#include "ftp/ftp_play.h"

/* Login, directory, listing and file, passive. */
static void hand_typed(void **state)
{
    static const struct step steps[] = {
        {'S', "220 ready FTP\r\n", 0},
        {'C', "user alice\r\n", 0},
        {'S', "331 pw\r\n", 0},
        {'C', "PASS s3cret\r\n", 0},
        {'S', "230-Hi\r\n there\r\n230 in\r\n", 0},
        {'C', "PWD\r\n", 0},
        {'S', "257 \"/disk/al\"\"ice\" is it\r\n", 0},
        {'C', "CWD ../pub\r\n", 0},
        {'S', "250 ok\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(0, steps,
                "ftp success\n"
                "ftp.reply.code=220\n"
                "ftp.reply.text=ready FTP\n"
                "ftp success\n"
                "ftp.command=USER\n"
                "ftp.argument=alice\n"
                "user.name=alice\n"
                "ftp.reply.code=331\n"
                "ftp.reply.text=pw\n"
                "ftp success\n"
                "ftp.command=PASS\n"
                "ftp.argument=******\n"
                "user.password=******\n"
                "user.name=alice\n"
                "ftp.reply.code=230\n"
                "ftp.reply.text=Hi\n"
                " there\n"
                "in\n"
                "ftp success\n"
                "ftp.command=PWD\n"
                "user.name=alice\n"
                "ftp.reply.code=257\n"
                "ftp.reply.text=\"/disk/al\"\"ice\" is it\n"
                "ftp.path=/disk/al\"ice\n"
                "ftp success\n"
                "ftp.command=CWD\n"
                "ftp.argument=../pub\n"
                "user.name=alice\n"
                "ftp.reply.code=250\n"
                "ftp.reply.text=ok\n"
                "ftp.path=/disk/pub\n");
}

/* A directory, over passive mode. */
static void listed(void **state)
{
    static const struct step steps[] = {
        {'S', "220 ready FTP\r\n", 0},
        {'C', "CWD /pub\r\n", 0},
        {'S', "250 ok\r\n", 0},
        {'C', "PASV\r\n", 0},
        {'S', "227 go (10,0,0,2,19,136)\r\n", 0},
        {'P', NULL, 5000},
        {'C', "LIST -l\r\n", 0},
        {'S', "150 here\r\n", 0},
        {'d',
         "total 2\r\n-rw-r--r--   1 root  wheel   12 Nov 22 14:02 a b\r\nlrwxrwxrwx 1 root 3 Jan  1  2024 l -> a b\r\n",
         0},
        {'F', NULL, 0},
        {'S', "226 done\r\n", 0},
        {'C', "QUIT\r\n", 0},
        {'S', "221 bye\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(0, steps,
                "ftp success\n"
                "ftp.reply.code=220\n"
                "ftp.reply.text=ready FTP\n"
                "ftp success\n"
                "ftp.command=CWD\n"
                "ftp.argument=/pub\n"
                "ftp.reply.code=250\n"
                "ftp.reply.text=ok\n"
                "ftp.path=/pub\n"
                "ftp success\n"
                "ftp.command=PASV\n"
                "ftp.reply.code=227\n"
                "ftp.reply.text=go (10,0,0,2,19,136)\n"
                "ftp.data.mode=passive\n"
                "ftp.data.ip=10.0.0.2\n"
                "ftp.data.port=5000\n"
                "ftp success\n"
                "ftp.command=LIST\n"
                "overhear.parent_conversation=1\n"
                "ftp.argument=-l\n"
                "ftp.path=/pub\n"
                "ftp.listing:\n"
                "  type=file\n"
                "  permissions=-rw-r--r--\n"
                "  owner=root\n"
                "  size=12\n"
                "  modified=Nov 22 14:02\n"
                "  name=a b\n"
                "ftp.listing:\n"
                "  type=link\n"
                "  permissions=lrwxrwxrwx\n"
                "  owner=root\n"
                "  size=3\n"
                "  modified=Jan  1  2024\n"
                "  name=l\n"
                "  target=a b\n"
                "ftp.data.bytes=102\n"
                "ftp.listing_count=2\n"
                "ftp success\n"
                "ftp.command=LIST\n"
                "ftp.argument=-l\n"
                "ftp.path=/pub\n"
                "ftp.preliminary:\n"
                "  code=150\n"
                "  text=here\n"
                "ftp.reply.code=226\n"
                "ftp.reply.text=done\n"
                "ftp success\n"
                "ftp.command=QUIT\n"
                "ftp.reply.code=221\n"
                "ftp.reply.text=bye\n");
}

/* Extended passive mode, from an offset. */
static void resumed(void **state)
{
    static const struct step steps[] = {
        {'S', "220 ready FTP\r\n", 0},
        {'C', "CWD /pub\r\n", 0},
        {'S', "250 ok\r\n", 0},
        {'C', "TYPE I\r\nEPSV\r\n", 0},
        {'S', "200 ok\r\n229 (|||5001|)\r\n", 0},
        {'C', "REST 3\r\n", 0},
        {'S', "350 ok\r\n", 0},
        {'P', NULL, 5001},
        {'C', "RETR x.txt\r\n", 0},
        {'S', "150 x (7 bytes)\r\n", 0},
        {'d', "text", 0},
        {'F', NULL, 0},
        {'S', "226 done\r\n", 0},
        {'C', "QUIT\r\n", 0},
        {'S', "221 bye\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(0, steps,
                "ftp success\n"
                "ftp.reply.code=220\n"
                "ftp.reply.text=ready FTP\n"
                "ftp success\n"
                "ftp.command=CWD\n"
                "ftp.argument=/pub\n"
                "ftp.reply.code=250\n"
                "ftp.reply.text=ok\n"
                "ftp.path=/pub\n"
                "ftp success\n"
                "ftp.command=TYPE\n"
                "ftp.argument=I\n"
                "ftp.reply.code=200\n"
                "ftp.reply.text=ok\n"
                "ftp success\n"
                "ftp.command=EPSV\n"
                "ftp.reply.code=229\n"
                "ftp.reply.text=(|||5001|)\n"
                "ftp.data.mode=passive\n"
                "ftp.data.ip=10.0.0.2\n"
                "ftp.data.port=5001\n"
                "ftp success\n"
                "ftp.command=REST\n"
                "ftp.argument=3\n"
                "ftp.reply.code=350\n"
                "ftp.reply.text=ok\n"
                "file\n"
                "overhear.source_path=/pub/x.txt\n"
                "file.name=x.txt\n"
                "file.extension=txt\n"
                "overhear.direction=download\n"
                "overhear.offset=3\n"
                "overhear.parent=ftp\n"
                "overhear.parent_conversation=1\n"
                "file.size=4\n"
                "file.mime_type=text/plain\n"
                "ftp success\n"
                "ftp.command=RETR\n"
                "ftp.argument=x.txt\n"
                "ftp.path=/pub/x.txt\n"
                "ftp.preliminary:\n"
                "  code=150\n"
                "  text=x (7 bytes)\n"
                "ftp.reply.code=226\n"
                "ftp.reply.text=done\n"
                "ftp success\n"
                "ftp.command=QUIT\n"
                "ftp.reply.code=221\n"
                "ftp.reply.text=bye\n");
}

/* The server connects; the client aborts. */
static void active_upload(void **state)
{
    static const struct step steps[] = {
        {'S', "220 ready FTP\r\n", 0},
        {'C', "PORT 10,0,0,1,19,136\r\n", 0},
        {'S', "200 ok\r\n", 0},
        {'C', "STOR up\r\n", 0},
        {'A', NULL, 5000},
        {'S', "150 go\r\n", 0},
        {'d', "one", 0},
        {'C', "\377\364\377\362ABOR\r\n", 0},
        {'R', NULL, 0},
        {'S', "426 broken\r\n226 aborted\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(0, steps,
                "ftp success\n"
                "ftp.reply.code=220\n"
                "ftp.reply.text=ready FTP\n"
                "ftp success\n"
                "ftp.command=PORT\n"
                "ftp.argument=10,0,0,1,19,136\n"
                "ftp.data.mode=active\n"
                "ftp.data.ip=10.0.0.1\n"
                "ftp.data.port=5000\n"
                "ftp.reply.code=200\n"
                "ftp.reply.text=ok\n"
                "file incomplete\n"
                "file.name=up\n"
                "overhear.direction=upload\n"
                "overhear.parent=ftp\n"
                "overhear.parent_conversation=1\n"
                "file.size=3\n"
                "file.mime_type=text/plain\n"
                "ftp failure\n"
                "ftp.command=STOR\n"
                "ftp.argument=up\n"
                "ftp.path=up\n"
                "ftp.preliminary:\n"
                "  code=150\n"
                "  text=go\n"
                "ftp.reply.code=426\n"
                "ftp.reply.text=broken\n"
                "ftp success\n"
                "ftp.command=ABOR\n"
                "ftp.reply.code=226\n"
                "ftp.reply.text=aborted\n");
}

/* Nothing travels, and that is a file too; where it was refused, it is none. */
static void empty_file(void **state)
{
    static const struct step steps[] = {
        {'S', "220 ready FTP\r\n", 0},
        {'C', "PASV\r\n", 0},
        {'S', "227 (10,0,0,2,19,136)\r\n", 0},
        {'P', NULL, 5000},
        {'C', "RETR /empty\r\n", 0},
        {'S', "150 go\r\n226 done\r\n", 0},
        {'F', NULL, 0},
        {'C', "PASV\r\n", 0},
        {'S', "227 (10,0,0,2,19,136)\r\n", 0},
        {'P', NULL, 5000},
        {'C', "RETR /none\r\n", 0},
        {'S', "550 no\r\n", 0},
        {'F', NULL, 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(0, steps,
                "ftp success\n"
                "ftp.reply.code=220\n"
                "ftp.reply.text=ready FTP\n"
                "ftp success\n"
                "ftp.command=PASV\n"
                "ftp.reply.code=227\n"
                "ftp.reply.text=(10,0,0,2,19,136)\n"
                "ftp.data.mode=passive\n"
                "ftp.data.ip=10.0.0.2\n"
                "ftp.data.port=5000\n"
                "ftp success\n"
                "ftp.command=RETR\n"
                "ftp.argument=/empty\n"
                "ftp.path=/empty\n"
                "ftp.preliminary:\n"
                "  code=150\n"
                "  text=go\n"
                "ftp.reply.code=226\n"
                "ftp.reply.text=done\n"
                "file\n"
                "overhear.source_path=/empty\n"
                "file.name=empty\n"
                "overhear.direction=download\n"
                "overhear.parent=ftp\n"
                "overhear.parent_conversation=1\n"
                "file.size=0\n"
                "ftp success\n"
                "ftp.command=PASV\n"
                "ftp.reply.code=227\n"
                "ftp.reply.text=(10,0,0,2,19,136)\n"
                "ftp.data.mode=passive\n"
                "ftp.data.ip=10.0.0.2\n"
                "ftp.data.port=5000\n"
                "ftp failure\n"
                "ftp.command=RETR\n"
                "ftp.argument=/none\n"
                "ftp.reply.code=550\n"
                "ftp.reply.text=no\n"
                "ftp.path=/none\n");
}

/* Whatever may be a password is hidden, also where it is repeated. */
static void secrets(void **state)
{
    static const struct step steps[] = {
        {'S', "220 ready FTP\r\n", 0},
        {'C', "  uSeR bob\r\n", 0},
        {'S', "331 pw\r\n", 0},
        {'C', "hunter2 x\r\n", 0},
        {'S', "500 'HUNTER2 X': what?\r\n", 0},
        {'C', "PASSS  hunter2\r\n", 0},
        {'S', "500 'PASSS hunter2' is nothing\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(0, steps,
                "ftp success\n"
                "ftp.reply.code=220\n"
                "ftp.reply.text=ready FTP\n"
                "ftp success\n"
                "ftp.command=USER\n"
                "ftp.argument=bob\n"
                "user.name=bob\n"
                "ftp.reply.code=331\n"
                "ftp.reply.text=pw\n"
                "ftp failure\n"
                "ftp.command=*********\n"
                "user.password=*********\n"
                "user.name=bob\n"
                "ftp.reply.code=500\n"
                "ftp.reply.text='*********': what?\n"
                "ftp failure\n"
                "ftp.command=PASSS\n"
                "ftp.argument=********\n"
                "user.password=********\n"
                "user.name=bob\n"
                "ftp.reply.code=500\n"
                "ftp.reply.text='PASSS *******' is nothing\n");
}

/* Joined to the command, short, and of SITE. */
static void more_secrets(void **state)
{
    static const struct step steps[] = {
        {'S', "220 ready FTP\r\n", 0},
        {'C', "PASShunter2\r\n", 0},
        {'S', "500 PASSHUNTER2?\r\n", 0},
        {'C', "pass hunter2\r\n", 0},
        {'S', "530 no\r\n", 0},
        {'C', "ACCT a\r\n", 0},
        {'S', "530 a bad (a) account\r\n", 0},
        {'C', "SITE PSWD old new\r\n", 0},
        {'S', "500 old new?\r\n", 0},
        {'C', "SITE CHMOD 644 x\r\n", 0},
        {'S', "200 ok\r\n", 0},
        {'C', "HELLO you\r\n", 0},
        {'S', "500 no\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(0, steps,
                "ftp success\n"
                "ftp.reply.code=220\n"
                "ftp.reply.text=ready FTP\n"
                "ftp failure\n"
                "ftp.command=PASS*******\n"
                "user.password=*******\n"
                "ftp.reply.code=500\n"
                "ftp.reply.text=PASS*******?\n"
                "ftp failure\n"
                "ftp.command=PASS\n"
                "ftp.argument=*******\n"
                "user.password=*******\n"
                "ftp.reply.code=530\n"
                "ftp.reply.text=no\n"
                "ftp failure\n"
                "ftp.command=ACCT\n"
                "ftp.argument=*\n"
                "user.password=*\n"
                "ftp.reply.code=530\n"
                "ftp.reply.text=********) account\n"
                "ftp failure\n"
                "ftp.command=SITE\n"
                "ftp.argument=PSWD *******\n"
                "ftp.reply.code=500\n"
                "ftp.reply.text=*******?\n"
                "ftp success\n"
                "ftp.command=SITE\n"
                "ftp.argument=CHMOD 644 x\n"
                "ftp.reply.code=200\n"
                "ftp.reply.text=ok\n"
                "ftp failure\n"
                "ftp.command=HELLO\n"
                "ftp.argument=you\n"
                "ftp.reply.code=500\n"
                "ftp.reply.text=no\n");
}

/* No credential, but hidden. */
static void anonymous(void **state)
{
    static const struct step steps[] = {
        {'S', "220 ready FTP\r\n", 0}, {'C', "USER anonymous\r\n", 0}, {'S', "331 pw\r\n", 0},
        {'C', "PASS a@b\r\n", 0},      {'S', "230 in\r\n", 0},         {0, NULL, 0},
    };
    (void)state;
    play_expect(PLAY_NOTES, steps,
                "ftp success\n"
                "ftp.reply.code=220\n"
                "ftp.reply.text=ready FTP\n"
                "ftp success\n"
                "ftp.command=USER\n"
                "ftp.argument=anonymous\n"
                "user.name=anonymous\n"
                "<ftp.anonymous>\n"
                "ftp.reply.code=331\n"
                "ftp.reply.text=pw\n"
                "ftp success\n"
                "ftp.command=PASS\n"
                "ftp.argument=***\n"
                "user.password=***\n"
                "<ftp.anonymous_password>\n"
                "user.name=anonymous\n"
                "ftp.reply.code=230\n"
                "ftp.reply.text=in\n");
}

/* PORT to another host, and private addresses behind NAT. */
static void third_party(void **state)
{
    static const struct step steps[] = {
        {'S', "220 ready FTP\r\n", 0},
        {'C', "PORT 10,0,0,9,0,80\r\n", 0},
        {'S', "500 no\r\n", 0},
        {'C', "PORT 9,9,9,9,200,1\r\n", 0},
        {'S', "200 ok\r\n", 0},
        {'C', "PORT x\r\n", 0},
        {'S', "501 what\r\n", 0},
        {'C', "PASV\r\n", 0},
        {'S', "227 (0,0,0,0,19,136)\r\n", 0},
        {'C', "PASV\r\n", 0},
        {'S', "227 x\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(PLAY_NOTES, steps,
                "ftp success\n"
                "ftp.reply.code=220\n"
                "ftp.reply.text=ready FTP\n"
                "anomaly\n"
                "overhear.anomaly.name=ftp.third_party\n"
                "overhear.anomaly.detail=port 80 of a host that is neither the client nor the server\n"
                "ftp failure\n"
                "ftp.command=PORT\n"
                "ftp.argument=10,0,0,9,0,80\n"
                "ftp.data.mode=active\n"
                "ftp.data.ip=10.0.0.9\n"
                "ftp.data.port=80\n"
                "<ftp.active>\n"
                "<ftp.third_party>\n"
                "<ftp.low_port>\n"
                "ftp.reply.code=500\n"
                "ftp.reply.text=no\n"
                "ftp success\n"
                "ftp.command=PORT\n"
                "ftp.argument=9,9,9,9,200,1\n"
                "ftp.data.mode=active\n"
                "ftp.data.ip=9.9.9.9\n"
                "ftp.data.port=51201\n"
                "<ftp.active>\n"
                "<ftp.outside_address>\n"
                "ftp.reply.code=200\n"
                "ftp.reply.text=ok\n"
                "anomaly\n"
                "overhear.anomaly.name=ftp.bad_address\n"
                "overhear.anomaly.detail=1 bytes in which no address and port can be read\n"
                "ftp failure\n"
                "ftp.command=PORT\n"
                "ftp.argument=x\n"
                "ftp.reply.code=501\n"
                "ftp.reply.text=what\n"
                "ftp success\n"
                "ftp.command=PASV\n"
                "ftp.reply.code=227\n"
                "ftp.reply.text=(0,0,0,0,19,136)\n"
                "ftp.data.mode=passive\n"
                "ftp.data.ip=0.0.0.0\n"
                "ftp.data.port=5000\n"
                "<ftp.passive>\n"
                "<ftp.no_address>\n"
                "anomaly\n"
                "overhear.anomaly.name=ftp.bad_address\n"
                "overhear.anomaly.detail=1 bytes in which no address and port can be read\n"
                "ftp success\n"
                "ftp.command=PASV\n"
                "ftp.reply.code=227\n"
                "ftp.reply.text=x\n");
}

/* Neither end of the data connection is the client. */
static void between_servers(void **state)
{
    static const struct step steps[] = {
        {'S', "220 ready FTP\r\n", 0},
        {'C', "PASV\r\n", 0},
        {'S', "227 (10,0,0,2,19,136)\r\n", 0},
        {'C', "TYPE I\r\n", 0},
        {'S', "200 ok\r\n", 0},
        {'C', "STOR f\r\n", 0},
        {'X', NULL, 5000},
        {'S', "150 ok\r\n", 0},
        {'D', "abc", 0},
        {'F', NULL, 0},
        {'S', "226 ok\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(PLAY_NOTES, steps,
                "ftp success\n"
                "ftp.reply.code=220\n"
                "ftp.reply.text=ready FTP\n"
                "ftp success\n"
                "ftp.command=PASV\n"
                "ftp.reply.code=227\n"
                "ftp.reply.text=(10,0,0,2,19,136)\n"
                "ftp.data.mode=passive\n"
                "ftp.data.ip=10.0.0.2\n"
                "ftp.data.port=5000\n"
                "<ftp.passive>\n"
                "ftp success\n"
                "ftp.command=TYPE\n"
                "ftp.argument=I\n"
                "<ftp.type_image>\n"
                "ftp.reply.code=200\n"
                "ftp.reply.text=ok\n"
                "file\n"
                "file.name=f\n"
                "overhear.direction=upload\n"
                "overhear.parent=ftp\n"
                "overhear.parent_conversation=1\n"
                "file.size=3\n"
                "file.mime_type=text/plain\n"
                "ftp success\n"
                "ftp.command=STOR\n"
                "ftp.argument=f\n"
                "ftp.path=f\n"
                "ftp.preliminary:\n"
                "  code=150\n"
                "  text=ok\n"
                "ftp.reply.code=226\n"
                "ftp.reply.text=ok\n"
                "<ftp.server_to_server>\n");
}

/* The address of the server is expected beside the one that it named. */
static void nat(void **state)
{
    static const struct step steps[] = {
        {'S', "220 ready FTP\r\n", 0},
        {'C', "PASV\r\n", 0},
        {'S', "227 (192,168,1,1,19,136)\r\n", 0},
        {'C', "RETR f\r\n", 0},
        {'P', NULL, 5000},
        {'S', "150 ok\r\n", 0},
        {'d', "abc", 0},
        {'F', NULL, 0},
        {'S', "226 ok\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(0, steps,
                "ftp success\n"
                "ftp.reply.code=220\n"
                "ftp.reply.text=ready FTP\n"
                "ftp success\n"
                "ftp.command=PASV\n"
                "ftp.reply.code=227\n"
                "ftp.reply.text=(192,168,1,1,19,136)\n"
                "ftp.data.mode=passive\n"
                "ftp.data.ip=192.168.1.1\n"
                "ftp.data.port=5000\n"
                "file\n"
                "file.name=f\n"
                "overhear.direction=download\n"
                "overhear.parent=ftp\n"
                "overhear.parent_conversation=1\n"
                "file.size=3\n"
                "file.mime_type=text/plain\n"
                "ftp success\n"
                "ftp.command=RETR\n"
                "ftp.argument=f\n"
                "ftp.path=f\n"
                "ftp.preliminary:\n"
                "  code=150\n"
                "  text=ok\n"
                "ftp.reply.code=226\n"
                "ftp.reply.text=ok\n");
}

/* The client speaks first; 120 and 220 greet nobody in particular. */
static void greeting_late(void **state)
{
    static const struct step steps[] = {
        {'C', "USER a\r\nSYST\r\n", 0},
        {'S', "120 wait\r\n220 ready FTP\r\n230 in\r\n215 x\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(0, steps,
                "ftp success\n"
                "user.name=a\n"
                "ftp.preliminary:\n"
                "  code=120\n"
                "  text=wait\n"
                "ftp.reply.code=220\n"
                "ftp.reply.text=ready FTP\n"
                "ftp success\n"
                "ftp.command=USER\n"
                "ftp.argument=a\n"
                "user.name=a\n"
                "ftp.reply.code=230\n"
                "ftp.reply.text=in\n"
                "ftp success\n"
                "ftp.command=SYST\n"
                "user.name=a\n"
                "ftp.reply.code=215\n"
                "ftp.reply.text=x\n");
}

/* STAT is answered before the transfer is over, NOOP after it. */
static void during_a_transfer(void **state)
{
    static const struct step steps[] = {
        {'S', "220 ready FTP\r\n", 0},
        {'C', "RETR a\r\n", 0},
        {'S', "150 go\r\n", 0},
        {'C', "STAT\r\nNOOP\r\n", 0},
        {'S', "211 half of it\r\n226 done\r\n200 ok\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(0, steps,
                "ftp success\n"
                "ftp.reply.code=220\n"
                "ftp.reply.text=ready FTP\n"
                "ftp success\n"
                "ftp.command=STAT\n"
                "ftp.reply.code=211\n"
                "ftp.reply.text=half of it\n"
                "ftp success\n"
                "ftp.command=RETR\n"
                "ftp.argument=a\n"
                "ftp.path=a\n"
                "ftp.preliminary:\n"
                "  code=150\n"
                "  text=go\n"
                "ftp.reply.code=226\n"
                "ftp.reply.text=done\n"
                "ftp success\n"
                "ftp.command=NOOP\n"
                "ftp.reply.code=200\n"
                "ftp.reply.text=ok\n");
}

/* The reply to CWD is another one's, perhaps: where the client is, is not known before the server says it. */
static void a_gap_around_a_change_of_directory(void **state)
{
    static const struct step steps[] = {
        {'S', "220 ready FTP\r\n", 0},
        {'C', "NOOP\r\n", 0},
        {'S', "200 o", 0},
        {'s', NULL, 5},
        {'C', "CWD /\r\n", 0},
        {'S', "0 CWD command successful\r\n", 0},
        {'C', "CWD in\r\n", 0},
        {'S', "250 CWD command successful\r\n", 0},
        {'C', "SIZE b\r\n", 0},
        {'S', "213 6\r\n", 0},
        {'C', "PWD\r\n", 0},
        {'S', "257 \"/in\"\r\n", 0},
        {'C', "SIZE b\r\n", 0},
        {'S', "213 6\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(0, steps,
                "ftp success\n"
                "ftp.reply.code=220\n"
                "ftp.reply.text=ready FTP\n"
                "ftp success incomplete\n"
                "ftp.command=NOOP\n"
                "ftp.reply.code=200\n"
                "ftp.reply.text=o\n"
                "ftp success incomplete\n"
                "ftp.command=CWD\n"
                "ftp.argument=/\n"
                "ftp.reply.code=250\n"
                "ftp.reply.text=CWD command successful\n"
                "ftp.path=/\n"
                "ftp unknown incomplete\n"
                "ftp.command=CWD\n"
                "ftp.argument=in\n"
                "ftp success incomplete\n"
                "ftp.command=SIZE\n"
                "ftp.argument=b\n"
                "ftp.reply.code=213\n"
                "ftp.reply.text=6\n"
                "ftp success\n"
                "ftp.command=PWD\n"
                "ftp.reply.code=257\n"
                "ftp.reply.text=\"/in\"\n"
                "ftp.path=/in\n"
                "ftp success\n"
                "ftp.command=SIZE\n"
                "ftp.argument=b\n"
                "ftp.reply.code=213\n"
                "ftp.reply.text=6\n"
                "ftp.path=/in/b\n");
}

/* A gap in replies, and one in a password. */
static void gaps(void **state)
{
    static const struct step steps[] = {
        {'S', "220 ready FTP\r\n", 0},
        {'C', "USER a\r\n", 0},
        {'s', NULL, 10},
        {'S', "230 lost half\r\n", 0},
        {'C', "SYST\r\n", 0},
        {'s', NULL, 20},
        {'S', "rest of it\r\n", 0},
        {'C', "PWD\r\n", 0},
        {'S', "257 \"/\"\r\n", 0},
        {'C', "PASS hun", 0},
        {'c', NULL, 4},
        {'C', "rest\r\nNOOP\r\n", 0},
        {'S', "230 in\r\n200 ok\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(0, steps,
                "ftp success\n"
                "ftp.reply.code=220\n"
                "ftp.reply.text=ready FTP\n"
                "ftp success incomplete\n"
                "ftp.command=USER\n"
                "ftp.argument=a\n"
                "user.name=a\n"
                "ftp.reply.code=230\n"
                "ftp.reply.text=lost half\n"
                "ftp unknown incomplete\n"
                "ftp.command=SYST\n"
                "user.name=a\n"
                "ftp success incomplete\n"
                "ftp.command=PWD\n"
                "user.name=a\n"
                "ftp.reply.code=257\n"
                "ftp.reply.text=\"/\"\n"
                "ftp.path=/\n"
                "ftp success incomplete\n"
                "ftp.command=PASS\n"
                "ftp.argument=***\n"
                "user.password=***\n"
                "user.name=a\n"
                "ftp.reply.code=230\n"
                "ftp.reply.text=in\n"
                "ftp success incomplete\n"
                "ftp.command=NOOP\n"
                "user.name=a\n"
                "ftp.reply.code=200\n"
                "ftp.reply.text=ok\n");
}

/* The end of a line is hidden where the beginning may have been PASS. */
static void midstream(void **state)
{
    static const struct step steps[] = {
        {'C', "ter2\r\n", 0},           {'S', "230 in\r\n", 0}, {'C', "RETR f\r\n", 0},
        {'S', "150 x\r\n226 y\r\n", 0}, {0, NULL, 0},
    };
    (void)state;
    play_expect(PLAY_MIDSTREAM, steps,
                "ftp success\n"
                "ftp.command=****\n"
                "user.password=****\n"
                "ftp.reply.code=230\n"
                "ftp.reply.text=in\n"
                "ftp success\n"
                "ftp.command=RETR\n"
                "ftp.argument=f\n"
                "ftp.path=f\n"
                "ftp.preliminary:\n"
                "  code=150\n"
                "  text=x\n"
                "ftp.reply.code=226\n"
                "ftp.reply.text=y\n");
}

/* One side only. */
static void replies_alone(void **state)
{
    static const struct step steps[] = {
        {'S', "331 pw\r\n230 in\r\n227 (10,0,0,2,19,136)\r\n150 go\r\n226 done\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(PLAY_MIDSTREAM, steps,
                "ftp success\n"
                "ftp.reply.code=331\n"
                "ftp.reply.text=pw\n"
                "ftp success\n"
                "ftp.reply.code=230\n"
                "ftp.reply.text=in\n"
                "ftp success\n"
                "ftp.reply.code=227\n"
                "ftp.reply.text=(10,0,0,2,19,136)\n"
                "ftp.data.mode=passive\n"
                "ftp.data.ip=10.0.0.2\n"
                "ftp.data.port=5000\n"
                "ftp success\n"
                "ftp.preliminary:\n"
                "  code=150\n"
                "  text=go\n"
                "ftp.reply.code=226\n"
                "ftp.reply.text=done\n");
}

/* What FEAT lists. */
static void features(void **state)
{
    static const struct step steps[] = {
        {'S', "220 ready FTP\r\n", 0},
        {'C', "FEAT\r\n", 0},
        {'S', "211-Features:\r\n MDTM\r\n REST STREAM\r\n AUTH TLS;SSL \r\n211 End\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(0, steps,
                "ftp success\n"
                "ftp.reply.code=220\n"
                "ftp.reply.text=ready FTP\n"
                "ftp success\n"
                "ftp.command=FEAT\n"
                "ftp.reply.code=211\n"
                "ftp.reply.text=Features:\n"
                " MDTM\n"
                " REST STREAM\n"
                " AUTH TLS;SSL \n"
                "End\n"
                "ftp.features:\n"
                "  name=MDTM\n"
                "ftp.features:\n"
                "  name=REST\n"
                "  parameters=STREAM\n"
                "ftp.features:\n"
                "  name=AUTH\n"
                "  parameters=TLS;SSL\n");
}

/* Without a code, with an impossible one, with one that is not listed. */
static void odd_replies(void **state)
{
    static const struct step steps[] = {
        {'S', "220 ready FTP\r\n", 0},        {'C', "NOOP\r\n", 0},     {'S', "99 no\r\n", 0},  {'C', "NOOP\r\n", 0},
        {'S', "\r\nhello\r\n299 yes\r\n", 0}, {'C', "\r\nNOOP\r\n", 0}, {'S', "999 no\r\n", 0}, {0, NULL, 0},
    };
    (void)state;
    play_expect(PLAY_NOTES, steps,
                "ftp success\n"
                "ftp.reply.code=220\n"
                "ftp.reply.text=ready FTP\n"
                "anomaly\n"
                "overhear.anomaly.name=ftp.bad_reply\n"
                "overhear.anomaly.detail=a reply of 5 bytes without a valid code\n"
                "ftp unknown\n"
                "ftp.command=NOOP\n"
                "ftp.reply.text=99 no\n"
                "anomaly\n"
                "overhear.anomaly.name=ftp.bad_reply\n"
                "overhear.anomaly.detail=a reply of 5 bytes without a valid code\n"
                "ftp unknown\n"
                "ftp.reply.text=hello\n"
                "ftp success\n"
                "ftp.command=NOOP\n"
                "ftp.reply.code=299\n"
                "<ftp.code_2>\n"
                "ftp.reply.text=yes\n"
                "anomaly\n"
                "overhear.anomaly.name=ftp.bad_reply\n"
                "overhear.anomaly.detail=a reply of 8 bytes without a valid code\n"
                "ftp unknown\n"
                "ftp.command=NOOP\n"
                "ftp.reply.code=999\n"
                "ftp.reply.text=no\n");
}

/* Facts; a gap takes the line it is in. */
static void listing_mlsd(void **state)
{
    static const struct step steps[] = {
        {'S', "220 ready FTP\r\n", 0},
        {'C', "PASV\r\n", 0},
        {'S', "227 (10,0,0,2,19,136)\r\n", 0},
        {'C', "MLSD /d\r\n", 0},
        {'P', NULL, 5000},
        {'S', "150 x\r\n", 0},
        {'d', "Type=cdir;Perm=el; .\r\ntype=file;size=12;modify=20261122140205;UNIX.mode=0644; a b\r\nty", 0},
        {'g', NULL, 5},
        {'d', "; lost\r\n c\r\nnonsense\r\n", 0},
        {'F', NULL, 0},
        {'S', "226 x\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(0, steps,
                "ftp success\n"
                "ftp.reply.code=220\n"
                "ftp.reply.text=ready FTP\n"
                "ftp success\n"
                "ftp.command=PASV\n"
                "ftp.reply.code=227\n"
                "ftp.reply.text=(10,0,0,2,19,136)\n"
                "ftp.data.mode=passive\n"
                "ftp.data.ip=10.0.0.2\n"
                "ftp.data.port=5000\n"
                "ftp unknown incomplete\n"
                "ftp.command=MLSD\n"
                "overhear.parent_conversation=1\n"
                "ftp.argument=/d\n"
                "ftp.path=/d\n"
                "ftp.listing:\n"
                "  type=directory\n"
                "  permissions=el\n"
                "  name=.\n"
                "ftp.listing:\n"
                "  type=file\n"
                "  permissions=0644\n"
                "  size=12\n"
                "  modified=2026-11-22T14:02:05Z\n"
                "  name=a b\n"
                "ftp.listing:\n"
                "  name=c\n"
                "ftp.listing:\n"
                "  text=nonsense\n"
                "ftp.data.bytes=112\n"
                "ftp.listing_count=4\n"
                "ftp success\n"
                "ftp.command=MLSD\n"
                "ftp.argument=/d\n"
                "ftp.path=/d\n"
                "ftp.preliminary:\n"
                "  code=150\n"
                "  text=x\n"
                "ftp.reply.code=226\n"
                "ftp.reply.text=x\n");
}

/* The capture has the bytes before the command that ordered them. */
static void data_first(void **state)
{
    static const struct step steps[] = {
        {'S', "220 ready FTP\r\n", 0},
        {'C', "PASV\r\n", 0},
        {'S', "227 (10,0,0,2,19,136)\r\n", 0},
        {'P', NULL, 5000},
        {'d', "one\r\n", 0},
        {'C', "NLST\r\n", 0},
        {'d', "two\r\n", 0},
        {'F', NULL, 0},
        {'S', "150 x\r\n226 x\r\n", 0},
        {'C', "PASV\r\n", 0},
        {'S', "227 (10,0,0,2,19,137)\r\n", 0},
        {'P', NULL, 5001},
        {'d', "orphan", 0},
        {'F', NULL, 0},
        {'C', "RETR late\r\n", 0},
        {'S', "150 x\r\n226 x\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(0, steps,
                "ftp success\n"
                "ftp.reply.code=220\n"
                "ftp.reply.text=ready FTP\n"
                "ftp success\n"
                "ftp.command=PASV\n"
                "ftp.reply.code=227\n"
                "ftp.reply.text=(10,0,0,2,19,136)\n"
                "ftp.data.mode=passive\n"
                "ftp.data.ip=10.0.0.2\n"
                "ftp.data.port=5000\n"
                "ftp success\n"
                "ftp.command=NLST\n"
                "overhear.parent_conversation=1\n"
                "ftp.listing:\n"
                "  name=one\n"
                "ftp.listing:\n"
                "  name=two\n"
                "ftp.data.bytes=10\n"
                "ftp.listing_count=2\n"
                "ftp success\n"
                "ftp.command=NLST\n"
                "ftp.preliminary:\n"
                "  code=150\n"
                "  text=x\n"
                "ftp.reply.code=226\n"
                "ftp.reply.text=x\n"
                "ftp success\n"
                "ftp.command=PASV\n"
                "ftp.reply.code=227\n"
                "ftp.reply.text=(10,0,0,2,19,137)\n"
                "ftp.data.mode=passive\n"
                "ftp.data.ip=10.0.0.2\n"
                "ftp.data.port=5001\n"
                "file incomplete\n"
                "overhear.direction=download\n"
                "overhear.parent=ftp\n"
                "overhear.parent_conversation=1\n"
                "file.size=6\n"
                "file.mime_type=text/plain\n"
                "ftp success\n"
                "ftp.command=RETR\n"
                "ftp.argument=late\n"
                "ftp.path=late\n"
                "ftp.preliminary:\n"
                "  code=150\n"
                "  text=x\n"
                "ftp.reply.code=226\n"
                "ftp.reply.text=x\n");
}

/* The client waits for nothing: each transfer belongs to the PASV before it. */
/* What it is was never said: the file began when its bytes were seen. */
static void data_alone(void **state)
{
    static const struct step steps[] = {
        {'S', "220 ready\r\n", 0},
        {'C', "PASV\r\n", 0},
        {'S', "227 (10,0,0,2,4,0)\r\n", 0},
        {'P', NULL, 1024},
        {'d', "hello", 0},
        {'S', "200 idle\r\n", 0},
        {'F', NULL, 0},
        {0, NULL, 0},
    };
    struct play play = {0};
    (void)state;
    assert_non_null(strstr(play_steps(&play, steps, SIZE_MAX), "file incomplete\n"));
    assert_int_equal(play.file_frame, 4);
}

static void pipelined(void **state)
{
    static const struct step steps[] = {
        {'S', "220 ready FTP\r\n", 0},
        {'C', "CWD /d\r\nPASV\r\nRETR a\r\nPASV\r\nREST 5\r\nSTOR b\r\n", 0},
        {'S', "250 ok\r\n227 (10,0,0,2,19,136)\r\n", 0},
        {'P', NULL, 5000},
        {'S', "150 x\r\n", 0},
        {'d', "a", 0},
        {'F', NULL, 0},
        {'S', "226 x\r\n227 (10,0,0,2,19,137)\r\n350 x\r\n", 0},
        {'P', NULL, 5001},
        {'D', "bb", 0},
        {'F', NULL, 0},
        {'S', "226 x\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(0, steps,
                "ftp success\n"
                "ftp.reply.code=220\n"
                "ftp.reply.text=ready FTP\n"
                "ftp success\n"
                "ftp.command=CWD\n"
                "ftp.argument=/d\n"
                "ftp.reply.code=250\n"
                "ftp.reply.text=ok\n"
                "ftp.path=/d\n"
                "ftp success\n"
                "ftp.command=PASV\n"
                "ftp.reply.code=227\n"
                "ftp.reply.text=(10,0,0,2,19,136)\n"
                "ftp.data.mode=passive\n"
                "ftp.data.ip=10.0.0.2\n"
                "ftp.data.port=5000\n"
                "file\n"
                "overhear.source_path=/d/a\n"
                "file.name=a\n"
                "overhear.direction=download\n"
                "overhear.parent=ftp\n"
                "overhear.parent_conversation=1\n"
                "file.size=1\n"
                "file.mime_type=text/plain\n"
                "ftp success\n"
                "ftp.command=RETR\n"
                "ftp.argument=a\n"
                "ftp.path=/d/a\n"
                "ftp.preliminary:\n"
                "  code=150\n"
                "  text=x\n"
                "ftp.reply.code=226\n"
                "ftp.reply.text=x\n"
                "ftp success\n"
                "ftp.command=PASV\n"
                "ftp.reply.code=227\n"
                "ftp.reply.text=(10,0,0,2,19,137)\n"
                "ftp.data.mode=passive\n"
                "ftp.data.ip=10.0.0.2\n"
                "ftp.data.port=5001\n"
                "ftp success\n"
                "ftp.command=REST\n"
                "ftp.argument=5\n"
                "ftp.reply.code=350\n"
                "ftp.reply.text=x\n"
                "file\n"
                "overhear.source_path=/d/b\n"
                "file.name=b\n"
                "overhear.direction=upload\n"
                "overhear.offset=5\n"
                "overhear.parent=ftp\n"
                "overhear.parent_conversation=1\n"
                "file.size=2\n"
                "file.mime_type=text/plain\n"
                "ftp success\n"
                "ftp.command=STOR\n"
                "ftp.argument=b\n"
                "ftp.reply.code=226\n"
                "ftp.reply.text=x\n"
                "ftp.path=/d/b\n");
}

/* Logged out and in again. */
/* After CCC the control connection is readable, and that PROT P was said is forgotten; the file begins like a hello
 * too, as far as it goes. */
static void sealed(void **state)
{
    static const struct step steps[] = {
        {'S', "220 ready FTP\r\n", 0},
        {'C', "PASV\r\n", 0},
        {'S', "227 (10,0,0,2,19,136)\r\n", 0},
        {'P', NULL, 5000},
        {'C', "RETR a\r\n", 0},
        {'S', "150 go\r\n", 0},
        {'D', "\x16\x03\x01\0\x2d\x01\0\0\x29", 9},
        {'d', "\x16\x03\x03\0\x2d\x02\0\0\x29", 9},
        {'F', NULL, 0},
        {'S', "226 done\r\n", 0},
        {'C', "PASV\r\n", 0},
        {'S', "227 (10,0,0,2,19,136)\r\n", 0},
        {'P', NULL, 5000},
        {'C', "RETR b\r\n", 0},
        {'S', "150 go\r\n", 0},
        {'d', "\x16\x03\x01\0\x2d\x01", 6},
        {'F', NULL, 0},
        {'S', "226 done\r\n", 0},
        {0, NULL, 0},
    };
    (void)state;
    play_expect(0, steps,
                "ftp success\n"
                "ftp.reply.code=220\n"
                "ftp.reply.text=ready FTP\n"
                "ftp success\n"
                "ftp.command=PASV\n"
                "ftp.reply.code=227\n"
                "ftp.reply.text=(10,0,0,2,19,136)\n"
                "ftp.data.mode=passive\n"
                "ftp.data.ip=10.0.0.2\n"
                "ftp.data.port=5000\n"
                "tls unknown incomplete\n"
                "ftp success\n"
                "ftp.command=RETR\n"
                "ftp.argument=a\n"
                "ftp.path=a\n"
                "ftp.preliminary:\n"
                "  code=150\n"
                "  text=go\n"
                "ftp.reply.code=226\n"
                "ftp.reply.text=done\n"
                "ftp success\n"
                "ftp.command=PASV\n"
                "ftp.reply.code=227\n"
                "ftp.reply.text=(10,0,0,2,19,136)\n"
                "ftp.data.mode=passive\n"
                "ftp.data.ip=10.0.0.2\n"
                "ftp.data.port=5000\n"
                "file\n"
                "file.name=b\n"
                "overhear.direction=download\n"
                "overhear.parent=ftp\n"
                "overhear.parent_conversation=1\n"
                "file.size=6\n"
                "file.mime_type=application/octet-stream\n"
                "ftp success\n"
                "ftp.command=RETR\n"
                "ftp.argument=b\n"
                "ftp.path=b\n"
                "ftp.preliminary:\n"
                "  code=150\n"
                "  text=go\n"
                "ftp.reply.code=226\n"
                "ftp.reply.text=done\n");
}

static void rein(void **state)
{
    static const struct step steps[] = {
        {'S', "220 ready FTP\r\n", 0}, {'C', "USER a\r\n", 0}, {'S', "230 in\r\n", 0},    {'C', "CWD /x\r\n", 0},
        {'S', "250 ok\r\n", 0},        {'C', "REIN\r\n", 0},   {'S', "220 again\r\n", 0}, {'C', "DELE f\r\n", 0},
        {'S', "530 no\r\n", 0},        {0, NULL, 0},
    };
    (void)state;
    play_expect(0, steps,
                "ftp success\n"
                "ftp.reply.code=220\n"
                "ftp.reply.text=ready FTP\n"
                "ftp success\n"
                "ftp.command=USER\n"
                "ftp.argument=a\n"
                "user.name=a\n"
                "ftp.reply.code=230\n"
                "ftp.reply.text=in\n"
                "ftp success\n"
                "ftp.command=CWD\n"
                "ftp.argument=/x\n"
                "user.name=a\n"
                "ftp.reply.code=250\n"
                "ftp.reply.text=ok\n"
                "ftp.path=/x\n"
                "ftp success\n"
                "ftp.command=REIN\n"
                "user.name=a\n"
                "ftp.reply.code=220\n"
                "ftp.reply.text=again\n"
                "ftp failure\n"
                "ftp.command=DELE\n"
                "ftp.argument=f\n"
                "ftp.reply.code=530\n"
                "ftp.reply.text=no\n"
                "ftp.path=f\n");
}

/* The answer to AUTH is lost: the hello tells that TLS begins. */
static void sealed_behind_a_gap(void **state)
{
    static const struct step steps[] = {
        {'S', "220 ready FTP\r\n", 0},
        {'C', "AUTH TLS\r\n", 0},
        {'s', NULL, 20},
        {'C', "\x16\x03\x01\0\x2d\x01\0\0\x29\r\nNOOP\r\n", 17},
        {0, NULL, 0},
    };
    static const struct step broken[] = {
        {'S', "220 ready FTP\r\n", 0}, {'c', NULL, 20}, {'C', "\xeaS \x8a", 0}, {'c', NULL, 20}, {0, NULL, 0},
    };
    (void)state;
    play_expect(0, steps,
                "ftp success\n"
                "ftp.reply.code=220\n"
                "ftp.reply.text=ready FTP\n"
                "ftp unknown incomplete\n"
                "ftp.command=AUTH\n"
                "ftp.argument=TLS\n");
    play_expect(0, broken,
                "ftp success\n"
                "ftp.reply.code=220\n"
                "ftp.reply.text=ready FTP\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hand_typed),
        cmocka_unit_test(listed),
        cmocka_unit_test(resumed),
        cmocka_unit_test(active_upload),
        cmocka_unit_test(empty_file),
        cmocka_unit_test(secrets),
        cmocka_unit_test(more_secrets),
        cmocka_unit_test(anonymous),
        cmocka_unit_test(third_party),
        cmocka_unit_test(between_servers),
        cmocka_unit_test(nat),
        cmocka_unit_test(greeting_late),
        cmocka_unit_test(during_a_transfer),
        cmocka_unit_test(gaps),
        cmocka_unit_test(a_gap_around_a_change_of_directory),
        cmocka_unit_test(midstream),
        cmocka_unit_test(replies_alone),
        cmocka_unit_test(features),
        cmocka_unit_test(odd_replies),
        cmocka_unit_test(listing_mlsd),
        cmocka_unit_test(data_first),
        cmocka_unit_test(data_alone),
        cmocka_unit_test(pipelined),
        cmocka_unit_test(sealed),
        cmocka_unit_test(rein),
        cmocka_unit_test(sealed_behind_a_gap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
