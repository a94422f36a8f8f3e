/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What a dissector could do that has been taken over: linked with the program's own object files in place of all
 * dissectors, it reads the first line of the first conversation to port 43, tries this and that from inside its hook,
 * and writes a record that says how each of it went: "done", or the name of the error. sandbox.py knows what is to be
 * expected.
 *
 * Environment: ATTACK_FOLDER, a folder where it may make files if anywhere; ATTACK_OUTPUT, a file that is not its own.
 * With ATTACK_ABORT it fails an assertion.
 */
#include "overhear/digest.h"
#include "overhear/dissector.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { PATH_ROOM = 4096, PAGE = 4096 };

/* A file of that folder; `name` has no slash. */
static const char *path_in(const char *folder, const char *name, char ret_path[PATH_ROOM])
{
    snprintf(ret_path, PATH_ROOM, "%s/%s", folder ? folder : "/nowhere", name);
    return ret_path;
}

static const char *inside(const char *name, char ret_path[PATH_ROOM])
{
    return path_in(getenv("ATTACK_FOLDER"), name, ret_path);
}

static const char *output(void)
{
    const char *path = getenv("ATTACK_OUTPUT");
    return path ? path : "/nowhere";
}

/* Each answers as a system call: not below 0, or -1 with errno. */
static long opened(int descriptor)
{
    if (descriptor >= 0)
        close(descriptor);
    return descriptor;
}

static long read_passwd(void)
{
    return opened(open("/etc/passwd", O_RDONLY));
}

static long read_memory_by_path(void)
{
    return opened(open("/proc/self/mem", O_RDWR));
}

static long hold_passwd(void)
{
    return opened(open("/etc/passwd", O_PATH));
}

static long list_root(void)
{
    return opened(open("/", O_RDONLY | O_DIRECTORY));
}

static long look_at_passwd(void)
{
    struct stat status;
    return fstatat(AT_FDCWD, "/etc/passwd", &status, 0);
}

static long write_here(void)
{
    return opened(open("attack-here", O_WRONLY | O_CREAT, 0600));
}

static long write_above(void)
{
    char path[PATH_ROOM];
    return opened(open(inside("../attack-above", path), O_WRONLY | O_CREAT, 0600));
}

static long write_inside(void)
{
    char path[PATH_ROOM];
    return opened(open(inside("attack-inside", path), O_WRONLY | O_CREAT, 0600));
}

static long read_inside(void)
{
    char path[PATH_ROOM];
    return opened(open(inside("attack-inside", path), O_RDONLY));
}

static long hide_inside(void)
{
    return opened(open(inside("", (char[PATH_ROOM]){0}), O_WRONLY | O_TMPFILE, 0600));
}

static long link_inside(void)
{
    char path[PATH_ROOM], other[PATH_ROOM];
    return linkat(AT_FDCWD, inside("attack-inside", path), AT_FDCWD, inside("attack-link", other), 0);
}

static long link_from_outside(void)
{
    char other[PATH_ROOM];
    return linkat(AT_FDCWD, output(), AT_FDCWD, inside("attack-stolen", other), 0);
}

static long remove_inside(void)
{
    char path[PATH_ROOM], other[PATH_ROOM];
    unlinkat(AT_FDCWD, inside("attack-link", other), 0);
    return unlinkat(AT_FDCWD, inside("attack-inside", path), 0);
}

static long make_folder_inside(void)
{
    char path[PATH_ROOM];
    long result = mkdir(inside("attack-folder", path), 0700);
    if (result == 0)
        rmdir(path);
    return result;
}

static long make_fifo_inside(void)
{
    char path[PATH_ROOM];
    long result = mkfifo(inside("attack-fifo", path), 0600);
    if (result == 0)
        unlink(path);
    return result;
}

static long make_symlink_inside(void)
{
    char path[PATH_ROOM];
    long result = symlink("/etc/passwd", inside("attack-symlink", path));
    if (result == 0)
        unlink(path);
    return result;
}

static long write_output(void)
{
    return opened(open(output(), O_WRONLY | O_APPEND));
}

static long change_mode(void)
{
    return chmod(output(), 0644);
}

static long cut_output(void)
{
    return truncate(output(), 1);
}

static long rename_output(void)
{
    return renameat(AT_FDCWD, output(), AT_FDCWD, output());
}

static long remove_output(void)
{
    return unlinkat(AT_FDCWD, output(), 0);
}

static long socket_inet(void)
{
    return opened(socket(AF_INET, SOCK_STREAM, 0));
}

static long socket_unix(void)
{
    return opened(socket(AF_UNIX, SOCK_STREAM, 0));
}

static long socket_packet(void)
{
    return opened(socket(AF_PACKET, SOCK_RAW, 0));
}

static long send_anywhere(void)
{
    return sendto(STDERR_FILENO, "x", 1, 0, NULL, 0);
}

static long run_program(void)
{
    char *const arguments[] = {NULL};
    return execve("/nowhere", arguments, arguments);
}

static long run_descriptor(void)
{
    char *const arguments[] = {NULL};
    return syscall(SYS_execveat, -1, "", arguments, arguments, AT_EMPTY_PATH);
}

static long start_process(void)
{
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    return child > 0 ? waitpid(child, NULL, 0) : child;
}

static void *do_nothing(void *argument)
{
    return argument;
}

static long start_thread(void)
{
    pthread_t thread;
    errno = pthread_create(&thread, NULL, do_nothing, NULL);
    return errno != 0 ? -1 : pthread_join(thread, NULL);
}

static long trace(void)
{
    return ptrace(PTRACE_PEEKDATA, getpid(), NULL, NULL);
}

static long read_memory(void)
{
    char byte = 0, copy;
    const struct iovec from = {&byte, 1}, to = {&copy, 1};
    return process_vm_readv(getpid(), &to, 1, &from, 1, 0);
}

static long kill_first(void)
{
    return kill(1, 0);
}

static long kill_ourselves(void)
{
    return kill(getpid(), 0);
}

static long kill_thread_of_parent(void)
{
    return syscall(SYS_tgkill, getppid(), getppid(), 0);
}

static long map_code(void)
{
    void *at = mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return at != MAP_FAILED ? munmap(at, PAGE) : -1;
}

static long make_code(void)
{
    void *at = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    long result = at != MAP_FAILED ? mprotect(at, PAGE, PROT_READ | PROT_EXEC) : -1;
    int reason = errno;
    munmap(at, PAGE);
    errno = reason;
    return result;
}

static long become_root(void)
{
    return setresuid(0, 0, 0);
}

static long leave_namespaces(void)
{
    return unshare(0);
}

static long rename_process(void)
{
    return prctl(PR_SET_NAME, "attacker");
}

static long memory_file(void)
{
    return opened((int)syscall(SYS_memfd_create, "x", 0));
}

static long ask_ring(void)
{
    return syscall(SYS_io_uring_setup, 0, NULL);
}

static long load_program(void)
{
    return syscall(SYS_bpf, -1, NULL, 0);
}

static long type_for_user(void)
{
    return ioctl(STDIN_FILENO, TIOCSTI, "x");
}

static long change_folder(void)
{
    return chdir("/");
}

/* A thread that began before everything else: it was not there when Landlock was told. */
static sem_t asked, answered;
static long other_result;
static int other_error;

static void *wait_and_read(void *argument)
{
    while (sem_wait(&asked) != 0)
        continue;
    errno = 0;
    other_result = read_passwd();
    other_error = errno;
    sem_post(&answered);
    return argument;
}

__attribute__((constructor)) static void begin_thread(void)
{
    pthread_t thread;
    sem_init(&asked, 0, 0);
    sem_init(&answered, 0, 0);
    if (pthread_create(&thread, NULL, wait_and_read, NULL) == 0)
        pthread_detach(thread);
}

static long read_by_thread(void)
{
    sem_post(&asked);
    while (sem_wait(&answered) != 0)
        continue;
    errno = other_error;
    return other_result;
}

/* What has to work in the sandbox. */
static long use_memory(void)
{
    const size_t size = 64 * 1024 * 1024;
    char *block = malloc(size);
    if (!block)
        return -1;
    memset(block, 1, size);
    char *larger = realloc(block, 2 * size);
    free(larger ? larger : block);
    return larger ? 0 : -1;
}

static long use_clock(void)
{
    struct timespec now;
    return clock_gettime(CLOCK_MONOTONIC, &now) != 0 ? -1 : nanosleep(&(struct timespec){0, 1000}, NULL);
}

static long use_digest(void)
{
    char hex[65];
    digest_sha256(bytes_text("abc"), hex);
    return strncmp(hex, "ba7816bf", 8) == 0 ? 0 : -1;
}

static long use_chance(void)
{
    char byte;
    return getentropy(&byte, 1);
}

struct attempt {
    const char *name;
    long (*make)(void);
};

static const struct attempt attempts[] = {
    {"read_passwd", read_passwd},
    {"read_by_thread", read_by_thread},
    {"read_memory_by_path", read_memory_by_path},
    {"hold_passwd", hold_passwd},
    {"list_root", list_root},
    {"look_at_passwd", look_at_passwd},
    {"write_here", write_here},
    {"write_above", write_above},
    {"write_inside", write_inside},
    {"read_inside", read_inside},
    {"hide_inside", hide_inside},
    {"link_inside", link_inside},
    {"link_from_outside", link_from_outside},
    {"remove_inside", remove_inside},
    {"make_folder_inside", make_folder_inside},
    {"make_fifo_inside", make_fifo_inside},
    {"make_symlink_inside", make_symlink_inside},
    {"write_output", write_output},
    {"change_mode", change_mode},
    {"cut_output", cut_output},
    {"rename_output", rename_output},
    {"remove_output", remove_output},
    {"socket_inet", socket_inet},
    {"socket_unix", socket_unix},
    {"socket_packet", socket_packet},
    {"send_anywhere", send_anywhere},
    {"run_program", run_program},
    {"run_descriptor", run_descriptor},
    {"start_process", start_process},
    {"start_thread", start_thread},
    {"trace", trace},
    {"read_memory", read_memory},
    {"kill_first", kill_first},
    {"kill_ourselves", kill_ourselves},
    {"kill_thread_of_parent", kill_thread_of_parent},
    {"map_code", map_code},
    {"make_code", make_code},
    {"become_root", become_root},
    {"leave_namespaces", leave_namespaces},
    {"rename_process", rename_process},
    {"memory_file", memory_file},
    {"ask_ring", ask_ring},
    {"load_program", load_program},
    {"type_for_user", type_for_user},
    {"change_folder", change_folder},
    {"use_memory", use_memory},
    {"use_clock", use_clock},
    {"use_digest", use_digest},
    {"use_chance", use_chance},
};

static const struct field fields[] = {
    {.name = "attack.results", .type = FIELD_TEXT, .flags = FIELD_LIST, .meaning = "what was tried, and how it went"},
    {.name = "attack.text", .type = FIELD_TEXT, .meaning = "a text in several character sets, in UTF-8"},
    {.name = "attack.local_time", .type = FIELD_TEXT, .meaning = "when the billionth second came, here"},
};

static const struct dataset attack_dataset = {
    .name = "attack", .title = "Attack", .fields = fields, .field_count = sizeof fields / sizeof fields[0]};

static void use_character_sets(struct emitter *emitter, struct record *record)
{
    static const char *const names[] = {"shift_jis", "iso-2022-jp", "gb18030", "big5-hkscs",
                                        "koi8-r",    "utf-7",       "euc-kr"};
    char text[512];
    size_t length = 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        length += emit_utf8(emitter, bytes_text(names[i]), bytes_text("+AOk- \xc4\xe3 "), text + length,
                            sizeof text - length);
    record_text(record, 1, bytes_of(text, length));
}

/* Twice: glibc looks at /etc/localtime each time where it was not told otherwise. */
static void use_time_zone(struct record *record)
{
    char text[64] = "";
    for (int i = 0; i < 2; i++) {
        struct tm parts;
        const time_t moment = 1000000000;
        localtime_r(&moment, &parts);
        strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &parts);
    }
    record_text(record, 2, bytes_text(text));
}

static enum verdict attack(void *state, struct emitter *emitter, const struct message *message)
{
    bool *has_attacked = state;
    struct transaction *transaction = *has_attacked || message->side != SIDE_CLIENT
                                          ? NULL
                                          : transaction_open(emitter, 0, message);
    if (!transaction)
        return VERDICT_OK;
    *has_attacked = true;
    assert(!getenv("ATTACK_ABORT"));
    for (size_t i = 0; i < sizeof attempts / sizeof attempts[0]; i++) {
        char text[64];
        errno = 0;
        long result = attempts[i].make();
        const char *error = strerrorname_np(errno);
        snprintf(text, sizeof text, "%s %s", attempts[i].name, result >= 0 ? "done" : error ? error : "?");
        record_text(&transaction->record, 0, bytes_text(text));
    }
    use_time_zone(&transaction->record);
    use_character_sets(emitter, &transaction->record);
    transaction_close(emitter, transaction);
    return VERDICT_OK;
}

static enum probe probe(const struct conversation *conversation, enum side side, struct bytes first)
{
    (void)side;
    (void)first;
    return conversation->id == 1 && conversation->destination.port == 43 ? PROBE_CLIENT : PROBE_NO;
}

static struct framing frame(void *state, enum side side, struct bytes pending, size_t seen)
{
    (void)state;
    (void)side;
    return framing_line(pending, seen);
}

static const struct port ports[] = {{TRANSPORT_TCP, 43, NULL}, {0, 0, NULL}};

static const struct dissector attack_dissector = {
    .name = "attack",
    .meaning = "a dissector that has been taken over",
    .ports = ports,
    .dataset = &attack_dataset,
    .state_size = sizeof(bool),
    .message_max = 4096,
    .probe = probe,
    .frame = frame,
    .message = attack,
};

const struct dissector *const dissector_registry[] = {&attack_dissector, NULL};
