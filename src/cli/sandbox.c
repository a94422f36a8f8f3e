/* SPDX-License-Identifier: BSD-3-Clause */
#include "sandbox.h"

#include "landlock.h"
#include "overhear/engine.h"
#include "system_calls.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>

#ifndef __has_feature
#define __has_feature(feature) 0
#endif
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__ || __has_feature(address_sanitizer) ||                 \
    __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer) || __has_feature(leak_sanitizer) ||             \
    defined OVERHEAR_COVERAGE
enum { IS_WATCHED = true };
#else
enum { IS_WATCHED = false };
#endif

/* glibc's strftime looks at /etc/localtime each time, and falls back to UTC where it may not; with a TZ of the same
 * meaning it does not look again. */
static void load_time_zone(void)
{
    (void)setenv("TZ", ":/etc/localtime", 0);
    tzset();
}

bool sandbox_prepare(void)
{
    if (IS_WATCHED)
        return true;
    load_time_zone();
    return engine_load() != NULL; /* for good: held until the process ends */
}

enum sandbox_result sandbox_confine(const struct sandbox_options *options, char ret_error[SANDBOX_ERROR_SIZE])
{
    ret_error[0] = '\0';
    if (IS_WATCHED)
        return SANDBOX_WHOLE;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        snprintf(ret_error, SANDBOX_ERROR_SIZE, "sandbox: new rights cannot be renounced: %s", strerror(errno));
        return SANDBOX_FAILED;
    }
    int level = landlock_level();
    if (level > 0)
        return landlock_confine(options, level, ret_error) == 0 ? SANDBOX_WHOLE : SANDBOX_FAILED;
    if (options->folder_count == 0)
        return SANDBOX_WHOLE; /* seccomp lets nothing be opened */
    snprintf(ret_error, SANDBOX_ERROR_SIZE,
             "sandbox: this kernel has no Landlock: files can be written wherever this user can, not only in %.200s",
             options->folders[0]);
    return SANDBOX_PART;
}

enum sandbox_result sandbox_enter(const struct sandbox_options *options, char ret_error[SANDBOX_ERROR_SIZE])
{
    ret_error[0] = '\0';
    if (IS_WATCHED)
        return SANDBOX_WHOLE;
    if (prctl(PR_GET_SECCOMP, 0, 0, 0, 0) < 0 && errno == EINVAL) {
        snprintf(ret_error, SANDBOX_ERROR_SIZE, "sandbox: this kernel has no seccomp: system calls are not filtered");
        return SANDBOX_PART;
    }
    int result = system_calls_filter(options);
    if (result == 0)
        return SANDBOX_WHOLE;
    snprintf(ret_error, SANDBOX_ERROR_SIZE, "sandbox: the system calls cannot be filtered: %s", strerror(-result));
    return SANDBOX_FAILED;
}
