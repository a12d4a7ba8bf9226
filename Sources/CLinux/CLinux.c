// The few functions that cannot be Swift: control messages are macros, others are variadic or behind
// _GNU_SOURCE. Spawning has its own file, Spawn.c.
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int clinux_pidfd_send_signal(int pidfd, int number) {
    return (int)syscall(SYS_pidfd_send_signal, pidfd, number, NULL, 0);
}

int clinux_pidfd_open(int pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }

int clinux_sigrtmin(void) { return SIGRTMIN; }

int clinux_sigrtmax(void) { return SIGRTMAX; }

const char *clinux_signal_name(int number) { return sigabbrev_np(number); }

int clinux_open(const char *path, int flags, mode_t mode) { return open(path, flags, mode); }

int clinux_lock_memory(void) {
    if (mlockall(MCL_CURRENT) < 0) return -1;
    return mlockall(MCL_FUTURE | MCL_ONFAULT);
}

int clinux_set_affinity(const int *cpus, int count) {
    cpu_set_t set;
    CPU_ZERO(&set);
    for (int i = 0; i < count; i++) {
        if (cpus[i] >= 0 && cpus[i] < CPU_SETSIZE) CPU_SET(cpus[i], &set);
    }
    return sched_setaffinity(0, sizeof set, &set);
}

int clinux_limit_realtime(uint64_t microseconds) {
    struct rlimit limit = {.rlim_cur = microseconds, .rlim_max = microseconds};
    return setrlimit(RLIMIT_RTTIME, &limit);
}

int clinux_raise_descriptor_limit(uint64_t wanted) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0) return -1;
    if (limit.rlim_cur >= wanted) return 0;
    limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
    return setrlimit(RLIMIT_NOFILE, &limit);
}

int clinux_flock(int fd, int operation) { return flock(fd, operation); }

int clinux_setns_network(int fd) { return setns(fd, CLONE_NEWNET); }

int clinux_set_process_name(const char *name) { return prctl(PR_SET_NAME, name, 0, 0, 0); }

static void read_control(struct msghdr *message, struct clinux_received *received) {
    for (struct cmsghdr *control = CMSG_FIRSTHDR(message); control; control = CMSG_NXTHDR(message, control)) {
        if (control->cmsg_level == IPPROTO_IP && control->cmsg_type == IP_PKTINFO) {
            struct in_pktinfo info;
            memcpy(&info, CMSG_DATA(control), sizeof info);
            received->interface_index = info.ipi_ifindex;
        } else if (control->cmsg_level == IPPROTO_IPV6 && control->cmsg_type == IPV6_PKTINFO) {
            struct in6_pktinfo info;
            memcpy(&info, CMSG_DATA(control), sizeof info);
            received->interface_index = (int)info.ipi6_ifindex;
            received->destination = info.ipi6_addr;
        } else if (control->cmsg_level == IPPROTO_IPV6 && control->cmsg_type == IPV6_HOPLIMIT) {
            memcpy(&received->hop_limit, CMSG_DATA(control), sizeof received->hop_limit);
        } else if (control->cmsg_level == SOL_SOCKET && control->cmsg_type == SCM_TIMESTAMPNS) {
            struct timespec moment;
            memcpy(&moment, CMSG_DATA(control), sizeof moment);
            received->timestamp = (int64_t)moment.tv_sec * 1000000000 + moment.tv_nsec;
        }
    }
}

ssize_t clinux_receive(int fd, void *buffer, size_t length, struct clinux_received *received) {
    union {
        struct cmsghdr alignment;
        char octets[256];
    } control;
    struct iovec part = {.iov_base = buffer, .iov_len = length};
    memset(received, 0, sizeof *received);
    received->hop_limit = -1;
    struct msghdr message = {.msg_name = &received->source,
                             .msg_namelen = sizeof received->source,
                             .msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.octets,
                             .msg_controllen = sizeof control.octets};
    ssize_t count;
    do count = recvmsg(fd, &message, MSG_DONTWAIT);
    while (count < 0 && errno == EINTR);
    if (count < 0) return -1;
    read_control(&message, received);
    if (received->source.ss_family == AF_PACKET) {
        const struct sockaddr_ll *link = (const struct sockaddr_ll *)&received->source;
        received->interface_index = link->sll_ifindex;
        received->outgoing = link->sll_pkttype == PACKET_OUTGOING;
    }
    return count;
}

ssize_t clinux_send6(int fd, const void *buffer, size_t length, const struct in6_addr *destination,
                     const struct in6_addr *source, int interface_index, int hop_limit) {
    union {
        struct cmsghdr alignment;
        char octets[CMSG_SPACE(sizeof(struct in6_pktinfo)) + CMSG_SPACE(sizeof(int))];
    } control;
    memset(&control, 0, sizeof control);
    struct sockaddr_in6 to = {.sin6_family = AF_INET6, .sin6_addr = *destination};
    if (IN6_IS_ADDR_LINKLOCAL(destination) || IN6_IS_ADDR_MC_LINKLOCAL(destination)) {
        to.sin6_scope_id = (uint32_t)interface_index;
    }
    struct iovec part = {.iov_base = (void *)(uintptr_t)buffer, .iov_len = length};
    struct msghdr message = {.msg_name = &to,
                             .msg_namelen = sizeof to,
                             .msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.octets,
                             .msg_controllen = sizeof control.octets};
    struct in6_pktinfo info = {.ipi6_addr = *source, .ipi6_ifindex = (unsigned int)interface_index};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = IPPROTO_IPV6;
    header->cmsg_type = IPV6_PKTINFO;
    header->cmsg_len = CMSG_LEN(sizeof info);
    memcpy(CMSG_DATA(header), &info, sizeof info);
    header = CMSG_NXTHDR(&message, header);
    header->cmsg_level = IPPROTO_IPV6;
    header->cmsg_type = IPV6_HOPLIMIT;
    header->cmsg_len = CMSG_LEN(sizeof hop_limit);
    memcpy(CMSG_DATA(header), &hop_limit, sizeof hop_limit);
    ssize_t count;
    do count = sendmsg(fd, &message, MSG_DONTWAIT);
    while (count < 0 && errno == EINTR);
    return count;
}
