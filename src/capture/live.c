/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The handles are non-blocking and we poll their descriptors ourselves: a blocking read of libpcap would not return for
 * SIGINT while no frame comes, and looks at one interface only. While there are frames nothing is polled.
 *
 * The kernel hands frames over in blocks: when one is full, or when it is as old as the handle's timeout, which may be
 * noticed one timeout later. So of two interfaces the one may still have an older frame in work while the other's is
 * there. A frame waits until all others have a later one, or have been found empty so much later than its time that
 * nothing older can come: then answers do not come before questions where they take different ways. Where so much comes
 * that frames would be lost by waiting, none waits.
 */
#include "live.h"

#include "interfaces.h"
#include "packet_socket.h"

#include <errno.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum {
    HURRIED_MS = 20, /* how long the kernel may hold frames back to hand them over together */
    UNHURRIED_MS = 100,
    POLL_MS = 100,
    POLL_BRIEFLY_MS = 5,
    POLL_DRAINING_MS = 3,
    SLACK_MS = 5,
    DRAINED_LOOKS = 2,  /* so often everything must have been read before it is believed */
    BUSY_FRAMES = 4096, /* while frames come in an unbroken stream: so many, and the rest is looked at */
    ERRORS_MAX = 50,    /* of libpcap, one after the other, from an interface that is up */
    MICROSECOND_DIGITS = 6,
    NANOSECOND_DIGITS = 9,
};

static const int64_t millisecond = 1000000;

struct live {
    struct packet_socket *sockets;
    size_t count;
    struct link_watch *watch; /* NULL: the system has none */
    struct pollfd *polls;     /* of the sockets, then of the watch */
    int timeout_ms;
    int64_t hold_ns;
    int64_t now_ns;  /* of the clock that never jumps, when something was last waited for */
    unsigned frames; /* since then */
    bool started, stopping;
    int64_t stop_ns;
    unsigned drained_looks;
};

static int64_t read_clock(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* What the kernel says of an interface; false: it is no network interface. */
static bool find_link(struct link_watch *watch, const char *name, struct link *ret_link)
{
    const uint32_t token = UINT32_MAX;
    struct link told;
    int index = (int)if_nametoindex(name); /* knows alternative names, too */
    *ret_link = (struct link){.present = true, .index = index, .up = true, .carrier = true};
    if (!watch || index == 0)
        return index != 0;
    link_watch_ask(watch, token, index, NULL);
    while (link_watch_next(watch, &told) == LINK_TOLD)
        if (told.token == token && told.present)
            *ret_link = told;
    return true;
}

static void ask_about(struct live *live, size_t i)
{
    const struct packet_socket *socket = &live->sockets[i];
    if (!live->watch || !socket->is_packet)
        return;
    if (socket->is_any || socket->link.now != LINK_GONE)
        link_watch_ask(live->watch, (uint32_t)i + 1, socket->link.index, NULL);
    else
        link_watch_ask(live->watch, (uint32_t)i + 1, 0, socket->link.name);
}

/* Losses are told by counters that begin with the interface, or anew with its driver. */
static void note_losses(struct packet_socket *socket, const struct link *link, bool answers)
{
    uint64_t lost = link->lost;
    if (socket->is_any) {
        if (answers && link->counted)
            socket->all_lost += link->lost;
        if (!answers || !link->ends)
            return;
        lost = socket->all_lost;
        socket->all_lost = 0;
    } else if (!link->counted || link->index != socket->link.index) {
        return;
    }
    if (socket->lost_known && lost > socket->lost_before)
        socket->lost += lost - socket->lost_before;
    socket->lost_known = true;
    socket->lost_before = lost;
}

static void note_link(struct live *live, const struct link *link)
{
    for (size_t i = 0; i < live->count; i++) {
        struct packet_socket *socket = &live->sockets[i];
        if (link_state_note(&socket->link, link, live->now_ns) == LINK_TAKE_UP) {
            socket->lost_before = 0;
            int result = packet_socket_take_up(socket);
            if (result == -ENODEV) /* gone again: the kernel is about to tell */
                socket->link.now = LINK_GONE;
            else if (result != 0)
                link_state_refuse(&socket->link, strerror(-result));
        }
        note_losses(socket, link, link->token == i + 1);
    }
}

/* Reads what the kernel tells of the interfaces. */
static void read_links(struct live *live)
{
    struct link link;
    enum link_result result;
    if (!live->watch)
        return;
    live->now_ns = read_clock(CLOCK_MONOTONIC);
    while ((result = link_watch_next(live->watch, &link)) != LINK_SILENT) {
        if (result == LINK_TOLD)
            note_link(live, &link);
        else
            for (size_t i = 0; i < live->count; i++)
                ask_about(live, i);
    }
}

/* The group of the interface with that number: each has one of its own. 0: a new one. */
static uint16_t group_of(const struct capture_live_options *options, const struct live *fanout_with, size_t i)
{
    if (fanout_with && i < fanout_with->count)
        return fanout_with->sockets[i].group;
    return options->fanout_group == CAPTURE_FANOUT_NEW ? 0 : (uint16_t)(options->fanout_group + i);
}

static int open_sockets(struct live *live, const struct capture_live_options *options, const struct live *fanout_with,
                        char ret_error[CAPTURE_ERROR_SIZE])
{
    for (size_t i = 0; i < options->interface_count; i++) {
        struct packet_socket *socket = &live->sockets[live->count++];
        const char *name = options->interfaces[i];
        struct link link = {0};
        bool known = find_link(live->watch, name, &link);
        if (packet_socket_open(socket, name, known ? &link : NULL, options, live->timeout_ms, ret_error) != 0)
            return -1;
        if (socket->shares && packet_socket_share(socket, group_of(options, fanout_with, i), ret_error) != 0)
            return -1;
        ask_about(live, i);
    }
    read_links(live);
    return 0;
}

struct live *live_open(const struct capture_live_options *options, const struct live *fanout_with,
                       char ret_error[CAPTURE_ERROR_SIZE])
{
    struct live *live = calloc(1, sizeof *live);
    if (live) {
        live->sockets = calloc(options->interface_count, sizeof *live->sockets);
        live->polls = calloc(options->interface_count + 1, sizeof *live->polls);
    }
    if (!live || !live->sockets || !live->polls) {
        snprintf(ret_error, CAPTURE_ERROR_SIZE, "out of memory");
        live_close(live);
        return NULL;
    }
    /* Putting several in order means waiting for the slowest: then the kernel is to be quick. */
    live->timeout_ms = options->hurry || options->interface_count > 1 ? HURRIED_MS : UNHURRIED_MS;
    live->hold_ns = (2 * live->timeout_ms + SLACK_MS) * millisecond;
    live->watch = link_watch_new();
    if (open_sockets(live, options, fanout_with, ret_error) == 0)
        return live;
    live_close(live);
    return NULL;
}

void live_close(struct live *live)
{
    if (!live)
        return;
    for (size_t i = 0; i < live->count; i++)
        packet_socket_close(&live->sockets[i]);
    link_watch_free(live->watch);
    free(live->sockets);
    free(live->polls);
    free(live);
}

int live_filter(struct live *live, const char *expression, char ret_error[CAPTURE_ERROR_SIZE])
{
    for (size_t i = 0; i < live->count; i++)
        if (packet_socket_filter(&live->sockets[i], expression, ret_error) != 0)
            return -1;
    return 0;
}

void live_start(struct live *live)
{
    if (live->started)
        return;
    live->started = true;
    for (size_t i = 0; i < live->count; i++)
        packet_socket_start(&live->sockets[i]);
}

void live_stop(struct live *live)
{
    if (live->stopping)
        return;
    live->stopping = true;
    live->stop_ns = read_clock(CLOCK_MONOTONIC);
    for (size_t i = 0; i < live->count; i++) {
        packet_socket_stop(&live->sockets[i]);
        packet_socket_count(&live->sockets[i]);
    }
}

/* The oldest of the frames that are there; NULL: none is. */
static struct packet_socket *find_oldest(struct live *live)
{
    struct packet_socket *oldest = NULL;
    for (size_t i = 0; i < live->count; i++) {
        struct packet_socket *socket = &live->sockets[i];
        if (!socket->holds)
            socket->read_ns = live->now_ns;
        if (packet_socket_read(socket) && (!oldest || socket->time_ns < oldest->time_ns))
            oldest = socket;
    }
    return oldest;
}

static bool can_have_frames(const struct packet_socket *socket)
{
    return socket->link.now == LINK_UP;
}

/* How long a frame still has to wait for those of other interfaces. */
static int64_t wait_of(const struct live *live, const struct packet_socket *oldest)
{
    int64_t wait_ns = 0;
    for (size_t i = 0; i < live->count; i++) {
        const struct packet_socket *socket = &live->sockets[i];
        if (socket->holds || !can_have_frames(socket))
            continue;
        int64_t until_ns = oldest->time_ns + live->hold_ns - socket->quiet_ns;
        if (until_ns > wait_ns)
            wait_ns = until_ns;
    }
    if (wait_ns > 0 && packet_socket_is_filling(oldest))
        return 0;
    /* A clock that was set back does not make anybody wait longer. */
    int64_t longest_ns = oldest->read_ns + live->hold_ns - live->now_ns;
    return wait_ns < longest_ns ? wait_ns : longest_ns;
}

static enum capture_result give(struct live *live, struct packet_socket *socket, struct frame *ret_frame)
{
    const struct pcap_pkthdr *header = socket->header;
    socket->holds = false;
    live->frames++;
    *ret_frame = (struct frame){
        .data = bytes_of(socket->data, header->caplen),
        .moment.time_ns = socket->time_ns,
        .wire_length = header->len > header->caplen ? header->len : header->caplen,
        .link_type = socket->link_type,
        .time_digits = socket->nanoseconds ? NANOSECOND_DIGITS : MICROSECOND_DIGITS,
    };
    return CAPTURE_FRAME;
}

/* What became of the descriptors that were polled. */
static void note_polls(struct live *live, bool polled)
{
    bool told = polled && live->polls[live->count].revents != 0;
    int64_t frames_now_ns = read_clock(CLOCK_REALTIME);
    live->now_ns = read_clock(CLOCK_MONOTONIC);
    live->frames = 0;
    for (size_t i = 0; i < live->count; i++) {
        struct packet_socket *socket = &live->sockets[i];
        const struct pollfd *poller = &live->polls[i];
        short events = polled ? poller->revents : 0;
        if (socket->descriptor < 0 || events & POLLIN)
            socket->readable = true;
        else if (polled && poller->fd >= 0)
            socket->quiet_ns = frames_now_ns;
        /* The interface went down or away, and libpcap need not find out: it would ask for more than a sandbox allows.
         */
        if (events & POLLERR && socket->is_packet && packet_socket_error(socket) != 0) {
            ask_about(live, i);
            told = true;
        }
        if (live->count > 1 && socket->holds)
            packet_socket_count(socket); /* whether it can afford to wait */
    }
    if (told)
        read_links(live);
}

/* Waits until something happens, at most for so long. False: a signal came. */
static bool look(struct live *live, int64_t wait_ns)
{
    int64_t now_ns = read_clock(CLOCK_MONOTONIC);
    for (size_t i = 0; i < live->count; i++) {
        const struct packet_socket *socket = &live->sockets[i];
        int64_t due_ns = link_state_due(&socket->link);
        if (due_ns != INT64_MAX && due_ns - now_ns < wait_ns)
            wait_ns = due_ns > now_ns ? due_ns - now_ns : 0;
        /* One whose frame waits may get more than it can keep. */
        if ((socket->descriptor < 0 || socket->holds) && wait_ns > POLL_BRIEFLY_MS * millisecond)
            wait_ns = POLL_BRIEFLY_MS * millisecond;
        /* One whose frame waits has more of them, and would end every poll. */
        live->polls[i] = (struct pollfd){.fd = socket->holds ? -1 : socket->descriptor, .events = POLLIN};
    }
    int link = live->watch ? link_watch_descriptor(live->watch) : -1;
    live->polls[live->count] = (struct pollfd){.fd = link, .events = POLLIN};
    int result = poll(live->polls, live->count + 1, (int)((wait_ns + millisecond - 1) / millisecond));
    note_polls(live, result >= 0);
    return result >= 0 || errno != EINTR;
}

static bool tell(struct live *live, char ret_error[CAPTURE_ERROR_SIZE])
{
    for (size_t i = 0; i < live->count; i++)
        if (link_state_tell(&live->sockets[i].link, live->now_ns, ret_error, CAPTURE_ERROR_SIZE))
            return true;
    return false;
}

/* libpcap failed to read. That an interface is not there is told elsewhere and may pass; that its buffer is damaged is
 * not, and no trouble may last. */
static bool is_broken(struct live *live, char ret_error[CAPTURE_ERROR_SIZE])
{
    static const char damaged[] = "corrupted";
    for (size_t i = 0; i < live->count; i++) {
        struct packet_socket *socket = &live->sockets[i];
        if (socket->errors == 0)
            continue;
        const char *problem = pcap_geterr(socket->handle);
        bool is_damaged = strncmp(problem, damaged, sizeof damaged - 1) == 0;
        if (is_damaged || (can_have_frames(socket) && socket->errors > ERRORS_MAX)) {
            snprintf(ret_error, CAPTURE_ERROR_SIZE, "%.63s: %.200s", socket->link.name, problem);
            return true;
        }
    }
    return false;
}

/* After live_stop: everything that the kernel received has been read, or nothing has come for so long that it never
 * will. A frame that just passed the old filter on another processor is counted a moment later: hence two looks. */
static bool is_drained(struct live *live)
{
    bool all_read = true;
    for (size_t i = 0; i < live->count; i++) {
        struct packet_socket *socket = &live->sockets[i];
        packet_socket_count(socket);
        all_read &= !socket->is_packet || socket->frames >= socket->received;
    }
    live->drained_looks = all_read ? live->drained_looks + 1 : 0;
    return live->drained_looks >= DRAINED_LOOKS || live->now_ns > live->stop_ns + 2 * live->hold_ns;
}

/* Of all interfaces there is a frame, or there will be none: the oldest that is there is the oldest. */
static bool are_all_there(const struct live *live)
{
    for (size_t i = 0; i < live->count; i++) {
        const struct packet_socket *socket = &live->sockets[i];
        if (!socket->holds && socket->is_packet && socket->frames < socket->received)
            return live->now_ns > live->stop_ns + 2 * live->hold_ns;
    }
    return true;
}

static enum capture_result drain(struct live *live, struct frame *ret_frame)
{
    struct packet_socket *oldest = find_oldest(live);
    if (oldest && are_all_there(live))
        return give(live, oldest, ret_frame);
    if (!oldest && is_drained(live))
        return CAPTURE_END;
    (void)look(live, POLL_DRAINING_MS * millisecond);
    return CAPTURE_NOTHING;
}

enum capture_result live_next(struct live *live, struct frame *ret_frame, char ret_error[CAPTURE_ERROR_SIZE])
{
    live_start(live);
    if (live->stopping)
        return drain(live, ret_frame);
    if (live->frames >= BUSY_FRAMES)
        (void)look(live, 0);
    for (bool waited = false;; waited = true) {
        struct packet_socket *oldest = find_oldest(live);
        int64_t wait_ns = oldest ? wait_of(live, oldest) : POLL_MS * millisecond;
        bool is_due = oldest && wait_ns <= 0;
        bool has_looked = !is_due || live->frames == 0; /* since the last frame: there may be news */
        if (has_looked && tell(live, ret_error))
            return CAPTURE_NEWS;
        if (is_due)
            return give(live, oldest, ret_frame);
        if (!oldest && is_broken(live, ret_error))
            return CAPTURE_BROKEN;
        if ((waited && !oldest) || !look(live, wait_ns))
            return CAPTURE_NOTHING;
    }
}

size_t live_sockets(const struct live *live, int *ret_sockets, size_t capacity, int *ret_link)
{
    size_t count = 0;
    for (size_t i = 0; i < live->count; i++)
        if (live->sockets[i].is_packet && count++ < capacity)
            ret_sockets[count - 1] = live->sockets[i].descriptor;
    *ret_link = live->watch ? link_watch_descriptor(live->watch) : -1;
    return count;
}

size_t live_interfaces(struct live *live, struct capture_interface *ret_rows, size_t capacity)
{
    for (size_t i = 0; i < live->count; i++)
        ask_about(live, i);
    read_links(live);
    for (size_t i = 0; i < live->count && i < capacity; i++) {
        struct packet_socket *socket = &live->sockets[i];
        packet_socket_count(socket);
        ret_rows[i] = (struct capture_interface){
            .up = socket->link.now == LINK_UP,
            .known = true,
            .received = socket->received,
            .dropped_by_kernel = socket->dropped,
            .dropped_by_interface = socket->lost,
        };
        snprintf(ret_rows[i].name, sizeof ret_rows[i].name, "%s", socket->link.name);
    }
    return live->count;
}
