/* SPDX-License-Identifier: BSD-3-Clause
 *
 * One interface that is listened to: libpcap's handle, and the packet socket inside it. For live.c only.
 *
 * libpcap opens the socket, maps its ring and reads it. Everything that must work later, without rights and inside a
 * sandbox, is done to the socket directly: bind, setsockopt, getsockopt.
 */
#ifndef OVERHEAR_CAPTURE_PACKET_SOCKET_H
#define OVERHEAR_CAPTURE_PACKET_SOCKET_H

#include "capture.h"
#include "link_state.h"

#include <linux/filter.h>
#include <pcap/pcap.h>

struct packet_socket {
    pcap_t *handle;
    int descriptor; /* -1: the device has none that can be polled */
    bool is_packet; /* else something else that libpcap can listen to: it is only read */
    bool is_any;    /* all interfaces */
    bool shares;    /* one of a group: see packet_socket_share */
    uint16_t group; /* then its number */
    bool promiscuous;
    bool nanoseconds;
    bool is_bound;
    bool is_running; /* frames are wanted */
    uint16_t link_type;
    int loopback; /* the index of "lo", 0: none */
    struct link_state link;

    struct sock_filter *program; /* what the kernel runs on each frame */
    unsigned short program_length;
    unsigned short index_at;    /* the instruction that holds the interface's index; 0: none */
    uint64_t received, dropped; /* by the kernel, so far */
    bool lost_known;
    uint64_t lost, lost_before; /* by the interface since the start; its counter when it was last asked */
    uint64_t all_lost;          /* of all interfaces, while an answer about them comes in */

    /* Reading. */
    bool readable; /* poll said so, and nothing said otherwise since */
    bool holds;    /* a frame is read and not yet given on */
    struct pcap_pkthdr *header;
    const unsigned char *data;
    int64_t time_ns;
    int64_t read_ns;                  /* when, by the clock that never jumps */
    int64_t quiet_ns;                 /* when it was last known to have nothing more, by the clock of the frames */
    uint64_t frames;                  /* read so far */
    size_t buffer_bytes, frame_bytes; /* of the kernel; what a frame takes of them, on the average of the last */
    unsigned errors;                  /* since the last frame */
};

/* Opens; nothing is received before packet_socket_start. `first`: what the kernel says of the interface, NULL for
 * "any" and where it does not know it. 0, or -1 with the message; packet_socket_close all the same. */
int packet_socket_open(struct packet_socket *socket, const char *name, const struct link *first,
                       const struct capture_live_options *options, int timeout_ms, char ret_error[CAPTURE_ERROR_SIZE]);
void packet_socket_close(struct packet_socket *socket);

/* 0, or -1 with the message. */
int packet_socket_filter(struct packet_socket *socket, const char *expression, char ret_error[CAPTURE_ERROR_SIZE]);

/* Makes it one of the sockets that share an interface's frames. A group cannot be bound to an interface again that was
 * deleted and made anew; so its sockets are bound to none, and the filter picks out the interface by its index. 0, or
 * -1 with the message. */
int packet_socket_share(struct packet_socket *socket, uint16_t group, char ret_error[CAPTURE_ERROR_SIZE]);

/* Frames are received from now on; none any more, but for those that the kernel holds. */
void packet_socket_start(struct packet_socket *socket);
void packet_socket_stop(struct packet_socket *socket);

/* Listens to the interface that link.index names now. 0, or a negative errno. */
int packet_socket_take_up(struct packet_socket *socket);

/* Reads one frame where none is held. False: there is none, or libpcap has trouble, which errors counts. */
bool packet_socket_read(struct packet_socket *socket);

/* Brings `received` and `dropped` up to date. */
void packet_socket_count(struct packet_socket *socket);

/* So many frames were waiting when they were last counted that none should wait for long. */
bool packet_socket_is_filling(const struct packet_socket *socket);

/* The pending error of the socket, which is taken away; 0: none. */
int packet_socket_error(const struct packet_socket *socket);

#endif
