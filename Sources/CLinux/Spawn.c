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
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "CLinux.h"

struct report {
    int step;
    int error;
};

static void fail(int channel, int step) {
    struct report report = {step, errno};
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
    if (moved < 0) fail(channel, clinux_step_descriptors);
    for (int i = 0; i < request->descriptor_count; i++) {
        copies[i] = fcntl(request->sources[i], F_DUPFD_CLOEXEC, highest + 1);
        if (copies[i] < 0) fail(moved, clinux_step_descriptors);
    }
    for (int i = 0; i < request->descriptor_count; i++)
        if (dup2(copies[i], request->targets[i]) < 0) fail(moved, clinux_step_descriptors);
    for (int number = 0; number <= highest; number++) {
        if (is_target(request, number)) continue;
        close(number);
        if (number > 2) continue;
        int null = open("/dev/null", O_RDWR);
        if (null < 0) fail(moved, clinux_step_descriptors);
        if (null != number) {
            if (dup2(null, number) < 0) fail(moved, clinux_step_descriptors);
            close(null);
        }
    }
    if (moved != highest + 1) {
        if (dup3(moved, highest + 1, O_CLOEXEC) < 0) fail(moved, clinux_step_descriptors);
        moved = highest + 1;
    }
    if (close_range((unsigned)moved + 1, ~0U, 0) < 0) fail(moved, clinux_step_descriptors);
    return moved;
}

static void take_credentials(const struct clinux_spawn_request *request, int channel) {
    uid_t real, effective, saved;
    getresuid(&real, &effective, &saved);
    int same = real == request->uid && effective == request->uid && saved == request->uid
        && getgid() == request->gid && getegid() == request->gid;
    // An unprivileged process may run programs as itself.
    if (setgroups((size_t)request->group_count, request->groups) < 0 && !(same && errno == EPERM))
        fail(channel, clinux_step_groups);
    if (setresgid(request->gid, request->gid, request->gid) < 0) fail(channel, clinux_step_gid);
    if (setresuid(request->uid, request->uid, request->uid) < 0) fail(channel, clinux_step_uid);
}

static void reset_signals(void) {
    struct sigaction standard;
    memset(&standard, 0, sizeof standard);
    standard.sa_handler = SIG_DFL;
    for (int number = 1; number < NSIG; number++) sigaction(number, &standard, NULL);
}

static void run_child(const struct clinux_spawn_request *request, int channel, pid_t parent) {
    reset_signals();
    if (request->new_session && setsid() < 0) fail(channel, clinux_step_session);
    if (request->new_process_group && !request->new_session && setpgid(0, 0) < 0)
        fail(channel, clinux_step_session);
    if (request->resets_scheduling) {
        struct sched_param ordinary = {0};
        if (sched_setscheduler(0, SCHED_OTHER, &ordinary) < 0) fail(channel, clinux_step_scheduling);
        // Raising to 0 from a positive niceness may be forbidden, and is no loss.
        setpriority(PRIO_PROCESS, 0, 0);
    }
    channel = arrange_descriptors(request, channel);
    if (request->sets_credentials) take_credentials(request, channel);
    // After the change of user, which clears it.
    if (request->death_signal != 0) {
        if (prctl(PR_SET_PDEATHSIG, request->death_signal, 0, 0, 0) < 0)
            fail(channel, clinux_step_death_signal);
        if (getppid() != parent) _exit(127);
    }
    if (request->directory != NULL && chdir(request->directory) < 0) fail(channel, clinux_step_directory);
    if (request->mask >= 0) umask((mode_t)request->mask);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(request->path, request->arguments, request->environment);
    fail(channel, clinux_step_execve);
}

static void reap(pid_t child) {
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {}
}

static int read_report(int channel, struct report *report) {
    ssize_t count;
    do {
        count = read(channel, report, sizeof *report);
    } while (count < 0 && errno == EINTR);
    return count == (ssize_t)sizeof *report;
}

struct clinux_spawn_result clinux_spawn(const struct clinux_spawn_request *request) {
    struct clinux_spawn_result result = {-1, -1, clinux_step_none, 0};
    int channel[2];
    if (pipe2(channel, O_CLOEXEC) < 0) {
        result.step = clinux_step_pipe;
        result.error = errno;
        return result;
    }
    // No handler of the parent may run in the child.
    sigset_t every, before;
    sigfillset(&every);
    pthread_sigmask(SIG_SETMASK, &every, &before);
    pid_t parent = getpid();
    pid_t child = fork();
    int fork_error = errno;
    if (child == 0) run_child(request, channel[1], parent);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close(channel[1]);

    struct report report = {clinux_step_none, 0};
    if (child < 0) {
        result.step = clinux_step_fork;
        result.error = fork_error;
    } else if (read_report(channel[0], &report)) {
        reap(child);
        result.step = report.step;
        result.error = report.error;
    } else {
        result.pid = child;
        result.pidfd = pidfd_open(child, 0);
        if (result.pidfd < 0) {
            result.step = clinux_step_pidfd;
            result.error = errno;
            kill(child, SIGKILL);
            reap(child);
        }
    }
    close(channel[0]);
    return result;
}
