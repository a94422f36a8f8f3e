/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Capture files: every frame that comes out must lie within its limits, and the end must come.
 */
#include "harness.h"

#include "capture/capture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char error[CAPTURE_ERROR_SIZE] = "";
    struct capture *capture = capture_open_memory(bytes_of(data, size), 1, error);
    if (!capture) {
        if (error[0] == '\0')
            abort();
        return 0;
    }
    /* the last byte decides whether a filter is tried too: compiling one is slow */
    if (size > 0 && data[size - 1] == 'f' && capture_filter(capture, "udp port 53", error) != 0) {
        capture_close(capture);
        return 0;
    }
    uint64_t last = 0;
    unsigned sum = 0;
    struct frame frame;
    enum capture_result result;
    while ((result = capture_next(capture, &frame, error)) == CAPTURE_FRAME || result == CAPTURE_NOTHING) {
        if (result == CAPTURE_NOTHING)
            continue;
        if (frame.data.len > LIMIT_FRAME_BYTES || frame.wire_length < frame.data.len || frame.moment.frame <= last)
            abort();
        last = frame.moment.frame;
        for (size_t i = 0; i < frame.data.len; i++)
            sum += bytes_at(frame.data, i);
    }
    volatile unsigned seen = sum; /* so that the bytes are really read */
    (void)seen;
    if (result == CAPTURE_BROKEN && error[0] == '\0')
        abort();
    capture_close(capture);
    return 0;
}
