/* SPDX-License-Identifier: BSD-3-Clause
 *
 * --follow, told by hand what the engine's tap tells: one conversation as text and raw. Files: follow_files_test.c.
 */
#include "follow_play.h"

static void a_dialogue(void **state)
{
    (void)state;
    begin(&(struct follow_options){.mode = FOLLOW_ONE, .conversation = 3});
    say(&other, SIDE_CLIENT, "not this one\n");
    say(&talk, SIDE_SERVER, "220 hello\r\n");
    say(&talk, SIDE_CLIENT, "HELO x\r\nQUIT\r\n");
    say(&talk, SIDE_SERVER, "250 fine\n\n221 bye\n");
    say(&other, SIDE_SERVER, "nor that\n");
    finish(&talk, END_FIN);
    say(&talk, SIDE_SERVER, "after the end\n");
    expect("conversation 3: client 10.0.0.2:41234, server 192.0.2.1:80, tcp\n"
           "◂ 220 hello\n"
           "▸ HELO x\n"
           "▸ QUIT\n"
           "◂ 250 fine\n"
           "◂ \n"
           "◂ 221 bye\n"
           "conversation 3: closed; 14 bytes from the client, 29 from the server\n");
    assert_true(follow_is_over(w.follow));
    assert_int_equal(follow_conversations(w.follow), 1);
    assert_false(follow_complaint(w.follow, 7, w.complaint));
    end();
}

static void lines_that_are_broken_off(void **state)
{
    (void)state;
    begin(&(struct follow_options){.mode = FOLLOW_ONE, .conversation = 3});
    say(&talk, SIDE_SERVER, "login: ");
    say(&talk, SIDE_CLIENT, "ro");
    say(&talk, SIDE_CLIENT, "ot\n");
    say(&talk, SIDE_SERVER, "");
    say(&talk, SIDE_SERVER, "welcome\npass");
    say(&talk, SIDE_CLIENT, "A");
    say(&talk, SIDE_SERVER, "w");
    say(&talk, SIDE_CLIENT, "B\n");
    finish(&talk, END_RST);
    expect(HEADER "◂ login: \n"
                  "▸ root\n"
                  "◂…welcome\n"
                  "◂ pass\n"
                  "▸ A\n"
                  "◂…w\n"
                  "▸…B\n"
                  "conversation 3: reset; 8 bytes from the client, 20 from the server\n");
    end();
}

static void ends_of_lines(void **state)
{
    (void)state;
    begin(&(struct follow_options){.mode = FOLLOW_ONE, .conversation = 3});
    say(&talk, SIDE_CLIENT, "a\r");
    say(&talk, SIDE_CLIENT, "\nb\rc\r\r\n");
    say(&talk, SIDE_CLIENT, "d\r");
    say(&talk, SIDE_CLIENT, "e\r");
    say(&talk, SIDE_SERVER, "x\n");
    say(&talk, SIDE_CLIENT, "\nf\r");
    lose(&talk, SIDE_CLIENT, 1460);
    lose(&talk, SIDE_SERVER, 1);
    say(&talk, SIDE_CLIENT, "g");
    finish(&talk, END_TIMEOUT);
    expect(HEADER "▸ a\n"
                  "▸ b\\x0dc\\x0d\n"
                  "▸ d\\x0de\n"
                  "◂ x\n"
                  "▸…\n"
                  "▸ f\\x0d\n"
                  "▸! [1460 bytes lost]\n"
                  "◂! [1 byte lost]\n"
                  "▸ g\n"
                  "conversation 3: silent for too long; 17 bytes from the client, 2 from the server, 1461 lost\n");
    end();
}

/* Only our own function makes text of bytes; a character may be cut between two segments. */
static void characters(void **state)
{
    (void)state;
    begin(&(struct follow_options){.mode = FOLLOW_ONE, .conversation = 3});
    say(&talk, SIDE_CLIENT, "tab\there, \x1b[31mno colour, \\x41 as it came\n");
    say(&talk, SIDE_CLIENT, "Gr\xc3");
    say(&talk, SIDE_CLIENT, "\xbc\xc3\x9f");
    say(&talk, SIDE_CLIENT, "e \xe2");
    say(&talk, SIDE_CLIENT, "\x82");
    say(&talk, SIDE_CLIENT, "\xac \xf0\x9f");
    say(&talk, SIDE_CLIENT, "\x8c");
    say(&talk, SIDE_SERVER, "!\n");
    say(&talk, SIDE_CLIENT, "\x8a \xe2\x82");
    say(&talk, SIDE_CLIENT, "? long enough to stay text \xc3");
    lose(&talk, SIDE_CLIENT, 5);
    say(&talk, SIDE_CLIENT, "\xbc the end \xe2\x80\xae turned\n");
    finish(&talk, END_EVICTED);
    expect(HEADER
           "▸ tab\there, \\x1b[31mno colour, \\x5cx41 as it came\n"
           "▸ Grüße € \n"
           "◂ !\n"
           "▸…🌊 \\xe2\\x82? long enough to stay text \\xc3\n"
           "▸! [5 bytes lost]\n"
           "▸ \\xbc the end \\xe2\\x80\\xae turned\n"
           "conversation 3: given up, memory was needed; 110 bytes from the client, 2 from the server, 5 lost\n");
    end();
}

static void what_is_no_text(void **state)
{
    (void)state;
    static const char packed[] = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03 text in it\n\xff\xfe\n\nmore\n"
                                 "then a line that is text\nand\n";
    begin(&(struct follow_options){.mode = FOLLOW_ONE, .conversation = 3});
    say(&talk, SIDE_SERVER, "HTTP/1.1 200 OK\r\n\r\n");
    say_bytes(&talk, SIDE_SERVER, packed, sizeof packed - 1);
    say_bytes(&talk, SIDE_SERVER, "half a line \x00\x01\x02\x03\x04\x05\x06\x07", 20);
    say_bytes(&talk, SIDE_SERVER, "\x80\x81", 2);
    say(&talk, SIDE_CLIENT, "ok");
    say(&talk, SIDE_SERVER, "yes\n");
    finish(&talk, END_CAPTURE);
    expect(HEADER "◂ HTTP/1.1 200 OK\n"
                  "◂ \n"
                  "◂:000013  1f 8b 08 00 00 00 00 00  00 03 20 74 65 78 74 20  |.......... text |\n"
                  "◂:000023  69 6e 20 69 74 0a ff fe  0a 0a 6d 6f 72 65 0a     |in it.....more.|\n"
                  "◂ then a line that is text\n"
                  "◂ and\n"
                  "◂:00004f  68 61 6c 66 20 61 20 6c  69 6e 65 20 00 01 02 03  |half a line ....|\n"
                  "◂:00005f  04 05 06 07                                       |....|\n"
                  "◂:000063  80 81                                             |..|\n"
                  "▸ ok\n"
                  "◂ yes\n"
                  "conversation 3: not over when the capture ended; 2 bytes from the client, 105 from the server\n");
    end();
}

static void a_text_that_turns(void **state)
{
    (void)state;
    begin(&(struct follow_options){.mode = FOLLOW_ONE, .conversation = 3});
    say(&talk, SIDE_CLIENT, "text first ");
    say_bytes(&talk, SIDE_CLIENT, "\x00\x01\x02", 3);
    finish(&talk, END_FIN);
    expect(HEADER "▸ text first \n"
                  "▸:00000b  00 01 02                                          |...|\n"
                  "conversation 3: closed; 14 bytes from the client, 0 from the server\n");
    end();
}

static void datagrams(void **state)
{
    (void)state;
    begin(&(struct follow_options){.mode = FOLLOW_ONE, .conversation = 5});
    datagram.protocol = "tftp";
    say(&datagram, SIDE_CLIENT, "one\r");
    say(&datagram, SIDE_CLIENT, "two\n");
    say(&datagram, SIDE_SERVER, "three\nfour");
    say(&datagram, SIDE_SERVER, "five\xc3");
    finish(&datagram, END_TIMEOUT);
    expect("conversation 5: client [2001:db8::1]:4000, server [2001:db8::2]:69, udp\n"
           "▸ one\\x0d\n"
           "▸ two\n"
           "◂ three\n"
           "◂ four\n"
           "◂ five\\xc3\n"
           "conversation 5: silent for too long; 8 bytes from the client, 15 from the server\n");
    end();
}

static void colours_and_times(void **state)
{
    (void)state;
    begin(&(struct follow_options){.mode = FOLLOW_ONE, .conversation = 3, .color = true});
    say(&talk, SIDE_CLIENT, "ask\n");
    say(&talk, SIDE_SERVER, "ans");
    follow_flush(w.follow);
    say(&talk, SIDE_SERVER, "wer");
    lose(&talk, SIDE_SERVER, 2);
    finish(&talk, END_FIN);
    expect("\033[0;2mconversation 3: client 10.0.0.2:41234, server 192.0.2.1:80, tcp\033[0m\n"
           "\033[0;36m▸ ask\033[0m\n"
           "\033[0;32m◂ ans\033[0m\033[0;32mwer\033[0m\n"
           "\033[0;33m◂! [2 bytes lost]\033[0m\n"
           "\033[0;2mconversation 3: closed; 4 bytes from the client, 6 from the server, 2 lost\033[0m\n");
    end();

    begin(&(struct follow_options){.mode = FOLLOW_ONE, .conversation = 3, .times = true});
    w.now_ns += 1500000;
    say(&talk, SIDE_CLIENT, "ask\nmore\n");
    w.now_ns += 75 * (int64_t)1000000000;
    say(&talk, SIDE_SERVER, "answer\n");
    w.now_ns -= 200 * (int64_t)1000000000;
    say(&talk, SIDE_SERVER, "before it began\n");
    finish(&talk, END_FIN);
    expect(HEADER "    0.001500 ▸ ask\n"
                  "    0.001500 ▸ more\n"
                  "   75.001500 ◂ answer\n"
                  "    0.000000 ◂ before it began\n"
                  "conversation 3: closed; 9 bytes from the client, 23 from the server\n");
    end();
}

/* What comes is to be seen, although the line is not ended; at a terminal at once. */
static void while_it_goes_on(void **state)
{
    (void)state;
    begin(&(struct follow_options){.mode = FOLLOW_ONE, .conversation = 3, .line_buffered = true});
    say(&talk, SIDE_SERVER, "login: ");
    expect(HEADER "◂ login: ");
    say(&talk, SIDE_SERVER, "(really) \r");
    expect(HEADER "◂ login: (really) ");
    end();

    begin(&(struct follow_options){.mode = FOLLOW_ONE, .conversation = 3});
    say(&talk, SIDE_SERVER, "login: ");
    assert_int_equal(lseek(w.descriptor, 0, SEEK_END), 0);
    follow_flush(w.follow);
    expect(HEADER "◂ login: ");
    for (int i = 0; i < 7000; i++)
        say(&talk, SIDE_SERVER, "0123456789");
    assert_true(lseek(w.descriptor, 0, SEEK_END) > 64 * 1024);
    end();
}

static void without_a_word(void **state)
{
    (void)state;
    begin(&(struct follow_options){.mode = FOLLOW_ONE, .conversation = 3});
    finish(&talk, END_RST);
    expect(HEADER "conversation 3: reset; 0 bytes from the client, 0 from the server\n");
    assert_int_equal(follow_conversations(w.follow), 1);
    end();
}

static void one_side_as_it_is(void **state)
{
    (void)state;
    begin(&(struct follow_options){
        .mode = FOLLOW_ONE, .conversation = 3, .raw = true, .raw_side = SIDE_SERVER, .color = true, .times = true});
    say(&talk, SIDE_CLIENT, "ask\r\n");
    say_bytes(&talk, SIDE_SERVER, "\x00\r\n\xff", 4);
    lose(&talk, SIDE_CLIENT, 12);
    say(&talk, SIDE_SERVER, "end\r");
    finish(&talk, END_FIN);
    expect_bytes("\x00\r\n\xff"
                 "end\r",
                 8);
    assert_false(follow_complaint(w.follow, 7, w.complaint));
    end();

    begin(&(struct follow_options){.mode = FOLLOW_ONE, .conversation = 3, .raw = true, .raw_side = SIDE_CLIENT});
    say(&talk, SIDE_CLIENT, "a");
    lose(&talk, SIDE_CLIENT, 12);
    say(&talk, SIDE_CLIENT, "b");
    finish(&talk, END_FIN);
    expect("ab");
    assert_true(follow_complaint(w.follow, 7, w.complaint));
    assert_string_equal(w.complaint,
                        "--follow 3 --raw client: 12 bytes that the client sent are not in the capture, and "
                        "missing from the output");
    end();
}

/* First bytes are held back until it is known who is who. */
static void roles_exchanged(void **state)
{
    (void)state;
    begin(&(struct follow_options){.mode = FOLLOW_ONE, .conversation = 5});
    say(&datagram, SIDE_CLIENT, "answer\n");
    lose(&datagram, SIDE_CLIENT, 7);
    follow_flush(w.follow);
    expect("");
    swap(&datagram);
    datagram.protocol = "dns";
    follow_flush(w.follow);
    expect("conversation 5: client [2001:db8::2]:69, server [2001:db8::1]:4000, udp\n"
           "◂ answer\n"
           "◂! [7 bytes lost]\n");
    end();

    begin(&(struct follow_options){.mode = FOLLOW_ONE, .conversation = 5, .raw = true, .raw_side = SIDE_SERVER});
    say(&datagram, SIDE_CLIENT, "answer\n");
    swap(&datagram);
    say(&datagram, SIDE_CLIENT, "ask\n");
    finish(&datagram, END_TIMEOUT);
    expect("answer\n");
    assert_false(follow_complaint(w.follow, 7, w.complaint));
    end();
}

/* But not for ever. */
static void roles_nobody_knows(void **state)
{
    (void)state;
    begin(&(struct follow_options){.mode = FOLLOW_ONE, .conversation = 5, .raw = true});
    for (int i = 0; i < HELD_DATAGRAMS; i++)
        say(&datagram, SIDE_CLIENT, "x");
    follow_flush(w.follow);
    expect("xxxx");
    say(&datagram, SIDE_CLIENT, "y");
    follow_flush(w.follow);
    expect("xxxxy");
    end();

    begin(&(struct follow_options){.mode = FOLLOW_ONE, .conversation = 3, .raw = true});
    talk.midstream = true;
    for (int i = 0; i < HELD_PIECES - 1; i++)
        say(&talk, SIDE_CLIENT, "x");
    follow_flush(w.follow);
    expect("");
    say(&talk, SIDE_CLIENT, "x");
    follow_flush(w.follow);
    expect("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
    end();

    begin(&(struct follow_options){.mode = FOLLOW_ONE, .conversation = 3, .raw = true});
    talk.midstream = true;
    for (int i = 0; i < 5; i++)
        say_bytes(&talk, SIDE_CLIENT, thousands, sizeof thousands);
    follow_flush(w.follow);
    assert_int_equal(lseek(w.descriptor, 0, SEEK_END), 5 * sizeof thousands);
    end();
}

static void roles_exchanged_late(void **state)
{
    (void)state;
    begin(&(struct follow_options){.mode = FOLLOW_ONE, .conversation = 5});
    datagram.protocol = "dns";
    say(&datagram, SIDE_CLIENT, "answer\n");
    swap(&datagram);
    say(&datagram, SIDE_CLIENT, "ask\n");
    finish(&datagram, END_TIMEOUT);
    expect("conversation 5: client [2001:db8::1]:4000, server [2001:db8::2]:69, udp\n"
           "▸ answer\n"
           "client and server are the other way round, also above:\n"
           "conversation 5: client [2001:db8::2]:69, server [2001:db8::1]:4000, udp\n"
           "▸ ask\n"
           "conversation 5: silent for too long; 4 bytes from the client, 7 from the server\n");
    assert_false(follow_complaint(w.follow, 7, w.complaint));
    end();

    begin(&(struct follow_options){.mode = FOLLOW_ONE, .conversation = 5, .raw = true});
    datagram.protocol = "dns";
    say(&datagram, SIDE_CLIENT, "answer\n");
    swap(&datagram);
    finish(&datagram, END_TIMEOUT);
    assert_true(follow_complaint(w.follow, 7, w.complaint));
    assert_string_equal(w.complaint, "--follow 5 --raw client: client and server turned out to be the other way round "
                                     "when a part was written already");
    end();
}

static void a_number_that_never_comes(void **state)
{
    (void)state;
    begin(&(struct follow_options){.mode = FOLLOW_ONE, .conversation = 99});
    say(&talk, SIDE_CLIENT, "x");
    finish(&talk, END_FIN);
    assert_int_equal(follow_conversations(w.follow), 0);
    assert_false(follow_is_over(w.follow));
    assert_true(follow_complaint(w.follow, 7, w.complaint));
    assert_string_equal(w.complaint, "--follow 99: the last conversation has the number 7");
    assert_true(follow_complaint(w.follow, 0, w.complaint));
    assert_string_equal(w.complaint, "--follow 99: there was no conversation");
    expect("");
    end();
}

static void nobody_takes_it(void **state)
{
    (void)state;
    const char *place;
    begin(&(struct follow_options){.mode = FOLLOW_ONE, .conversation = 3});
    assert_int_equal(dup2(open("/dev/full", O_WRONLY), w.descriptor), w.descriptor);
    say(&talk, SIDE_CLIENT, "x");
    assert_int_equal(follow_error(w.follow, NULL), 0);
    assert_int_equal(follow_flush(w.follow), -1);
    assert_int_equal(follow_error(w.follow, &place), ENOSPC);
    assert_string_equal(place, "the output");
    say(&talk, SIDE_CLIENT, "x");
    assert_int_equal(follow_flush(w.follow), -1);
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_dialogue),
        cmocka_unit_test(lines_that_are_broken_off),
        cmocka_unit_test(ends_of_lines),
        cmocka_unit_test(characters),
        cmocka_unit_test(what_is_no_text),
        cmocka_unit_test(a_text_that_turns),
        cmocka_unit_test(datagrams),
        cmocka_unit_test(colours_and_times),
        cmocka_unit_test(while_it_goes_on),
        cmocka_unit_test(without_a_word),
        cmocka_unit_test(one_side_as_it_is),
        cmocka_unit_test(roles_exchanged),
        cmocka_unit_test(roles_nobody_knows),
        cmocka_unit_test(roles_exchanged_late),
        cmocka_unit_test(a_number_that_never_comes),
        cmocka_unit_test(nobody_takes_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
