/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Messages of the kernel about interfaces, made up here, and what it really says of the loopback interface.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "capture/link_watch.h"

#include <errno.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

enum { PORT = 1234, OTHER_PORT = 99, LOWER_UP = 0x10000 };

struct messages {
    uint8_t image[4096];
    size_t size, message; /* where the current message begins */
};

static void put(struct messages *to, const void *value, size_t size)
{
    memcpy(to->image + to->size, value, size);
    to->size += size;
}

static void begin(struct messages *to, uint16_t type, uint32_t port, uint32_t sequence)
{
    const struct nlmsghdr header = {.nlmsg_type = type, .nlmsg_pid = port, .nlmsg_seq = sequence};
    to->message = to->size;
    put(to, &header, sizeof header);
}

static void end(struct messages *to)
{
    uint32_t length = (uint32_t)(to->size - to->message);
    memcpy(to->image + to->message, &length, sizeof length);
    while (to->size % 4 != 0)
        to->size++;
}

static void put_attribute(struct messages *to, uint16_t type, const void *value, size_t size)
{
    const struct rtattr attribute = {.rta_len = (uint16_t)(sizeof attribute + size), .rta_type = type};
    put(to, &attribute, sizeof attribute);
    put(to, value, size);
    while (to->size % 4 != 0)
        to->size++;
}

static void put_link(struct messages *to, uint16_t type, uint8_t family, int index, uint32_t flags)
{
    const struct ifinfomsg link = {.ifi_family = family, .ifi_type = 1, .ifi_index = index, .ifi_flags = flags};
    begin(to, type, 0, 0);
    put(to, &link, sizeof link);
    put_attribute(to, IFLA_IFNAME, "veth5", 6);
}

static struct bytes image_of(const struct messages *messages)
{
    return bytes_of(messages->image, messages->size);
}

static void test_told(void **state)
{
    (void)state;
    struct messages messages = {0};
    struct rtnl_link_stats64 counters = {
        .rx_dropped = 1000, .rx_missed_errors = 5, .rx_fifo_errors = 2, .rx_over_errors = 70};
    struct link link;
    put_link(&messages, RTM_NEWLINK, AF_UNSPEC, 5, IFF_UP | LOWER_UP);
    put_attribute(&messages, IFLA_MTU, &(uint32_t){1500}, 4);
    put_attribute(&messages, IFLA_STATS64, &counters, sizeof counters);
    end(&messages);
    put_link(&messages, RTM_NEWLINK, AF_BRIDGE, 6,
             IFF_UP); /* the port of a bridge: not an interface that comes or goes */
    end(&messages);
    begin(&messages, RTM_NEWADDR, 0, 0);
    end(&messages);
    put_link(&messages, RTM_DELLINK, AF_UNSPEC, 7, 0);
    end(&messages);
    struct bytes rest = image_of(&messages);
    assert_true(link_message_take(&rest, PORT, &link));
    assert_int_equal(link.token, 0);
    assert_true(link.present && link.up && link.carrier && link.counted);
    assert_int_equal(link.index, 5);
    assert_int_equal(link.type, 1);
    assert_int_equal(link.lost, 7);
    assert_string_equal(link.name, "veth5");
    assert_true(link_message_take(&rest, PORT, &link));
    assert_int_equal(link.index, 7);
    assert_false(link.present || link.up || link.carrier || link.counted || link.ends);
    assert_false(link_message_take(&rest, PORT, &link));
    assert_int_equal(rest.len, 0);
}

/* Answers to others, and news that somebody else caused, have no token of ours. */
static void test_answers(void **state)
{
    (void)state;
    struct messages messages = {0};
    struct nlmsgerr missing = {.error = -ENODEV}, refused = {.error = -EPERM};
    struct link link;
    const uint32_t ports[] = {PORT, OTHER_PORT};
    for (size_t i = 0; i < 2; i++) {
        begin(&messages, NLMSG_ERROR, ports[i], 17);
        put(&messages, &missing, sizeof missing);
        end(&messages);
        begin(&messages, NLMSG_ERROR, ports[i], 18);
        put(&messages, &refused, sizeof refused);
        end(&messages);
        begin(&messages, NLMSG_DONE, ports[i], 19);
        end(&messages);
    }
    struct bytes rest = image_of(&messages);
    assert_true(link_message_take(&rest, PORT, &link));
    assert_int_equal(link.token, 17);
    assert_false(link.present || link.ends);
    assert_true(link_message_take(&rest, PORT, &link));
    assert_int_equal(link.token, 19);
    assert_true(link.ends);
    assert_false(link_message_take(&rest, PORT, &link));
}

/* Every prefix of a message, and lengths that are too short: nothing is read beyond the end, and the walk ends. */
static void test_cut(void **state)
{
    (void)state;
    struct messages messages = {0};
    struct link link;
    put_link(&messages, RTM_NEWLINK, AF_UNSPEC, 5, IFF_UP);
    end(&messages);
    for (size_t length = 0; length < messages.size; length++) {
        uint8_t *exact = test_malloc(length + 1); /* so that a sanitizer sees a read behind it */
        memcpy(exact + 1, messages.image, length);
        struct bytes rest = bytes_of(exact + 1, length);
        assert_false(link_message_take(&rest, PORT, &link));
        test_free(exact);
    }
    for (uint32_t claimed = 0; claimed < messages.size; claimed++) {
        struct bytes rest = image_of(&messages);
        memcpy(messages.image, &claimed, sizeof claimed);
        while (link_message_take(&rest, PORT, &link))
            assert_true(link.index == 5 || link.index == 0);
    }
}

static void test_loopback(void **state)
{
    (void)state;
    struct link_watch *watch = link_watch_new();
    struct link link;
    assert_non_null(watch);
    assert_true(link_watch_descriptor(watch) >= 0);
    int index = (int)if_nametoindex("lo");
    assert_int_not_equal(index, 0);
    link_watch_ask(watch, 3, 0, "lo");
    link_watch_ask(watch, 4, index, NULL);
    link_watch_ask(watch, 5, 0, "no such link");
    for (uint32_t token = 3; token <= 5; token++) {
        assert_int_equal(link_watch_next(watch, &link), LINK_TOLD);
        assert_int_equal(link.token, token);
        assert_int_equal(link.present, token != 5);
        if (link.present) {
            assert_int_equal(link.index, index);
            assert_string_equal(link.name, "lo");
            assert_true(link.counted);
        }
    }
    assert_int_equal(link_watch_next(watch, &link), LINK_SILENT);
    bool found = false;
    link_watch_ask(watch, 6, 0, NULL);
    do {
        assert_int_equal(link_watch_next(watch, &link), LINK_TOLD);
        assert_int_equal(link.token, 6);
        found |= !link.ends && link.index == index;
    } while (!link.ends);
    assert_true(found);
    assert_int_equal(link_watch_next(watch, &link), LINK_SILENT);
    link_watch_free(watch);
    link_watch_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_told),
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_loopback),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
