/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The handle is non-blocking and we poll its descriptor ourselves: a blocking read of libpcap would not return for
 * SIGINT while no frame comes.
 */
#include "live.h"

#include <errno.h>
#include <netinet/in.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    SNAP_LENGTH = 262144,
    KERNEL_TIMEOUT_MS = 100, /* how long the kernel may hold frames back to hand them over together */
    POLL_MS = 250,
    POLL_WITHOUT_DESCRIPTOR_MS = 10,
    MICROSECOND_DIGITS = 6,
    NANOSECOND_DIGITS = 9,
};

struct live {
    pcap_t *handle;
    char *interface;
    int descriptor; /* to poll; -1: the device has none */
    uint16_t link_type;
    bool nanoseconds;
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

static void explain(const struct live *live, int status, const char *name, char ret_error[CAPTURE_ERROR_SIZE])
{
    const char *detail = pcap_geterr(live->handle);
    const char *meaning = pcap_statustostr(status);
    const char *advice = "";
    if (status == PCAP_ERROR_PERM_DENIED)
        advice = "; capturing needs root or the capabilities CAP_NET_RAW and CAP_NET_ADMIN";
    else if (status == PCAP_ERROR_NO_SUCH_DEVICE)
        advice = "; -D lists the interfaces";
    bool has_detail = detail[0] != '\0' && status != PCAP_ERROR_PERM_DENIED;
    snprintf(ret_error, CAPTURE_ERROR_SIZE, "%.64s: %.200s%s", name, has_detail ? detail : meaning, advice);
}

static int configure(struct live *live, const struct capture_live_options *options, char ret_error[CAPTURE_ERROR_SIZE])
{
    pcap_t *handle = live->handle;
    pcap_set_snaplen(handle, options->snap_length > 0 ? options->snap_length : SNAP_LENGTH);
    pcap_set_promisc(handle, !options->not_promiscuous && strcmp(options->interfaces[0], "any") != 0);
    pcap_set_timeout(handle, KERNEL_TIMEOUT_MS);
    if (options->buffer_kib > 0)
        pcap_set_buffer_size(handle, options->buffer_kib * 1024);
    live->nanoseconds = pcap_set_tstamp_precision(handle, PCAP_TSTAMP_PRECISION_NANO) == 0;
    int status = pcap_activate(handle);
    if (status < 0) {
        explain(live, status, options->interfaces[0], ret_error);
        return -1;
    }
    char problem[PCAP_ERRBUF_SIZE] = "";
    if (strcmp(options->interfaces[0], "any") == 0)
        pcap_set_datalink(handle, DLT_LINUX_SLL2); /* tells the interfaces apart; older kernels stay with SLL */
    if (find_link_type(handle, &live->link_type) != 0) {
        snprintf(ret_error, CAPTURE_ERROR_SIZE, "%.64s: its kind of frames is unknown", options->interfaces[0]);
        return -1;
    }
    if (pcap_setnonblock(handle, 1, problem) != 0) {
        snprintf(ret_error, CAPTURE_ERROR_SIZE, "%.64s: %s", options->interfaces[0], problem);
        return -1;
    }
    live->descriptor = pcap_get_selectable_fd(handle);
    return 0;
}

struct live *live_open(const struct capture_live_options *options, char ret_error[CAPTURE_ERROR_SIZE])
{
    char problem[PCAP_ERRBUF_SIZE] = "";
    struct live *live = calloc(1, sizeof *live);
    if (!live || !(live->interface = strdup(options->interfaces[0]))) {
        snprintf(ret_error, CAPTURE_ERROR_SIZE, "out of memory");
        free(live);
        return NULL;
    }
    live->handle = pcap_create(options->interfaces[0], problem);
    if (!live->handle)
        snprintf(ret_error, CAPTURE_ERROR_SIZE, "%.64s: %s", options->interfaces[0], problem);
    else if (configure(live, options, ret_error) == 0)
        return live;
    live_close(live);
    return NULL;
}

void live_close(struct live *live)
{
    if (!live)
        return;
    if (live->handle)
        pcap_close(live->handle);
    free(live->interface);
    free(live);
}

int live_filter(struct live *live, const char *expression, char ret_error[CAPTURE_ERROR_SIZE])
{
    struct bpf_program code;
    if (pcap_compile(live->handle, &code, expression, 1, PCAP_NETMASK_UNKNOWN) != 0) {
        snprintf(ret_error, CAPTURE_ERROR_SIZE, "filter '%.200s': %.200s", expression, pcap_geterr(live->handle));
        return -1;
    }
    int result = pcap_setfilter(live->handle, &code);
    pcap_freecode(&code);
    if (result != 0)
        snprintf(ret_error, CAPTURE_ERROR_SIZE, "filter '%.200s': %.200s", expression, pcap_geterr(live->handle));
    return result != 0 ? -1 : 0;
}

static void wait_for_frames(const struct live *live)
{
    if (live->descriptor < 0) {
        usleep(POLL_WITHOUT_DESCRIPTOR_MS * 1000);
        return;
    }
    struct pollfd poller = {.fd = live->descriptor, .events = POLLIN};
    (void)poll(&poller, 1, POLL_MS); /* a signal ends it early, which is what we want */
}

enum capture_result live_next(struct live *live, struct frame *ret_frame, char ret_error[CAPTURE_ERROR_SIZE])
{
    struct pcap_pkthdr *header;
    const unsigned char *data;
    int count = pcap_next_ex(live->handle, &header, &data);
    if (count == 0) {
        wait_for_frames(live);
        count = pcap_next_ex(live->handle, &header, &data);
    }
    if (count == 0)
        return CAPTURE_NOTHING;
    if (count < 0) {
        snprintf(ret_error, CAPTURE_ERROR_SIZE, "%.64s: %.200s", live->interface, pcap_geterr(live->handle));
        return CAPTURE_BROKEN;
    }
    int64_t fraction = header->ts.tv_usec;
    *ret_frame = (struct frame){
        .data = bytes_of(data, header->caplen),
        .moment.time_ns = (int64_t)header->ts.tv_sec * 1000000000 + (live->nanoseconds ? fraction : fraction * 1000),
        .wire_length = header->len > header->caplen ? header->len : header->caplen,
        .link_type = live->link_type,
        .time_digits = live->nanoseconds ? NANOSECOND_DIGITS : MICROSECOND_DIGITS,
    };
    return CAPTURE_FRAME;
}

bool live_drops(struct live *live, uint64_t *ret_kernel, uint64_t *ret_interface)
{
    struct pcap_stat statistics;
    if (pcap_stats(live->handle, &statistics) != 0)
        return false;
    *ret_kernel = statistics.ps_drop;
    *ret_interface = statistics.ps_ifdrop;
    return true;
}

/* One interface a line: name, state, addresses, description. */
static void print_interface(FILE *to, const pcap_if_t *interface)
{
    fprintf(to, "%-16s %-5s", interface->name, interface->flags & PCAP_IF_UP ? "up" : "down");
    const char *separator = "  ";
    for (const pcap_addr_t *address = interface->addresses; address; address = address->next) {
        struct address ip = {0};
        char text[ADDRESS_TEXT_SIZE];
        const struct sockaddr *socket_address = address->addr;
        if (!socket_address)
            continue;
        if (socket_address->sa_family == AF_INET) {
            struct sockaddr_in in;
            memcpy(&in, socket_address, sizeof in);
            ip.family = 4;
            memcpy(ip.octets, &in.sin_addr, 4);
        } else if (socket_address->sa_family == AF_INET6) {
            struct sockaddr_in6 in6;
            memcpy(&in6, socket_address, sizeof in6);
            ip.family = 6;
            memcpy(ip.octets, &in6.sin6_addr, 16);
        }
        if (ip.family == 0 || address_text(&ip, text) == 0)
            continue;
        fprintf(to, "%s%s", separator, text);
        separator = ", ";
    }
    if (interface->description)
        fprintf(to, "  (%s)", interface->description);
    fputc('\n', to);
}

char *capture_list_interfaces(char ret_error[CAPTURE_ERROR_SIZE])
{
    char problem[PCAP_ERRBUF_SIZE] = "";
    pcap_if_t *interfaces = NULL;
    char *text = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&text, &size);
    if (!to || pcap_findalldevs(&interfaces, problem) != 0) {
        snprintf(ret_error, CAPTURE_ERROR_SIZE, "%s", to ? problem : "out of memory");
        if (to)
            fclose(to);
        free(text);
        return NULL;
    }
    for (const pcap_if_t *interface = interfaces; interface; interface = interface->next)
        print_interface(to, interface);
    bool failed = ferror(to) != 0;
    bool none = interfaces == NULL;
    pcap_freealldevs(interfaces);
    if (fclose(to) == 0 && !failed && !none)
        return text;
    snprintf(ret_error, CAPTURE_ERROR_SIZE, "%s",
             none ? "no interface can be seen; capturing needs root" : "out of memory");
    free(text);
    return NULL;
}
