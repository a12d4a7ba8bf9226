// The child's side of spawning. Between fork and execve only async-signal-safe calls are
// made, no memory is allocated and nothing is locked. Every step that fails is reported to
// the parent over a close-on-exec pipe: end of file there means that execve succeeded.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "CLinux.h"

struct report {
    int error;
    const char *step;
};

static void fail(int channel, const char *step) {
    struct report report = {errno, step};
    ssize_t written;
    do {
        written = write(channel, &report, sizeof report);
    } while (written < 0 && errno == EINTR);
    _exit(127);
}

static int is_target(const struct clinux_spawn_request *request, int number) {
    for (int i = 0; i < request->descriptor_count; i++)
        if (request->targets[i] == number) return 1;
    return 0;
}

// Gives the child exactly the descriptors asked for, /dev/null as the missing ones of 0, 1
// and 2, and the report channel. Sources are first copied out of the way of all targets,
// since a target's number may be another one's source.
static int arrange_descriptors(const struct clinux_spawn_request *request, int channel) {
    int copies[request->descriptor_count + 1];
    int highest = 2;
    for (int i = 0; i < request->descriptor_count; i++)
        if (request->targets[i] > highest) highest = request->targets[i];
    int moved = fcntl(channel, F_DUPFD_CLOEXEC, highest + 1);
    if (moved < 0) fail(channel, "dup2");
    for (int i = 0; i < request->descriptor_count; i++) {
        copies[i] = fcntl(request->sources[i], F_DUPFD_CLOEXEC, highest + 1);
        if (copies[i] < 0) fail(moved, "dup2");
    }
    for (int i = 0; i < request->descriptor_count; i++)
        if (dup2(copies[i], request->targets[i]) < 0) fail(moved, "dup2");
    for (int number = 0; number <= highest; number++) {
        if (is_target(request, number)) continue;
        close(number);
        if (number > 2) continue;
        int null = open("/dev/null", O_RDWR);
        if (null < 0) fail(moved, "dup2");
        if (null != number) {
            if (dup2(null, number) < 0) fail(moved, "dup2");
            close(null);
        }
    }
    if (moved != highest + 1) {
        if (dup3(moved, highest + 1, O_CLOEXEC) < 0) fail(moved, "dup2");
        moved = highest + 1;
    }
    if (close_range((unsigned)moved + 1, ~0U, 0) < 0) fail(moved, "dup2");
    return moved;
}

static void take_credentials(const struct clinux_spawn_request *request, int channel) {
    uid_t real, effective, saved;
    getresuid(&real, &effective, &saved);
    int same = real == request->uid && effective == request->uid && saved == request->uid
        && getgid() == request->gid && getegid() == request->gid;
    // An unprivileged process may run programs as itself.
    if (setgroups((size_t)request->group_count, request->groups) < 0 && !(same && errno == EPERM))
        fail(channel, "setgroups");
    if (setresgid(request->gid, request->gid, request->gid) < 0) fail(channel, "setresgid");
    if (setresuid(request->uid, request->uid, request->uid) < 0) fail(channel, "setresuid");
}

static void reset_signals(void) {
    struct sigaction standard;
    memset(&standard, 0, sizeof standard);
    standard.sa_handler = SIG_DFL;
    for (int number = 1; number < NSIG; number++) sigaction(number, &standard, NULL);
}

static void run_child(const struct clinux_spawn_request *request, int channel, pid_t parent) {
    reset_signals();
    if (request->new_session && setsid() < 0) fail(channel, "setsid");
    if (request->new_process_group && !request->new_session && setpgid(0, 0) < 0)
        fail(channel, "setpgid");
    if (request->resets_scheduling) {
        struct sched_param ordinary = {0};
        if (sched_setscheduler(0, SCHED_OTHER, &ordinary) < 0) fail(channel, "sched_setscheduler");
        // Raising to 0 from a positive niceness may be forbidden, and is no loss.
        setpriority(PRIO_PROCESS, 0, 0);
    }
    channel = arrange_descriptors(request, channel);
    if (request->changes_user) take_credentials(request, channel);
    // After the change of user, which clears it.
    if (request->death_signal != 0) {
        if (prctl(PR_SET_PDEATHSIG, request->death_signal, 0, 0, 0) < 0)
            fail(channel, "prctl");
        if (getppid() != parent) _exit(127);
    }
    if (request->directory != NULL && chdir(request->directory) < 0) fail(channel, "chdir");
    if (request->mask >= 0) umask((mode_t)request->mask);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(request->path, request->arguments, request->environment);
    fail(channel, "execve");
}

static void reap(pid_t child) {
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {}
}

// Reads what the child reports; whether it failed.
static int has_failed(int channel, struct report *report) {
    ssize_t count;
    do {
        count = read(channel, report, sizeof *report);
    } while (count < 0 && errno == EINTR);
    return count == (ssize_t)sizeof *report;
}

static pid_t abandon(pid_t child, const char **failed_step, struct report report) {
    if (child > 0) reap(child);
    *failed_step = report.step;
    errno = report.error;
    return -1;
}

pid_t clinux_spawn(const struct clinux_spawn_request *request, int *pidfd, const char **failed_step) {
    int channel[2];
    if (pipe2(channel, O_CLOEXEC) < 0)
        return abandon(-1, failed_step, (struct report){errno, "pipe2"});
    // No handler of the parent may run in the child.
    sigset_t every, before;
    sigfillset(&every);
    sigprocmask(SIG_SETMASK, &every, &before);
    pid_t parent = getpid();
    pid_t child = fork();
    struct report report = {errno, "fork"};
    if (child == 0) run_child(request, channel[1], parent);
    sigprocmask(SIG_SETMASK, &before, NULL);
    close(channel[1]);
    int failed = child < 0 || has_failed(channel[0], &report);
    close(channel[0]);
    if (failed) return abandon(child, failed_step, report);
    *pidfd = (int)syscall(SYS_pidfd_open, child, 0);
    if (*pidfd >= 0) return child;
    report = (struct report){errno, "pidfd_open"};
    kill(child, SIGKILL);
    return abandon(child, failed_step, report);
}
