/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Listening, in a network namespace of the test's own: what is sent is counted and numbered, so that every frame can be
 * asked for. Skipped where no namespace can be made.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "capture/capture.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    ETHERNET_TYPE_AT = 12,
    FRAME_BYTES = 60,
    NUMBER_AT = 42, /* behind Ethernet, IPv4 and UDP */
    PATIENCE_MS = 3000,
    NOBODY = 65534,
};

static bool run(const char *command)
{
    pid_t child = fork();
    if (child == 0) {
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    int status = 1;
    return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

/* Root over a network of its own, and over nothing else. */
static bool become_root_of_a_namespace(void)
{
    char line[40];
    int length = snprintf(line, sizeof line, "0 %u 1\n", geteuid());
    if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
        return false;
    FILE *map = fopen("/proc/self/uid_map", "w");
    bool written = map && fwrite(line, (size_t)length, 1, map) == 1;
    return map && fclose(map) == 0 && written;
}

/* A namespace with two ends of a cable: `near`, which is listened to, and `far`. */
static int set_up(void **state)
{
    bool made = geteuid() == 0 ? unshare(CLONE_NEWNET) == 0 : become_root_of_a_namespace();
    made =
        made &&
        run("exec 2>/dev/null; for what in all default; do echo 1 >/proc/sys/net/ipv6/conf/$what/disable_ipv6; done; "
            "ip link set lo up && ip link add near type veth peer name far && ip link set near up && ip link set far "
            "up");
    *state = made ? "" : NULL;
    return 0;
}

static void need_namespace(void **state)
{
    if (!*state) {
        print_message("no network namespace can be made here\n");
        skip();
    }
}

/* Without effect where the test is only root of a namespace that knows nobody else. */
static void become_nobody(void)
{
    (void)!seteuid(NOBODY);
}

static void become_root(void)
{
    (void)!seteuid(0);
}

struct sender {
    int descriptor;
    uint32_t number;
};

static struct sender open_sender(const char *interface)
{
    struct sender sender = {.descriptor = socket(AF_PACKET, SOCK_RAW, 0)};
    struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(interface)};
    assert_true(sender.descriptor >= 0);
    assert_int_equal(bind(sender.descriptor, (struct sockaddr *)&address, sizeof address), 0);
    return sender;
}

/* A UDP packet from 10.0.0.a to 10.0.0.b:port with its number in it. */
static void send_frame(struct sender *sender, uint8_t a, uint8_t b, uint8_t port)
{
    uint8_t frame[FRAME_BYTES] = {2, 2, 2,  2,  2, 2, 2,  3, 3, 3, 3,  3, 8, 0, 0x45, 0, 0, 46,   0, 0,
                                  0, 0, 64, 17, 0, 0, 10, 0, 0, a, 10, 0, 0, b, 0,    9, 0, port, 0, 26};
    uint32_t number = htonl(++sender->number);
    memcpy(frame + NUMBER_AT, &number, sizeof number);
    assert_int_equal(send(sender->descriptor, frame, sizeof frame, 0), sizeof frame);
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static struct capture *open_live(const struct capture_live_options *options)
{
    char error[CAPTURE_ERROR_SIZE] = "";
    struct capture *capture = capture_open_live(options, 1, error);
    if (!capture)
        fail_msg("%s", error);
    return capture;
}

static struct capture *open_one(const char *interface)
{
    const char *const names[] = {interface};
    return open_live(&(struct capture_live_options){.interfaces = names, .interface_count = 1, .hurry = true});
}

static uint32_t number_of(const struct frame *frame)
{
    uint32_t number = 0;
    size_t header = frame->link_type == 276 ? 20 - 14 : 0; /* LINUX_SLL2 instead of Ethernet */
    assert_true(frame->data.len >= NUMBER_AT + header + sizeof number);
    memcpy(&number, bytes_skip(frame->data, NUMBER_AT + header).at, sizeof number);
    return ntohl(number);
}

/* The next frame within our patience, news passed over. False: none came, or the end. */
static bool next_frame(struct capture *capture, struct frame *ret_frame, int64_t patience_ms)
{
    char error[CAPTURE_ERROR_SIZE] = "";
    for (int64_t end = now_ms() + patience_ms; now_ms() < end;) {
        enum capture_result result = capture_next(capture, ret_frame, error);
        if (result == CAPTURE_FRAME)
            return true;
        if (result == CAPTURE_END)
            return false;
        if (result == CAPTURE_BROKEN)
            fail_msg("%s", error);
    }
    return false;
}

/* The next news must be these; frames are passed over. */
static void expect_news(struct capture *capture, const char *expected)
{
    char error[CAPTURE_ERROR_SIZE] = "";
    struct frame frame;
    for (int64_t end = now_ms() + PATIENCE_MS; now_ms() < end;) {
        enum capture_result result = capture_next(capture, &frame, error);
        if (result == CAPTURE_NEWS) {
            assert_string_equal(error, expected);
            return;
        }
        if (result == CAPTURE_BROKEN)
            fail_msg("%s", error);
    }
    fail_msg("nobody said '%s'", expected);
}

static void expect_number(struct capture *capture, uint32_t number)
{
    struct frame frame;
    assert_true(next_frame(capture, &frame, PATIENCE_MS));
    assert_int_equal(number_of(&frame), number);
}

/* Stops, reads the rest, and closes; what was received must have been read. Returns how much was left. */
static unsigned finish(struct capture *capture, uint64_t expected_frames)
{
    struct frame frame;
    unsigned rest = 0;
    capture_stop(capture);
    while (next_frame(capture, &frame, PATIENCE_MS))
        rest++;
    struct capture_interface rows[4];
    size_t count = capture_interfaces(capture, rows, 4);
    uint64_t received = 0;
    for (size_t i = 0; i < count; i++) {
        received += rows[i].received;
        assert_true(rows[i].known);
        assert_int_equal(rows[i].dropped_by_kernel, 0);
        assert_int_equal(rows[i].dropped_by_interface, 0);
    }
    assert_int_equal(received, capture_frames(capture));
    assert_int_equal(received, expected_frames);
    capture_close(capture);
    return rest;
}

/* Every frame is there once, in order, with its bytes and a time of now; after the stop what was on its way still
 * comes. */
static void test_counts(void **state)
{
    need_namespace(state);
    struct capture *capture = open_one("near");
    struct sender far = open_sender("far");
    send_frame(&far, 1, 2, 53); /* too early */
    capture_start(capture);
    for (unsigned i = 0; i < 500; i++)
        send_frame(&far, 1, 2, 53);
    struct frame frame;
    struct timespec now;
    for (uint32_t i = 2; i <= 301; i++) {
        assert_true(next_frame(capture, &frame, PATIENCE_MS));
        clock_gettime(CLOCK_REALTIME, &now);
        assert_int_equal(number_of(&frame), i);
        assert_int_equal(frame.moment.frame, i - 1);
        assert_int_equal(frame.link_type, 1);
        assert_int_equal(frame.wire_length, FRAME_BYTES);
        assert_int_equal(frame.time_digits, 9);
        assert_in_range((uint64_t)frame.moment.time_ns, ((uint64_t)now.tv_sec - 5) * 1000000000,
                        ((uint64_t)now.tv_sec + 1) * 1000000000);
    }
    assert_int_equal(finish(capture, 500), 200);
    close(far.descriptor);
}

/* What does not match is not even received; what was sent before the filter was there is not, either. */
static void test_filter(void **state)
{
    need_namespace(state);
    char error[CAPTURE_ERROR_SIZE] = "";
    struct capture *capture = open_one("near");
    struct sender far = open_sender("far");
    send_frame(&far, 1, 2, 53);
    assert_int_equal(capture_filter(capture, "udp port 53", error), 0);
    capture_start(capture);
    for (unsigned i = 0; i < 100; i++)
        send_frame(&far, 1, 2, i % 2 == 0 ? 53 : 80);
    expect_number(capture, 2);
    expect_number(capture, 4);
    assert_int_equal(finish(capture, 50), 48);
    capture = open_one("near");
    assert_int_equal(capture_filter(capture, "udp prot 53", error), -1);
    assert_string_equal(error, "filter 'udp prot 53': can't parse filter expression: syntax error");
    capture_close(capture);
    close(far.descriptor);
}

/* The buffer holds as much as was asked for, and what it has no room for is counted: nothing is lost from the books. */
static void test_full_buffer(void **state)
{
    need_namespace(state);
    const char *const names[] = {"near"};
    uint64_t received[2];
    static const int sizes_kib[] = {1024, 0};
    struct sender far = open_sender("far");
    for (size_t i = 0; i < 2; i++) {
        struct capture *capture = open_live(&(struct capture_live_options){
            .interfaces = names, .interface_count = 1, .hurry = true, .buffer_kib = sizes_kib[i]});
        const uint64_t sent = (uint64_t)LIMIT_KERNEL_BUFFER_KIB * 1024 / FRAME_BYTES;
        struct capture_interface row;
        struct frame frame;
        capture_start(capture);
        for (uint64_t number = 0; number < sent; number++)
            send_frame(&far, 1, 2, 53);
        capture_stop(capture);
        while (next_frame(capture, &frame, PATIENCE_MS))
            ;
        assert_int_equal(capture_interfaces(capture, &row, 1), 1);
        received[i] = row.received;
        assert_int_equal(row.received, capture_frames(capture));
        assert_int_equal(row.received + row.dropped_by_kernel, sent);
        assert_in_range(row.dropped_by_kernel, 1, sent - 1);
        capture_close(capture);
    }
    assert_in_range(received[1] / received[0], 10, 32); /* it is made of large blocks */
    close(far.descriptor);
}

static void test_snap_length(void **state)
{
    need_namespace(state);
    const char *const names[] = {"near"};
    struct capture *capture = open_live(
        &(struct capture_live_options){.interfaces = names, .interface_count = 1, .hurry = true, .snap_length = 34});
    struct sender far = open_sender("far");
    capture_start(capture);
    send_frame(&far, 1, 2, 53);
    struct frame frame;
    assert_true(next_frame(capture, &frame, PATIENCE_MS));
    assert_int_equal(frame.data.len, 34);
    assert_int_equal(frame.wire_length, FRAME_BYTES);
    finish(capture, 1);
    close(far.descriptor);
}

/* Two interfaces that get frames in turn are put in order, though the kernel hands over a block of each. */
static void test_order_of_several(void **state)
{
    need_namespace(state);
    assert_true(run("ip link add one type veth peer name two && ip link set one up && ip link set two up"));
    const char *const names[] = {"near", "one"};
    struct capture *capture = open_live(
        &(struct capture_live_options){.interfaces = names, .interface_count = 2, .hurry = true});
    struct sender far = open_sender("far"), two = open_sender("two");
    capture_start(capture);
    for (unsigned i = 0; i < 400; i++) {
        far.number = two.number = i;
        send_frame(i % 3 == 0 ? &two : &far, 1, 2, 53);
        if (i % 40 == 0)
            usleep(7000);
    }
    for (uint32_t i = 1; i <= 400; i++)
        expect_number(capture, i);
    /* An idle neighbour holds nothing up for long. */
    struct frame frame;
    int64_t before = now_ms();
    send_frame(&far, 1, 2, 53);
    assert_true(next_frame(capture, &frame, PATIENCE_MS));
    assert_in_range(now_ms() - before, 0, 100);
    finish(capture, 401);
    close(far.descriptor);
    close(two.descriptor);
    assert_true(run("ip link delete one"));
}

/* Each frame of a cable is seen at both its ends; what goes over the loopback interface is seen once. */
static void test_any(void **state)
{
    need_namespace(state);
    struct capture *capture = open_one("any");
    struct sender far = open_sender("far"), loopback = open_sender("lo");
    capture_start(capture);
    for (unsigned i = 0; i < 10; i++)
        send_frame(&far, 1, 2, 53);
    for (unsigned i = 0; i < 10; i++)
        send_frame(&loopback, 1, 2, 53);
    struct frame frame;
    for (unsigned i = 0; i < 30; i++) {
        assert_true(next_frame(capture, &frame, PATIENCE_MS));
        assert_int_equal(frame.link_type, 276);
        assert_int_equal(number_of(&frame), i < 20 ? i / 2 + 1 : i - 19);
    }
    finish(capture, 30);
    capture = open_one("lo");
    capture_start(capture);
    for (unsigned i = 0; i < 10; i++)
        send_frame(&loopback, 1, 2, 53);
    assert_true(next_frame(capture, &frame, PATIENCE_MS));
    assert_int_equal(finish(capture, 10), 9);
    close(far.descriptor);
    close(loopback.descriptor);
}

static void test_down_and_up(void **state)
{
    need_namespace(state);
    struct capture *capture = open_one("near");
    struct sender far = open_sender("far");
    capture_start(capture);
    send_frame(&far, 1, 2, 53);
    expect_number(capture, 1);
    struct capture_interface row;
    assert_true(run("ip link set near down"));
    expect_news(capture, "near went down: waiting for it");
    assert_int_equal(capture_interfaces(capture, &row, 1), 1);
    assert_false(row.up);
    assert_string_equal(row.name, "near");
    assert_true(run("ip link set near up"));
    expect_news(capture, "near is up again");
    send_frame(&far, 1, 2, 53);
    expect_number(capture, 2);
    assert_true(run("ip link set near down; ip link set near up"));
    expect_news(capture, "near was down for a moment, and is up again");
    assert_true(run("ip link set far down"));
    expect_news(capture, "near has no carrier");
    assert_true(run("ip link set far up"));
    expect_news(capture, "near has its carrier again");
    send_frame(&far, 1, 2, 53);
    expect_number(capture, 3);
    finish(capture, 3);
    close(far.descriptor);
}

static void test_down_at_the_start(void **state)
{
    need_namespace(state);
    assert_true(run("ip link add late type veth peer name later && ip link set later up"));
    struct capture *capture = open_one("late");
    expect_news(capture, "late is down: waiting for it");
    assert_true(run("ip link set late up"));
    expect_news(capture, "late is up");
    struct sender later = open_sender("later");
    send_frame(&later, 1, 2, 53);
    expect_number(capture, 1);
    finish(capture, 1);
    close(later.descriptor);
    assert_true(run("ip link delete late"));
}

/* What is done as nobody, without any right: the whole life of an interface that goes away and is made anew. */
static void live_on(struct capture *capture)
{
    struct capture_interface row;
    become_root();
    struct sender far = open_sender("far");
    become_nobody();
    send_frame(&far, 1, 2, 53);
    expect_number(capture, 1);
    unsigned old_index = if_nametoindex("near");
    become_root();
    assert_true(run("ip link delete near"));
    become_nobody();
    expect_news(capture, "near has disappeared: waiting for it");
    assert_int_equal(capture_interfaces(capture, &row, 1), 1);
    assert_false(row.up);
    assert_int_equal(row.received, 1);
    close(far.descriptor);
    become_root();
    assert_true(run("ip link add near type veth peer name far"));
    become_nobody();
    expect_news(capture, "near is back, but down: waiting for it");
    become_root();
    assert_true(run("ip link set near up && ip link set far up"));
    become_nobody();
    expect_news(capture, "near is up");
    assert_int_not_equal(if_nametoindex("near"), old_index);
    become_root();
    far = open_sender("far");
    assert_true(run("ip -d link show near | grep -q 'promiscuity 1'"));
    become_nobody();
    for (unsigned i = 0; i < 3000; i++)
        send_frame(&far, 1, 2, 53);
    for (uint32_t i = 1; i <= 3000; i++)
        expect_number(capture, i);
    close(far.descriptor);
}

static void test_gone_and_back(void **state)
{
    need_namespace(state);
    struct capture *capture = open_one("near");
    capture_start(capture);
    become_nobody();
    live_on(capture);
    become_root();
    finish(capture, 3001);
}

/* The same while two captures share the frames, and while another interface goes on. */
static void test_gone_and_back_beside_another(void **state)
{
    need_namespace(state);
    assert_true(run("ip link add one type veth peer name two && ip link set one up && ip link set two up"));
    const char *const names[] = {"one", "near"};
    struct capture *capture = open_live(&(struct capture_live_options){
        .interfaces = names, .interface_count = 2, .hurry = true, .fanout_group = CAPTURE_FANOUT_NEW});
    capture_start(capture);
    struct sender two = open_sender("two");
    assert_true(run("ip link delete near"));
    send_frame(&two, 1, 2, 53);
    expect_number(capture, 1);
    expect_news(capture, "near has disappeared: waiting for it");
    send_frame(&two, 1, 2, 53);
    expect_number(capture, 2);
    assert_true(run("ip link add near type veth peer name far && ip link set near up && ip link set far up"));
    expect_news(capture, "near is back");
    struct sender far = open_sender("far");
    far.number = 2;
    send_frame(&far, 1, 2, 53);
    expect_number(capture, 3);
    finish(capture, 3);
    close(two.descriptor);
    close(far.descriptor);
    assert_true(run("ip link delete one"));
}

static void test_renamed(void **state)
{
    need_namespace(state);
    struct capture *capture = open_one("near");
    struct sender far = open_sender("far");
    capture_start(capture);
    assert_true(run("ip link set near down; ip link set near name other; ip link set other up"));
    expect_news(capture, "near is called other now");
    expect_news(capture, "near was down for a moment, and is up again");
    send_frame(&far, 1, 2, 53);
    expect_number(capture, 1);
    assert_true(run("ip link set other down; ip link set other name near; ip link set near up"));
    expect_news(capture, "near is called near now");
    finish(capture, 1);
    close(far.descriptor);
}

static void test_another_kind(void **state)
{
    need_namespace(state);
    assert_true(run("ip link add brief type veth peer name other && ip link set brief up && ip link set other up"));
    struct capture *capture = open_one("brief");
    capture_start(capture);
    assert_true(run("ip link delete brief"));
    expect_news(capture, "brief has disappeared: waiting for it");
    if (!run("exec 2>/dev/null; ip link add brief type nlmon || ip link add brief type vcan || ip tuntap add brief "
             "mode tun || "
             "ip link add brief type ipip remote 10.0.0.1"))
        print_message("this kernel has no other kind of interface to try\n");
    else
        expect_news(capture, "brief is back, but its frames are of another kind: left out");
    finish(capture, 0);
    (void)run("ip link delete brief 2>/dev/null");
}

static void test_missing(void **state)
{
    need_namespace(state);
    char error[CAPTURE_ERROR_SIZE] = "";
    const char *names[] = {"nearr"};
    const struct capture_live_options options = {.interfaces = names, .interface_count = 1};
    assert_null(capture_open_live(&options, 1, error));
    assert_string_equal(error, "nearr: there is no such interface; did you mean near? -D lists them");
    names[0] = "wlan17";
    assert_null(capture_open_live(&options, 1, error));
    assert_non_null(strstr(error, "wlan17: there is no such interface; there are lo, "));
    assert_non_null(strstr(error, "near, any; -D lists them"));
}

static void test_list(void **state)
{
    need_namespace(state);
    char error[CAPTURE_ERROR_SIZE] = "";
    assert_true(run("ip addr add 192.0.2.1/24 dev near && ip addr add 198.51.100.129/25 dev near && ip link add asleep "
                    "type veth peer name awake && ip link set awake up"));
    char *text = capture_list_interfaces(error);
    assert_non_null(text);
    assert_non_null(strstr(text, "near    up              192.0.2.1/24\n                        198.51.100.129/25\n"));
    assert_non_null(strstr(text, "lo      up, loopback    127.0.0.1/8\n"));
    assert_non_null(strstr(text, "asleep  down\n"));
    assert_non_null(strstr(text, "awake   up, no carrier\n"));
    assert_non_null(strstr(text, "any     all of them together\n"));
    for (const char *line = text; *line; line = strchr(line, '\n') + 1)
        assert_in_range(strcspn(line, "\n"), 1, 80);
    free(text);
    assert_true(run("ip addr flush dev near && ip link delete asleep"));
}

enum { SHARERS = 3, PAIRS = 300 };

/* A frame of the pair, in one of many ways: to or fro, with up to two VLAN tags, IPv4 (whole, or a later fragment) or
 * IPv6. */
static void send_of_pair(const struct sender *sender, uint16_t pair, bool fro, unsigned tags, bool six, bool fragment)
{
    uint8_t frame[100] = {2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3};
    size_t at = ETHERNET_TYPE_AT;
    for (unsigned i = 0; i < tags; i++) {
        memcpy(frame + at, i + 1 < tags ? "\x88\xa8\x45\x01" : "\x81\x00\x60\x02", 4);
        at += 4;
    }
    memcpy(frame + at, six ? "\x86\xdd" : "\x08\x00", 2);
    at += 2;
    uint8_t addresses[2][16] = {{10, 0, (uint8_t)(pair >> 8), (uint8_t)pair}, {10, 1, 0, (uint8_t)(pair % 7)}};
    if (six) {
        frame[at] = 0x60;
        addresses[0][15] = 1;
        memcpy(frame + at + 8, addresses[fro], 16);
        memcpy(frame + at + 24, addresses[!fro], 16);
    } else {
        frame[at] = 0x45;
        frame[at + 7] = fragment ? 100 : 0;
        frame[at + 9] = 17;
        memcpy(frame + at + 12, addresses[fro], 4);
        memcpy(frame + at + 16, addresses[!fro], 4);
    }
    memcpy(frame + 94, &pair, sizeof pair);
    frame[96] = six;
    assert_int_equal(send(sender->descriptor, frame, sizeof frame, 0), sizeof frame);
}

static void test_sharing(void **state)
{
    need_namespace(state);
    const char *const names[] = {"near"};
    struct capture_live_options options = {
        .interfaces = names, .interface_count = 1, .hurry = true, .fanout_group = CAPTURE_FANOUT_NEW};
    struct capture *captures[SHARERS], *stranger = open_live(&options); /* must take nothing away */
    for (unsigned i = 0; i < SHARERS; i++) {
        captures[i] = open_live(&options);
        options.fanout_with = captures[0];
    }
    capture_start(stranger);
    for (unsigned i = 0; i < SHARERS; i++)
        capture_start(captures[i]);
    const struct sender ends[] = {open_sender("near"), open_sender("far")};
    unsigned sent = 0;
    for (uint16_t pair = 0; pair < PAIRS; pair++)
        for (unsigned way = 0; way < 24; way++, sent++)
            send_of_pair(&ends[way & 1], pair, way >> 1 & 1, way / 8, way >> 2 & 1, way == 0);
    unsigned total = 0;
    int owner[2][PAIRS];
    memset(owner, -1, sizeof owner);
    for (int i = 0; i < SHARERS; i++) {
        struct frame frame;
        unsigned count = 0;
        capture_stop(captures[i]);
        for (; next_frame(captures[i], &frame, PATIENCE_MS); count++) {
            uint16_t pair;
            memcpy(&pair, bytes_skip(frame.data, frame.data.len - 6).at, sizeof pair);
            bool six = *bytes_skip(frame.data, frame.data.len - 4).at;
            assert_in_range(pair, 0, PAIRS - 1);
            if (owner[six][pair] < 0)
                owner[six][pair] = i;
            assert_int_equal(owner[six][pair], i);
        }
        assert_in_range(count, sent / SHARERS / 2, sent);
        total += count;
        finish(captures[i], count);
    }
    assert_int_equal(total, sent);
    finish(stranger, sent);
    close(ends[0].descriptor);
    close(ends[1].descriptor);
}

/* Nothing but the right to open packet sockets is needed; without it, what would help is said. */
static void test_rights(void **state)
{
    need_namespace(state);
    char error[CAPTURE_ERROR_SIZE] = "", other_error[CAPTURE_ERROR_SIZE] = "";
    const char *const names[] = {"near"};
    if (seteuid(NOBODY) != 0)
        skip();
    struct capture *capture = capture_open_live(
        &(struct capture_live_options){.interfaces = names, .interface_count = 1}, 1, error);
    char *list = capture_list_interfaces(other_error);
    become_root();
    assert_null(capture);
    assert_non_null(list);
    assert_non_null(strstr(list, "near "));
    free(list);
    assert_non_null(strstr(error, "near: listening needs a right that you do not have; either: sudo overhear"));
    assert_non_null(strstr(error, "sudo setcap cap_net_raw+ep /"));
    assert_non_null(strstr(error, "live_test"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts),           cmocka_unit_test(test_filter),
        cmocka_unit_test(test_full_buffer),      cmocka_unit_test(test_snap_length),
        cmocka_unit_test(test_order_of_several), cmocka_unit_test(test_any),
        cmocka_unit_test(test_down_and_up),      cmocka_unit_test(test_down_at_the_start),
        cmocka_unit_test(test_gone_and_back),    cmocka_unit_test(test_gone_and_back_beside_another),
        cmocka_unit_test(test_renamed),          cmocka_unit_test(test_another_kind),
        cmocka_unit_test(test_missing),          cmocka_unit_test(test_list),
        cmocka_unit_test(test_sharing),          cmocka_unit_test(test_rights),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
