/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The capture floor: frames from files, standard input or an interface.
 *
 * Files are ours (pcap in both byte orders with µs or ns and its modified form of old Linux systems, pcapng; each
 * plain or gzip'd, told apart by content); interfaces and filter expressions are libpcap's.
 *
 * Time stamps: seconds of pcap count from 1970 without a sign (up to 2106); microseconds or nanoseconds of a whole
 * second and more are carried into the seconds; times of pcapng that an int64_t of nanoseconds cannot hold become
 * its nearest value (2262). A pcapng Simple Packet Block has no time: it gets that of the frame before it.
 * A frame that claims fewer bytes on the wire than were captured gets wire_length = what was captured.
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
};

struct capture;

/* Opens a file; "-" is standard input. NULL with one clear line in ret_error where it cannot be opened or is no
 * capture. first_frame: number that its first frame gets (frames are counted over all files of a run). */
struct capture *capture_open_file(const char *path, uint64_t first_frame, char ret_error[CAPTURE_ERROR_SIZE]);

/* The same over a file's bytes in memory, which must outlive the capture. */
struct capture *capture_open_memory(struct bytes bytes, uint64_t first_frame, char ret_error[CAPTURE_ERROR_SIZE]);

struct capture_live_options {
    const char *interface; /* a name, or "any" */
    int snap_length;       /* 0: 262144 */
    int buffer_kib;        /* 0: libpcap's default */
    bool not_promiscuous;
};

struct capture *capture_open_live(const struct capture_live_options *options, uint64_t first_frame,
                                  char ret_error[CAPTURE_ERROR_SIZE]);

/* Only frames that match the BPF expression are returned (they are counted and numbered as in the file all the
 * same). One program a link type; the first is compiled here, others when first needed. 0, or -1 with the message:
 * the expression makes no sense, or none for frames of the first link type. */
int capture_filter(struct capture *capture, const char *expression, char ret_error[CAPTURE_ERROR_SIZE]);

/* Frames left out because the expression cannot be applied to their link type, a later one of a file with several;
 * ret_message (may be NULL) says why for the first of them. */
uint64_t capture_filter_misfits(const struct capture *capture, const char **ret_message);

/* The next frame; its bytes are valid until the next call. After CAPTURE_BROKEN comes CAPTURE_END. */
enum capture_result capture_next(struct capture *capture, struct frame *ret_frame, char ret_error[CAPTURE_ERROR_SIZE]);

/* For progress: bytes of the file consumed so far (compressed bytes where compressed) and its size, 0 where not
 * known (pipes, interfaces). */
uint64_t capture_position(const struct capture *capture);
uint64_t capture_size(const struct capture *capture);

/* Live: frames that the kernel and the interface dropped. False where that is not known. */
bool capture_drops(struct capture *capture, uint64_t *ret_kernel, uint64_t *ret_interface);

/* Frames read so far, those that the filter left out included. */
uint64_t capture_frames(const struct capture *capture);

void capture_close(struct capture *capture);

/* Prints the interfaces as `overhear -D` shows them into a new string that the caller frees; NULL with the message. */
char *capture_list_interfaces(char ret_error[CAPTURE_ERROR_SIZE]);

/* -w: saves frames as pcap with nanoseconds if the first frame has them. A pcap file has one link type:
 * a frame of another is refused (CAPTURE_WRITER_REFUSED with a message; the file stays good). "-" is standard output.
 * 0, or CAPTURE_WRITER_FAILED with the message: nothing more can be written. */
enum { CAPTURE_WRITER_FAILED = -1, CAPTURE_WRITER_REFUSED = -2 };
struct capture_writer;
struct capture_writer *capture_writer_open(const char *path, char ret_error[CAPTURE_ERROR_SIZE]);
int capture_writer_add(struct capture_writer *writer, const struct frame *frame, char ret_error[CAPTURE_ERROR_SIZE]);
/* Flushes and frees, whatever the result. */
int capture_writer_close(struct capture_writer *writer, char ret_error[CAPTURE_ERROR_SIZE]);

#endif
