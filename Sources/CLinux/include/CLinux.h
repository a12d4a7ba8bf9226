// Kernel and glibc interfaces that Swift cannot import by itself: headers outside the glibc
// module map, variadic functions, and what only _GNU_SOURCE declares, under names of our own.
// The header itself must not define _GNU_SOURCE: it would give types that the Glibc module
// knows (fd_set, rusage) a second definition. The largest body in CLinux.c is the part of
// spawning that runs between fork and execve, where Swift code must not run.
#pragma once
#include <linux/filter.h>
#include <linux/if_addr.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/types.h>

// What spawning needs, all prepared before fork. Arrays of `*_count` elements.
struct clinux_spawn_request {
    const char *path;
    char *const *arguments;
    char *const *environment;
    const int *sources;
    const int *targets;
    int descriptor_count;
    int new_process_group;
    int new_session;
    int death_signal;       // 0: none
    int resets_scheduling;
    int sets_credentials;
    uid_t uid;
    gid_t gid;
    const gid_t *groups;
    int group_count;
    const char *directory;  // NULL: as the parent
    int mask;               // umask; -1: as the parent
};

// Which step failed in the child; the order of the names in ChildProcess.swift.
enum clinux_spawn_step {
    clinux_step_none,
    clinux_step_pipe,
    clinux_step_fork,
    clinux_step_session,
    clinux_step_scheduling,
    clinux_step_descriptors,
    clinux_step_groups,
    clinux_step_gid,
    clinux_step_uid,
    clinux_step_death_signal,
    clinux_step_directory,
    clinux_step_execve,
    clinux_step_pidfd,
};

struct clinux_spawn_result {
    pid_t pid;
    int pidfd;
    int step;   // enum clinux_spawn_step; none: the program runs
    int error;  // errno of that step
};

// Forks and executes. Returns after execve has succeeded or a step has failed; a failed
// child has been reaped.
struct clinux_spawn_result clinux_spawn(const struct clinux_spawn_request *request);

struct clinux_wait_result {
    int result;  // as waitid
    pid_t pid;   // 0 with WNOHANG: still running
    int code;    // CLD_EXITED, CLD_KILLED, CLD_DUMPED
    int status;
};

struct clinux_wait_result clinux_wait(int pidfd, int options);

// As pidfd_send_signal(2) without further details.
int clinux_signal(int pidfd, int signal);

// "TERM"; NULL if the number has no name.
const char *clinux_signal_name(int signal);

int clinux_set_process_name(const char *name);
int clinux_set_dumpable(int flag);
int clinux_set_death_signal(int signal);

// SCHED_RR with SCHED_RESET_ON_FORK for the calling thread; priority 0: SCHED_OTHER.
int clinux_set_realtime(int priority);
int clinux_set_realtime_limit(uint64_t soft_microseconds, uint64_t hard_microseconds);
// Reads in and locks what is mapped; locks what will be mapped when it is touched.
int clinux_lock_memory(void);
int clinux_set_niceness(int niceness);
int clinux_set_affinity(const unsigned *processors, int count);

int clinux_open(const char *path, int flags, mode_t mode);

// Makes the calling thread a member of the network namespace that the descriptor names.
int clinux_enter_network(int descriptor);
// Gives the calling thread a new network namespace.
int clinux_new_network(void);
