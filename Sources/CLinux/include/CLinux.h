// Kernel and glibc interfaces that Swift cannot import by itself: headers outside the glibc module
// map, function-like macros as static inlines, and one function that must run between fork and exec.
#pragma once
#include <linux/filter.h>
#include <linux/if_addr.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/types.h>

// Policy bit: children do not inherit the real-time policy (sched(7)).
#define CLINUX_SCHED_RESET_ON_FORK 0x40000000

int clinux_pidfd_open(int pid);
int clinux_pidfd_send_signal(int pidfd, int number);
int clinux_sigrtmin(void);
int clinux_sigrtmax(void);
const char *clinux_signal_name(int number);  // "TERM"; NULL: it has none
int clinux_open(const char *path, int flags, mode_t mode);
// Reads in and locks what is mapped now; locks what will be mapped once it is touched.
int clinux_lock_memory(void);
int clinux_set_affinity(const int *cpus, int count);
int clinux_limit_realtime(uint64_t microseconds);
int clinux_raise_descriptor_limit(uint64_t wanted);
int clinux_flock(int fd, int operation);
int clinux_setns_network(int fd);
int clinux_set_process_name(const char *name);

// What receiving one packet yields beside its octets.
struct clinux_received {
    struct sockaddr_storage source;
    struct in6_addr destination;  // IPv6 only
    int interface_index;
    int hop_limit;  // -1: not told
    int64_t timestamp;  // nanoseconds of CLOCK_REALTIME; 0: not told
    int outgoing;  // AF_PACKET: sent by this host
};
// recvmsg without blocking. Returns the octets received, or -1 with errno.
ssize_t clinux_receive(int fd, void *buffer, size_t length, struct clinux_received *received);

// sendmsg from a given IPv6 source and interface. Returns the octets sent, or -1 with errno.
ssize_t clinux_send6(int fd, const void *buffer, size_t length, const struct in6_addr *destination,
                     const struct in6_addr *source, int interface_index, int hop_limit);

// How a child differs from its parent.
struct clinux_spawn_request {
    const char *path;
    char *const *arguments;
    char *const *environment;
    const int *sources;  // descriptors, by pairs with targets; all others are closed
    const int *targets;
    int descriptor_count;
    int changes_user;
    uid_t uid;
    gid_t gid;
    const gid_t *groups;
    int group_count;
    int new_process_group;
    int new_session;
    int death_signal;  // 0: none
    int resets_scheduling;
    const char *directory;  // NULL: as the parent
    int mask;  // umask; -1: as the parent
};
// Starts a child. Returns its pid and a pidfd, or -1 with errno and the failing step's name in
// *failed_step: the program then never ran, and the child is reaped. Async-signal-safe between fork and
// exec.
pid_t clinux_spawn(const struct clinux_spawn_request *request, int *pidfd, const char **failed_step);
