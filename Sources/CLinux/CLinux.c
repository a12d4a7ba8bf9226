// One-line bodies for functions that Swift cannot import: variadic ones, and those that
// only _GNU_SOURCE declares. No logic.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "CLinux.h"

struct clinux_wait_result clinux_wait(int pidfd, int options) {
    siginfo_t details;
    memset(&details, 0, sizeof details);
    struct clinux_wait_result answer;
    answer.result = waitid(P_PIDFD, (id_t)pidfd, &details, options);
    answer.pid = details.si_pid;
    answer.code = details.si_code;
    answer.status = details.si_status;
    return answer;
}

int clinux_signal(int pidfd, int signal) { return pidfd_send_signal(pidfd, signal, NULL, 0); }

const char *clinux_signal_name(int signal) { return sigabbrev_np(signal); }

int clinux_set_process_name(const char *name) { return prctl(PR_SET_NAME, name, 0, 0, 0); }

int clinux_set_dumpable(int flag) { return prctl(PR_SET_DUMPABLE, flag, 0, 0, 0); }

int clinux_set_death_signal(int signal) { return prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0); }

int clinux_set_realtime(int priority) {
    struct sched_param parameters = {.sched_priority = priority};
    return sched_setscheduler(0, priority > 0 ? SCHED_RR | SCHED_RESET_ON_FORK : SCHED_OTHER, &parameters);
}

int clinux_set_realtime_limit(uint64_t soft_microseconds, uint64_t hard_microseconds) {
    struct rlimit limit = {.rlim_cur = soft_microseconds, .rlim_max = hard_microseconds};
    return setrlimit(RLIMIT_RTTIME, &limit);
}

int clinux_lock_memory(void) {
    if (mlockall(MCL_CURRENT) < 0) return -1;
    return mlockall(MCL_FUTURE | MCL_ONFAULT);
}

int clinux_set_niceness(int niceness) { return setpriority(PRIO_PROCESS, 0, niceness); }

int clinux_set_affinity(const unsigned *processors, int count) {
    cpu_set_t set;
    CPU_ZERO(&set);
    for (int i = 0; i < count; i++)
        if (processors[i] < CPU_SETSIZE) CPU_SET(processors[i], &set);
    return sched_setaffinity(0, sizeof set, &set);
}

int clinux_open(const char *path, int flags, mode_t mode) { return open(path, flags, mode); }

int clinux_enter_network(int descriptor) { return setns(descriptor, CLONE_NEWNET); }

int clinux_new_network(void) { return unshare(CLONE_NEWNET); }
