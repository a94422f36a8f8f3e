/* SPDX-License-Identifier: BSD-3-Clause */
#include "write_all.h"

#include <errno.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

/* False: errno is about something that waiting does not mend, and stays. */
static bool wait_where_it_helps(int descriptor)
{
    struct pollfd ready = {.fd = descriptor, .events = POLLOUT};
    if (errno == EINTR)
        return true;
    if (errno != EAGAIN && errno != EWOULDBLOCK)
        return false;
    return poll(&ready, 1, -1) >= 0 || errno == EINTR;
}

bool write_all(int descriptor, struct bytes data, size_t *ret_written)
{
    *ret_written = 0;
    while (data.len > 0) {
        ssize_t written = write(descriptor, data.at, data.len);
        if (written > 0) {
            *ret_written += (size_t)written;
            data = bytes_skip(data, (size_t)written);
        } else if (written == 0) {
            errno = ENOSPC;
            return false;
        } else if (!wait_where_it_helps(descriptor)) {
            return false;
        }
    }
    return true;
}

void write_take_back(int descriptor, size_t count)
{
    struct stat status;
    const int reason = errno;
    const off_t end = count > 0 ? lseek(descriptor, 0, SEEK_CUR) : -1;
    if (end >= (off_t)count && fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) && status.st_size == end &&
        ftruncate(descriptor, end - (off_t)count) == 0)
        (void)lseek(descriptor, end - (off_t)count, SEEK_SET);
    errno = reason;
}
