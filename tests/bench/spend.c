/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Runs a command and writes down what it cost: spend RESULT SECONDS COMMAND [ARGUMENT...]
 *
 * RESULT becomes one JSON object. After so many SECONDS the command, and what it started, is killed. A program of its
 * own because a process that is forked counts its parent's memory as its peak, and Python is larger than what is
 * measured.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile pid_t command;
static volatile sig_atomic_t late;

static void on_alarm(int number)
{
    (void)number;
    late = 1;
    (void)kill(-command, SIGKILL);
}

static double seconds_of(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

int main(int count, char **arguments)
{
    struct timespec begin, end;
    struct rusage usage;
    int status;
    if (count < 4)
        return 2;
    rlim_t seconds = strtoul(arguments[2], NULL, 10);
    struct rlimit limit = {seconds, seconds + 1};
    (void)signal(SIGALRM, on_alarm);
    (void)clock_gettime(CLOCK_MONOTONIC, &begin);
    command = fork();
    if (command == 0) {
        (void)setpgid(0, 0);
        (void)setrlimit(RLIMIT_CPU, &limit);
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* nothing goes on where its measuring was broken off */
        (void)execvp(arguments[3], arguments + 3);
        _exit(127);
    }
    (void)setpgid(command, command);
    (void)alarm((unsigned)seconds * 10);
    while (wait4(command, &status, 0, &usage) != command)
        ;
    (void)clock_gettime(CLOCK_MONOTONIC, &end);
    bool stopped = late || (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU);
    FILE *result = fopen(arguments[1], "w");
    if (!result)
        return 1;
    (void)fprintf(result, "{\"wall\":%.6f,\"user\":%.6f,\"system\":%.6f,\"peak\":%ld,\"status\":%d,\"late\":%s}\n",
                  (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) / 1e9,
                  seconds_of(usage.ru_utime), seconds_of(usage.ru_stime), usage.ru_maxrss * 1024,
                  WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), stopped ? "true" : "false");
    return fclose(result) == 0 ? 0 : 1;
}
