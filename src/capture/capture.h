/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The capture floor: frames from files, standard input or an interface.
 *
 * Files are ours (pcap in both byte orders with µs or ns and its modified form of old Linux systems, pcapng; each
 * plain or gzip'd, told apart by content); interfaces and filter expressions are libpcap's.
 *
 * Time stamps: seconds of pcap count from 1970 without a sign (up to 2106); microseconds or nanoseconds of a whole
 * second and more are carried into the seconds; times of pcapng that an int64_t of nanoseconds cannot hold become
 * its nearest value (2262), and those before 1970 become 1970. A pcapng Simple Packet Block has no time: it gets that
 * of the frame before it. A frame that claims fewer bytes on the wire than were captured gets wire_length = what was
 * captured.
 */
#ifndef OVERHEAR_CAPTURE_CAPTURE_H
#define OVERHEAR_CAPTURE_CAPTURE_H

#include "overhear/packet.h"

enum { CAPTURE_ERROR_SIZE = 512 };

enum capture_result {
    CAPTURE_FRAME = 1,
    CAPTURE_END = 0,
    CAPTURE_BROKEN = -1,  /* error says file, frame number in that file and byte offset; frames before it were good */
    CAPTURE_NOTHING = -2, /* no frame yet, call again: the poll interval of a live capture is over, a signal came, or
                           * thousands of frames in a row did not match the filter */
    CAPTURE_NEWS = -3,    /* live: error holds something to tell (an interface went down, or is back); go on */
};

struct capture;

/* Opens a file; "-" is standard input. NULL with one clear line in ret_error where it cannot be opened or is no
 * capture. first_frame: number that its first frame gets (frames are counted over all files of a run). */
struct capture *capture_open_file(const char *path, uint64_t first_frame, char ret_error[CAPTURE_ERROR_SIZE]);

/* The same of a file that is open already: so that opening can be done before the sandbox, and reading in it. The
 * capture closes the descriptor, also where this fails. `path` is for messages. */
struct capture *capture_open_descriptor(int descriptor, const char *path, uint64_t first_frame,
                                        char ret_error[CAPTURE_ERROR_SIZE]);

/* The same of a file that another thread inflates: number `file` of those of `ahead`, which must outlive the capture.
 */
struct ahead;
struct capture *capture_open_ahead(struct ahead *ahead, size_t file, const char *path, uint64_t first_frame,
                                   char ret_error[CAPTURE_ERROR_SIZE]);

/* The same over a file's bytes in memory, which must outlive the capture. */
struct capture *capture_open_memory(struct bytes bytes, uint64_t first_frame, char ret_error[CAPTURE_ERROR_SIZE]);

/* Live: one or more interfaces, seen as one capture. An interface that goes down or disappears is waited for; the
 * others go on. Frames of several interfaces come in the order of their times, as far as they are there. */
struct capture_live_options {
    const char *const *interfaces; /* names, or "any" */
    size_t interface_count;        /* at least 1 */
    int snap_length;               /* 0: 262144 */
    int buffer_kib;                /* of each interface; 0: LIMIT_KERNEL_BUFFER_KIB */
    bool not_promiscuous;
    bool hurry;            /* a person waits: the kernel hands frames over within 20 ms, else within 100 */
    uint16_t fanout_group; /* not 0: captures with the same interfaces and group share the frames among them, by the
                            * addresses of their packets (PACKET_FANOUT), so that all frames between two hosts come
                            * to the same one */
    const struct capture *fanout_with; /* one of the group, opened before: then its group counts, not the number */
};

/* As fanout_group of the first of a group: one that no other program is in. The number of a group is one of the whole
 * system; whoever uses the same takes frames away. */
enum { CAPTURE_FANOUT_NEW = 0xffff };

struct capture *capture_open_live(const struct capture_live_options *options, uint64_t first_frame,
                                  char ret_error[CAPTURE_ERROR_SIZE]);

/* Live: frames are received from here on, those that match the filter; else from the first capture_next on. */
void capture_start(struct capture *capture);

/* No more frames are taken from the interfaces; those that the kernel holds still come, then CAPTURE_END. */
void capture_stop(struct capture *capture);

/* The sockets that a sandbox has to leave usable. Fills at most `capacity`; returns how many there are. *ret_link: the
 * socket that tells of interfaces, -1: none. */
size_t capture_sockets(const struct capture *capture, int *ret_sockets, size_t capacity, int *ret_link);

/* Counted since the capture was opened. received + dropped_by_kernel frames reached the socket and matched the filter;
 * of `received` those that were not read yet are waiting. */
struct capture_interface {
    char name[64];
    bool up;
    bool known; /* the counts are */
    uint64_t received, dropped_by_kernel, dropped_by_interface;
};

/* Fills at most `capacity` rows; returns how many there are. None of files. */
size_t capture_interfaces(struct capture *capture, struct capture_interface *ret_rows, size_t capacity);

/* Only frames that match the BPF expression are returned (they are counted and numbered as in the file all the
 * same). One program a link type; the first is compiled here, others when first needed. 0, or -1 with the message:
 * the expression makes no sense, or none for frames of the first link type. */
int capture_filter(struct capture *capture, const char *expression, char ret_error[CAPTURE_ERROR_SIZE]);

/* The same of a file, with what filter_prepare (filter.h) made before the sandbox, for any number of captures, one
 * after the other. Borrowed: it must outlive the capture. */
struct filter;
int capture_use_filter(struct capture *capture, struct filter *filter, char ret_error[CAPTURE_ERROR_SIZE]);

/* Frames left out because the expression cannot be applied to their link type, a later one of a file with several;
 * ret_message (may be NULL) says why for the first of them. */
uint64_t capture_filter_misfits(const struct capture *capture, const char **ret_message);

/* The next frame; its bytes are valid until the next call. After CAPTURE_BROKEN comes CAPTURE_END. */
enum capture_result capture_next(struct capture *capture, struct frame *ret_frame, char ret_error[CAPTURE_ERROR_SIZE]);

/* Of a file: the next frames whose bytes are in memory already, all valid until the next call. Fills at most
 * `capacity`; 0: ask capture_next. */
size_t capture_at_hand(struct capture *capture, struct frame *ret_frames, size_t capacity);

/* For progress: bytes of the file consumed so far (compressed bytes where compressed) and its size, 0 where not
 * known (pipes, interfaces). */
uint64_t capture_position(const struct capture *capture);
uint64_t capture_size(const struct capture *capture);

/* Frames read so far, those that the filter left out included. */
uint64_t capture_frames(const struct capture *capture);

void capture_close(struct capture *capture);

/* Prints the interfaces as `overhear -D` shows them into a new string that the caller frees; NULL with the message. */
char *capture_list_interfaces(char ret_error[CAPTURE_ERROR_SIZE]);

/* -w: saves frames as pcap with nanoseconds if the first frame has them. A pcap file has one link type:
 * a frame of another is refused (CAPTURE_WRITER_REFUSED with a message; the file stays good). "-" is standard output.
 * Of a frame longer than CAPTURE_WRITER_FRAME_BYTES, which no other program would read, the first so many are saved.
 *
 * 0, or CAPTURE_WRITER_FAILED with the message: nothing more can be written; or CAPTURE_WRITER_GONE: the same, because
 * nobody reads the pipe any more. What reaches the file at a time are whole frames; where the disk is full in the
 * middle of one, the file is cut at its beginning. Without a frame the file has a header of Ethernet. */
enum { CAPTURE_WRITER_FAILED = -1, CAPTURE_WRITER_REFUSED = -2, CAPTURE_WRITER_GONE = -3 };
enum { CAPTURE_WRITER_FRAME_BYTES = 262144 };
struct capture_writer;
struct capture_writer *capture_writer_open(const char *path, char ret_error[CAPTURE_ERROR_SIZE]);
/* The same to what is open already; the writer closes the descriptor, also where this fails. `path` is for messages. */
struct capture_writer *capture_writer_open_descriptor(int descriptor, const char *path,
                                                      char ret_error[CAPTURE_ERROR_SIZE]);
int capture_writer_add(struct capture_writer *writer, const struct frame *frame, char ret_error[CAPTURE_ERROR_SIZE]);
/* What the buffer holds goes to the file. 0 also where writing has failed before. */
int capture_writer_flush(struct capture_writer *writer, char ret_error[CAPTURE_ERROR_SIZE]);
/* Bytes and frames of the file so far; after a failure those that are really in it. */
uint64_t capture_writer_size(const struct capture_writer *writer);
uint64_t capture_writer_frames(const struct capture_writer *writer);
/* Flushes and frees, whatever the result. */
int capture_writer_close(struct capture_writer *writer, char ret_error[CAPTURE_ERROR_SIZE]);

#endif
