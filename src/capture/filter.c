/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The link-type numbers of files (LINKTYPE_) and of libpcap's compiler (DLT_) differ here and there, and libpcap keeps
 * the table to itself. So we let it open an empty capture file of the link type in question, in memory, and compile
 * for that.
 */
#include "filter.h"

#include "overhear/analyzer.h"

#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* Those that filter_prepare compiles for: what the decoder goes on from, the likely ones first. */
static const uint16_t usual_link_types[] = {
    1,   /* Ethernet */
    113, /* Linux cooked */
    276, /* Linux cooked, version 2 */
    101, /* IP */
    228, /* IPv4 */
    229, /* IPv6 */
    0,   /* loopback of BSD */
    108, /* loopback of OpenBSD */
    127, /* 802.11 with radiotap */
    105, /* 802.11 */
    119, /* 802.11 with Prism's header */
    163, /* 802.11 with AVS's header */
    192, /* per-packet information */
    9,   /* PPP */
    50,  /* PPP in HDLC's framing */
    51,  /* PPPoE */
    104, /* Cisco's HDLC */
    204, /* PPP with the direction */
    107, /* Frame Relay */
    12,  /* IP, by another number */
    14,  /* IP, by yet another */
    109, /* IPsec of OpenBSD */
    117, /* packet filter's log */
    239, /* netfilter's log */
    258, /* packets of macOS with their process */
    149, /* the same, by its older number */
    274, /* Ethernet with its preamble */
    10,  /* FDDI */
    7,   /* ARCNET */
    129, /* ARCNET of Linux */
};

enum {
    SNAP_LENGTH = 262144,
    USUAL = sizeof usual_link_types / sizeof usual_link_types[0],
    PATIENCE_NS = 1000000000, /* names that servers have to be asked for are not asked for 30 times */
};

struct program {
    uint16_t link_type;
    bool fits; /* compiled; otherwise the expression makes no sense for this link type, */
    struct bpf_program code;
    char *problem; /* and this is why; NULL: memory was out */
};

struct filter {
    char *expression;
    struct program programs[USUAL + LIMIT_FILTERS];
    size_t count, oldest, last; /* last: where the frame before found its program */
    size_t prepared;            /* the first ones, which stay */
    uint64_t misfits;
    char misfit[CAPTURE_ERROR_SIZE];
};

/* The handle of an empty capture; NULL with the message. */
static pcap_t *open_empty(uint16_t link_type, char ret_error[PCAP_ERRBUF_SIZE])
{
    const struct pcap_file_header header = {
        .magic = 0xa1b2c3d4, .version_major = 2, .version_minor = 4, .snaplen = SNAP_LENGTH, .linktype = link_type};
    unsigned char image[sizeof header];
    memcpy(image, &header, sizeof image);
    FILE *file = fmemopen(image, sizeof image, "rb");
    if (!file) {
        snprintf(ret_error, PCAP_ERRBUF_SIZE, "out of memory");
        return NULL;
    }
    pcap_t *handle = pcap_fopen_offline(file, ret_error); /* has read the header when it returns */
    if (!handle)
        fclose(file);
    return handle;
}

/* libpcap says so of names that it cannot look up; in a sandbox it can look up none. */
static bool is_about_name(const char *problem)
{
    return strncmp(problem, "unknown ", 8) == 0;
}

/* What was wrong is kept in the program. */
ANALYZER_IS_WRONG("-Wanalyzer-malloc-leak")
static void compile(struct program *program, const struct filter *filter, uint16_t link_type)
{
    char problem[PCAP_ERRBUF_SIZE] = "", text[CAPTURE_ERROR_SIZE];
    *program = (struct program){.link_type = link_type};
    pcap_t *handle = open_empty(link_type, problem);
    if (!handle) {
        snprintf(text, sizeof text, "filter: %s", problem);
        program->problem = strdup(text);
        return;
    }
    program->fits = pcap_compile(handle, &program->code, filter->expression, 1, PCAP_NETMASK_UNKNOWN) == 0;
    if (!program->fits) {
        const char *name = pcap_datalink_val_to_name(pcap_datalink(handle));
        bool too_late = filter->prepared > 0 && is_about_name(pcap_geterr(handle));
        snprintf(text, sizeof text, "filter '%.160s': %.120s (for frames of link type %u, %s)%s", filter->expression,
                 pcap_geterr(handle), link_type, name ? name : "which libpcap does not know",
                 too_late ? "; names are looked up beforehand only for usual link types: write a number, or use "
                            "--no-sandbox"
                          : "");
        program->problem = strdup(text);
    }
    pcap_close(handle);
}
ANALYZER_MAY_BE_RIGHT

static struct filter *new_filter(const char *expression, char ret_error[CAPTURE_ERROR_SIZE])
{
    struct filter *filter = calloc(1, sizeof *filter);
    char *copy = strdup(expression);
    if (filter && copy) {
        filter->expression = copy;
        return filter;
    }
    snprintf(ret_error, CAPTURE_ERROR_SIZE, "filter: out of memory");
    free(filter);
    free(copy);
    return NULL;
}

static const char *problem_of(const struct program *program)
{
    return program->problem ? program->problem : "filter: out of memory";
}

static void forget(struct program *program)
{
    pcap_freecode(&program->code);
    free(program->problem);
}

void filter_free(struct filter *filter)
{
    if (!filter)
        return;
    for (size_t i = 0; i < filter->count; i++)
        forget(&filter->programs[i]);
    free(filter->expression);
    free(filter);
}

static struct program *find_program(struct filter *filter, uint16_t link_type)
{
    if (filter->count > 0 && filter->programs[filter->last].link_type == link_type)
        return &filter->programs[filter->last];
    for (size_t i = 0; i < filter->count; i++)
        if (filter->programs[i].link_type == link_type) {
            filter->last = i;
            return &filter->programs[i];
        }
    if (filter->count - filter->prepared < LIMIT_FILTERS) {
        filter->last = filter->count++;
    } else {
        filter->last = filter->prepared + filter->oldest;
        filter->oldest = (filter->oldest + 1) % LIMIT_FILTERS;
        forget(&filter->programs[filter->last]);
    }
    compile(&filter->programs[filter->last], filter, link_type);
    return &filter->programs[filter->last];
}

int filter_fits(struct filter *filter, uint16_t link_type, char ret_error[CAPTURE_ERROR_SIZE])
{
    const struct program *program = find_program(filter, link_type);
    if (!program->fits)
        snprintf(ret_error, CAPTURE_ERROR_SIZE, "%s", problem_of(program));
    return program->fits ? 0 : -1;
}

struct filter *filter_new(const char *expression, uint16_t link_type, char ret_error[CAPTURE_ERROR_SIZE])
{
    struct filter *filter = new_filter(expression, ret_error);
    if (!filter || filter_fits(filter, link_type, ret_error) == 0)
        return filter;
    filter_free(filter);
    return NULL;
}

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

struct filter *filter_prepare(const char *expression, char ret_error[CAPTURE_ERROR_SIZE])
{
    struct filter *filter = new_filter(expression, ret_error);
    bool makes_sense = false;
    const int64_t begun_ns = now_ns();
    for (; filter && filter->count < USUAL && now_ns() - begun_ns < PATIENCE_NS; filter->count++) {
        compile(&filter->programs[filter->count], filter, usual_link_types[filter->count]);
        makes_sense = makes_sense || filter->programs[filter->count].fits;
    }
    if (!filter || makes_sense) {
        if (filter)
            filter->prepared = filter->count;
        return filter;
    }
    snprintf(ret_error, CAPTURE_ERROR_SIZE, "%s", problem_of(&filter->programs[0]));
    filter_free(filter);
    return NULL;
}

enum filter_result filter_frame(struct filter *filter, const struct frame *frame)
{
    const struct program *program = find_program(filter, frame->link_type);
    if (!program->fits) {
        if (filter->misfits++ == 0)
            snprintf(filter->misfit, sizeof filter->misfit, "%s", problem_of(program));
        return FILTER_MISFIT;
    }
    const struct pcap_pkthdr header = {.caplen = (uint32_t)frame->data.len, .len = frame->wire_length};
    return pcap_offline_filter(&program->code, &header, frame->data.at) != 0 ? FILTER_YES : FILTER_NO;
}

uint64_t filter_misfits(const struct filter *filter, const char **ret_message)
{
    if (ret_message)
        *ret_message = filter->misfit;
    return filter->misfits;
}
