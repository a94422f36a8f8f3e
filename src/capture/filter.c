/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The link-type numbers of files (LINKTYPE_) and of libpcap's compiler (DLT_) differ here and there, and libpcap keeps
 * the table to itself. So we let it open an empty capture file of the link type in question, in memory, and compile
 * for that.
 */
#include "filter.h"

#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>

enum { SNAP_LENGTH = 262144 };

struct program {
    uint16_t link_type;
    bool fits; /* compiled; otherwise the expression makes no sense for this link type */
    struct bpf_program code;
};

struct filter {
    char *expression;
    struct program programs[LIMIT_FILTERS];
    size_t count, oldest, last; /* last: where the frame before found its program */
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

static int compile(struct program *program, const char *expression, uint16_t link_type,
                   char ret_error[CAPTURE_ERROR_SIZE])
{
    char problem[PCAP_ERRBUF_SIZE] = "";
    *program = (struct program){.link_type = link_type};
    pcap_t *handle = open_empty(link_type, problem);
    if (!handle) {
        snprintf(ret_error, CAPTURE_ERROR_SIZE, "filter: %s", problem);
        return -1;
    }
    program->fits = pcap_compile(handle, &program->code, expression, 1, PCAP_NETMASK_UNKNOWN) == 0;
    if (!program->fits) {
        const char *name = pcap_datalink_val_to_name(pcap_datalink(handle));
        snprintf(ret_error, CAPTURE_ERROR_SIZE, "filter '%.200s': %.200s (for frames of link type %u, %s)", expression,
                 pcap_geterr(handle), link_type, name ? name : "which libpcap does not know");
    }
    pcap_close(handle);
    return program->fits ? 0 : -1;
}

struct filter *filter_new(const char *expression, uint16_t link_type, char ret_error[CAPTURE_ERROR_SIZE])
{
    struct filter *filter = calloc(1, sizeof *filter);
    char *copy = strdup(expression);
    if (!filter || !copy) {
        snprintf(ret_error, CAPTURE_ERROR_SIZE, "filter: out of memory");
        free(filter);
        free(copy);
        return NULL;
    }
    filter->expression = copy;
    filter->count = 1;
    if (compile(&filter->programs[0], expression, link_type, ret_error) == 0)
        return filter;
    filter_free(filter);
    return NULL;
}

void filter_free(struct filter *filter)
{
    if (!filter)
        return;
    for (size_t i = 0; i < filter->count; i++)
        pcap_freecode(&filter->programs[i].code);
    free(filter->expression);
    free(filter);
}

static struct program *find_program(struct filter *filter, uint16_t link_type)
{
    if (filter->programs[filter->last].link_type == link_type)
        return &filter->programs[filter->last];
    for (size_t i = 0; i < filter->count; i++)
        if (filter->programs[i].link_type == link_type) {
            filter->last = i;
            return &filter->programs[i];
        }
    if (filter->count < LIMIT_FILTERS) {
        filter->last = filter->count++;
    } else {
        filter->last = filter->oldest;
        filter->oldest = (filter->oldest + 1) % LIMIT_FILTERS;
        pcap_freecode(&filter->programs[filter->last].code);
    }
    char problem[CAPTURE_ERROR_SIZE];
    struct program *program = &filter->programs[filter->last];
    if (compile(program, filter->expression, link_type, problem) != 0 && filter->misfit[0] == '\0')
        snprintf(filter->misfit, sizeof filter->misfit, "%s", problem);
    return program;
}

enum filter_result filter_frame(struct filter *filter, const struct frame *frame)
{
    const struct program *program = find_program(filter, frame->link_type);
    if (!program->fits) {
        filter->misfits++;
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
