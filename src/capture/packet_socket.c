/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What libpcap would do by itself, and why it is not left to it:
 *
 * - It binds the socket when it is activated, so that frames come before there is a filter, and refuses interfaces that
 *   are down. With a protocol that is 0 in the 16 bits that the kernel gets it binds, but nothing is received yet.
 * - pcap_stats opens files of /sys, resets the kernel's counters, and counts in 32 bits. The counters are read here.
 * - It passes over what leaves by the loopback interface, because it comes in again. The kernel counts it all the same,
 * so the filter has to leave it out.
 * - It cuts frames to the snap length only where a filter does. There always is one.
 */
#include "packet_socket.h"

#include "fanout.h"
#include "interfaces.h"

#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

enum {
    SNAP_LENGTH = 262144,
    NO_PROTOCOL = 0x10000, /* not 0, which libpcap takes for all */
    KIB = 1024,
    BUFFER_KIB_MAX = INT32_MAX / KIB,
    FRAME_OVERHEAD = 112, /* what the kernel puts before each frame, about */
    AVERAGED_FRAMES = 16,
    FILLING_PART = 8,     /* of the buffer */
    OWN_INSTRUCTIONS = 8, /* at most, before those of the expression */
};

/* The LINKTYPE_ number of a handle: libpcap writes it into the header of a file, and tells it nowhere else. */
static int find_link_type(pcap_t *handle, uint16_t *ret_link_type)
{
    char *image = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&image, &size);
    pcap_dumper_t *dumper = file ? pcap_dump_fopen(handle, file) : NULL;
    if (dumper)
        pcap_dump_close(dumper); /* closes the file */
    else if (file)
        fclose(file);
    struct pcap_file_header header = {0};
    bool known = dumper && size >= sizeof header;
    if (known) {
        memcpy(&header, image, sizeof header);
        *ret_link_type = (uint16_t)(header.linktype & 0xffff);
    }
    free(image);
    return known ? 0 : -1;
}

static void explain(const struct packet_socket *socket, int status, char ret_error[CAPTURE_ERROR_SIZE])
{
    const char *name = socket->link.name;
    const char *detail = pcap_geterr(socket->handle);
    if (status == PCAP_ERROR_PERM_DENIED)
        interfaces_explain_rights(name, ret_error);
    else if (status == PCAP_ERROR_NO_SUCH_DEVICE)
        interfaces_explain_missing(name, ret_error);
    else
        snprintf(ret_error, CAPTURE_ERROR_SIZE, "%.63s: %.200s", name,
                 status != PCAP_ERROR || detail[0] == '\0' ? pcap_statustostr(status) : detail);
}

/* Is it a socket of the kind that packet(7) describes, and not yet bound to a protocol? */
static void look_at_socket(struct packet_socket *socket)
{
    struct sockaddr_ll address = {0};
    socklen_t length = sizeof address;
    int kind = 0;
    socklen_t kind_length = sizeof kind;
    socket->descriptor = pcap_get_selectable_fd(socket->handle);
    if (socket->descriptor < 0 || getsockopt(socket->descriptor, SOL_SOCKET, SO_DOMAIN, &kind, &kind_length) != 0)
        return;
    socket->is_packet = kind == AF_PACKET;
    socket->is_bound = !socket->is_packet ||
                       getsockname(socket->descriptor, (struct sockaddr *)&address, &length) != 0 ||
                       address.sll_protocol != 0;
}

static int configure(struct packet_socket *socket, const struct capture_live_options *options, int timeout_ms,
                     char ret_error[CAPTURE_ERROR_SIZE])
{
    pcap_t *handle = socket->handle;
    int buffer_kib = options->buffer_kib > 0 ? options->buffer_kib : LIMIT_KERNEL_BUFFER_KIB;
    pcap_set_snaplen(handle, options->snap_length > 0 ? options->snap_length : SNAP_LENGTH);
    pcap_set_promisc(handle, socket->promiscuous);
    pcap_set_timeout(handle, timeout_ms);
    buffer_kib = buffer_kib < BUFFER_KIB_MAX ? buffer_kib : BUFFER_KIB_MAX;
    socket->buffer_bytes = (size_t)buffer_kib * KIB;
    pcap_set_buffer_size(handle, buffer_kib * KIB);
    pcap_set_protocol_linux(handle, NO_PROTOCOL);
    socket->nanoseconds = pcap_set_tstamp_precision(handle, PCAP_TSTAMP_PRECISION_NANO) == 0;
    int status = pcap_activate(handle);
    if (status < 0) {
        explain(socket, status, ret_error);
        return -1;
    }
    char problem[PCAP_ERRBUF_SIZE] = "";
    if (socket->is_any)
        pcap_set_datalink(handle, DLT_LINUX_SLL2); /* tells the interfaces apart; older kernels stay with SLL */
    if (find_link_type(handle, &socket->link_type) != 0) {
        snprintf(ret_error, CAPTURE_ERROR_SIZE, "%.63s: its kind of frames is unknown", socket->link.name);
        return -1;
    }
    if (pcap_setnonblock(handle, 1, problem) != 0) {
        snprintf(ret_error, CAPTURE_ERROR_SIZE, "%.63s: %.200s", socket->link.name, problem);
        return -1;
    }
    look_at_socket(socket);
    return 0;
}

int packet_socket_open(struct packet_socket *socket, const char *name, const struct link *first,
                       const struct capture_live_options *options, int timeout_ms, char ret_error[CAPTURE_ERROR_SIZE])
{
    char problem[PCAP_ERRBUF_SIZE] = "";
    socket->descriptor = -1;
    socket->is_any = strcmp(name, "any") == 0;
    socket->shares = options->fanout_group != 0;
    socket->promiscuous = !options->not_promiscuous && !socket->is_any;
    socket->loopback = (int)if_nametoindex("lo");
    link_state_begin(&socket->link, name, first);
    socket->handle = pcap_create(name, problem);
    if (!socket->handle) {
        snprintf(ret_error, CAPTURE_ERROR_SIZE, "%.63s: %.200s", name, problem);
        return -1;
    }
    if (configure(socket, options, timeout_ms, ret_error) != 0)
        return -1;
    return packet_socket_filter(socket, "", ret_error);
}

void packet_socket_close(struct packet_socket *socket)
{
    if (socket->handle)
        pcap_close(socket->handle);
    free(socket->program);
    *socket = (struct packet_socket){.descriptor = -1};
}

static void attach(const struct packet_socket *socket, struct sock_filter *program, unsigned short length)
{
    struct sock_fprog code = {.len = length, .filter = program};
    /* The kernel has taken the same program before; only its memory can be out, and then the old one stays. */
    (void)setsockopt(socket->descriptor, SOL_SOCKET, SO_ATTACH_FILTER, &code, sizeof code);
}

static void attach_nothing(const struct packet_socket *socket)
{
    struct sock_filter nothing[] = {{.code = BPF_RET | BPF_K, .k = 0}};
    attach(socket, nothing, 1);
}

/* Before the expression's own program: only this interface, where the socket is bound to none; and nothing that leaves
 * by the loopback interface. */
static unsigned short own_instructions(struct packet_socket *socket, struct sock_filter ret_program[OWN_INSTRUCTIONS])
{
    const uint32_t index_at = (uint32_t)(SKF_AD_OFF + SKF_AD_IFINDEX),
                   kind_at = (uint32_t)(SKF_AD_OFF + SKF_AD_PKTTYPE);
    unsigned short count = 0;
    socket->index_at = 0;
    if (socket->shares && !socket->is_any) {
        ret_program[count++] = (struct sock_filter){.code = BPF_LD | BPF_W | BPF_ABS, .k = index_at};
        socket->index_at = count;
        ret_program[count++] = (struct sock_filter){
            .code = BPF_JMP | BPF_JEQ | BPF_K, .jt = 1, .k = (uint32_t)socket->link.index};
        ret_program[count++] = (struct sock_filter){.code = BPF_RET | BPF_K, .k = 0};
    }
    if (socket->loopback != 0 && (socket->is_any || socket->link.index == socket->loopback)) {
        ret_program[count++] = (struct sock_filter){.code = BPF_LD | BPF_B | BPF_ABS, .k = kind_at};
        ret_program[count++] = (struct sock_filter){.code = BPF_JMP | BPF_JEQ | BPF_K, .jf = 3, .k = PACKET_OUTGOING};
        ret_program[count++] = (struct sock_filter){.code = BPF_LD | BPF_W | BPF_ABS, .k = index_at};
        ret_program[count++] = (struct sock_filter){
            .code = BPF_JMP | BPF_JEQ | BPF_K, .jf = 1, .k = (uint32_t)socket->loopback};
        ret_program[count++] = (struct sock_filter){.code = BPF_RET | BPF_K, .k = 0};
    }
    return count;
}

/* What the kernel runs now, as libpcap has prepared it, becomes the program, behind our own instructions. Where it runs
 * nothing, libpcap filters by itself. */
static int keep_program(struct packet_socket *socket)
{
    const struct sock_filter take_all = {.code = BPF_RET | BPF_K, .k = SNAP_LENGTH};
    socklen_t length = 0; /* in instructions */
    if (getsockopt(socket->descriptor, SOL_SOCKET, SO_GET_FILTER, NULL, &length) != 0)
        length = 0;
    struct sock_filter *program = calloc((size_t)length + OWN_INSTRUCTIONS + 1, sizeof *program);
    if (!program)
        return -1;
    unsigned short own = own_instructions(socket, program);
    if (length == 0 || getsockopt(socket->descriptor, SOL_SOCKET, SO_GET_FILTER, program + own, &length) != 0) {
        program[own] = take_all;
        length = 1;
    }
    free(socket->program);
    socket->program = program;
    socket->program_length = (unsigned short)(own + length);
    return 0;
}

int packet_socket_filter(struct packet_socket *socket, const char *expression, char ret_error[CAPTURE_ERROR_SIZE])
{
    struct bpf_program code;
    if (pcap_compile(socket->handle, &code, expression, 1, PCAP_NETMASK_UNKNOWN) != 0) {
        snprintf(ret_error, CAPTURE_ERROR_SIZE, "filter '%.200s': %.200s", expression, pcap_geterr(socket->handle));
        return -1;
    }
    int result = pcap_setfilter(socket->handle, &code);
    pcap_freecode(&code);
    if (result != 0) {
        snprintf(ret_error, CAPTURE_ERROR_SIZE, "filter '%.200s': %.200s", expression, pcap_geterr(socket->handle));
        return -1;
    }
    if (!socket->is_packet)
        return 0;
    if (keep_program(socket) != 0) {
        snprintf(ret_error, CAPTURE_ERROR_SIZE, "filter '%.200s': out of memory", expression);
        return -1;
    }
    if (socket->is_running)
        attach(socket, socket->program, socket->program_length);
    else
        attach_nothing(socket);
    return 0;
}

int packet_socket_error(const struct packet_socket *socket)
{
    int error = 0;
    socklen_t length = sizeof error;
    return getsockopt(socket->descriptor, SOL_SOCKET, SO_ERROR, &error, &length) == 0 ? error : errno;
}

/* To an interface, or to all where the index is 0. One that is down leaves an error, which says nothing new. */
static int bind_to(struct packet_socket *socket, int index)
{
    struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = index};
    if (bind(socket->descriptor, (struct sockaddr *)&address, sizeof address) != 0)
        return -errno;
    (void)packet_socket_error(socket);
    socket->is_bound = true;
    return 0;
}

int packet_socket_share(struct packet_socket *socket, uint16_t group, char ret_error[CAPTURE_ERROR_SIZE])
{
    int error = EOPNOTSUPP;
    socket->group = group;
    if (socket->is_packet && (error = -bind_to(socket, 0)) == 0 &&
        (error = -fanout_join(socket->descriptor, &socket->group)) == 0)
        return 0;
    snprintf(ret_error, CAPTURE_ERROR_SIZE, "%.63s: its frames cannot be shared among threads: %s", socket->link.name,
             strerror(error));
    return -1;
}

void packet_socket_start(struct packet_socket *socket)
{
    if (socket->is_running || !socket->is_packet)
        return;
    socket->is_running = true;
    attach(socket, socket->program, socket->program_length);
    if (!socket->is_bound)
        (void)bind_to(socket, socket->link.index); /* where it has just disappeared, the kernel tells so elsewhere */
}

void packet_socket_stop(struct packet_socket *socket)
{
    if (socket->is_packet)
        attach_nothing(socket);
    socket->is_running = false;
}

int packet_socket_take_up(struct packet_socket *socket)
{
    if (socket->index_at != 0)
        socket->program[socket->index_at].k = (uint32_t)socket->link.index;
    if (socket->shares && socket->is_running)
        attach(socket, socket->program, socket->program_length);
    int result = socket->shares ? 0 : bind_to(socket, socket->link.index);
    if (result != 0 || !socket->promiscuous)
        return result;
    /* The old membership ended with the old interface. */
    struct packet_mreq membership = {.mr_ifindex = socket->link.index, .mr_type = PACKET_MR_PROMISC};
    return setsockopt(socket->descriptor, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &membership, sizeof membership) == 0
               ? 0
               : -errno;
}

bool packet_socket_read(struct packet_socket *socket)
{
    if (socket->holds || !socket->readable)
        return socket->holds;
    int count = pcap_next_ex(socket->handle, &socket->header, &socket->data);
    if (count != 1) {
        socket->readable = false;
        socket->errors += count < 0;
        return false;
    }
    int64_t fraction = socket->header->ts.tv_usec;
    socket->time_ns = (int64_t)socket->header->ts.tv_sec * 1000000000 +
                      (socket->nanoseconds ? fraction : fraction * 1000);
    socket->holds = true;
    socket->frames++;
    socket->frame_bytes += (socket->header->caplen + FRAME_OVERHEAD) / AVERAGED_FRAMES;
    socket->frame_bytes -= socket->frame_bytes / AVERAGED_FRAMES;
    socket->errors = 0;
    return true;
}

void packet_socket_count(struct packet_socket *socket)
{
    struct tpacket_stats_v3 counts = {0}; /* begins with what older versions have */
    socklen_t length = sizeof counts;
    struct pcap_stat statistics;
    if (socket->is_packet) {
        /* The kernel begins anew each time, and counts what it dropped among the packets. */
        if (getsockopt(socket->descriptor, SOL_PACKET, PACKET_STATISTICS, &counts, &length) == 0) {
            socket->received += counts.tp_packets - counts.tp_drops;
            socket->dropped += counts.tp_drops;
        }
    } else if (pcap_stats(socket->handle, &statistics) == 0) {
        socket->received = statistics.ps_recv;
        socket->dropped = statistics.ps_drop;
    }
}

bool packet_socket_is_filling(const struct packet_socket *socket)
{
    return socket->received > socket->frames &&
           (socket->received - socket->frames) * socket->frame_bytes > socket->buffer_bytes / FILLING_PART;
}
