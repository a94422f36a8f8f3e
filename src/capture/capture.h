/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The capture floor: frames from files, standard input or an interface.
 *
 * Files are ours (pcap in both byte orders with µs or ns, the modified and Kuznetzov-free classics that tcpdump
 * reads too, pcapng; each plain or gzip'd, told apart by content); interfaces and filter expressions are
 * libpcap's.
 */
#ifndef OVERHEAR_CAPTURE_CAPTURE_H
#define OVERHEAR_CAPTURE_CAPTURE_H

#include "overhear/packet.h"

enum { CAPTURE_ERROR_SIZE = 512 };

enum capture_result {
    CAPTURE_FRAME = 1,
    CAPTURE_END = 0,
    CAPTURE_BROKEN = -1,  /* error says file, frame number and byte offset; frames before it were good */
    CAPTURE_NOTHING = -2, /* live only: no frame within the poll interval, call again */
};

struct capture;

/* Opens a file; "-" is standard input. NULL with one clear line in ret_error where it cannot be opened or is no
 * capture. first_frame: number that its first frame gets (frames are counted over all files of a run). */
struct capture *capture_open_file(const char *path, uint64_t first_frame, char ret_error[CAPTURE_ERROR_SIZE]);

struct capture_live_options {
    const char *interface; /* a name, or "any" */
    int snap_length;       /* 0: 262144 */
    int buffer_kib;        /* 0: libpcap's default */
    bool not_promiscuous;
};

struct capture *capture_open_live(const struct capture_live_options *options, uint64_t first_frame,
                                  char ret_error[CAPTURE_ERROR_SIZE]);

/* Only frames that match the BPF expression are returned (they are counted and numbered as in the file all the
 * same). One program a link type and snap length, compiled when first needed. 0, or -1 with the message. */
int capture_filter(struct capture *capture, const char *expression, char ret_error[CAPTURE_ERROR_SIZE]);

/* The next frame; its bytes are valid until the next call. */
enum capture_result capture_next(struct capture *capture, struct frame *ret_frame, char ret_error[CAPTURE_ERROR_SIZE]);

/* For progress: bytes of the file consumed so far (compressed bytes where compressed) and its size, 0 where not
 * known (pipes, interfaces). */
uint64_t capture_position(const struct capture *capture);
uint64_t capture_size(const struct capture *capture);

/* Live: frames that the kernel and the interface dropped. False where that is not known. */
bool capture_drops(struct capture *capture, uint64_t *ret_kernel, uint64_t *ret_interface);

/* The file descriptor to poll for a live capture, -1 for files. */
void capture_close(struct capture *capture);

/* Prints the interfaces as `overhear -D` shows them into a new string that the caller frees; NULL with the message. */
char *capture_list_interfaces(char ret_error[CAPTURE_ERROR_SIZE]);

/* -w: saves frames as pcap with nanoseconds if the first frame has them. A pcap file has one link type:
 * a frame of another is refused (-1 with a message). */
struct capture_writer;
struct capture_writer *capture_writer_open(const char *path, char ret_error[CAPTURE_ERROR_SIZE]);
int capture_writer_add(struct capture_writer *writer, const struct frame *frame, char ret_error[CAPTURE_ERROR_SIZE]);
/* Flushes; -1 with the message where the disk is full. */
int capture_writer_close(struct capture_writer *writer, char ret_error[CAPTURE_ERROR_SIZE]);

#endif
