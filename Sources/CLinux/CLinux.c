// The few functions that cannot be Swift: control messages are macros, and between fork and exec only
// async-signal-safe C may run.
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int clinux_pidfd_open(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }

int clinux_pidfd_send_signal(int pidfd, int number) {
    return (int)syscall(SYS_pidfd_send_signal, pidfd, number, NULL, 0);
}

int clinux_sigrtmin(void) { return SIGRTMIN; }

int clinux_sigrtmax(void) { return SIGRTMAX; }

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

int clinux_flock(int fd, int operation) { return flock(fd, operation); }

int clinux_setns_network(int fd) { return setns(fd, CLONE_NEWNET); }

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

struct failure {
    int number;
    const char *step;
};

static void fail(int report, const char *step) {
    struct failure failure = {.number = errno, .step = step};
    ssize_t ignored = write(report, &failure, sizeof failure);
    (void)ignored;
    _exit(127);
}

// Moves the wanted descriptors to their targets: first out of the way, then into place.
static void place_descriptors(const struct clinux_spawn_request *request, int report) {
    int moved[16];
    int count = request->descriptor_count < 16 ? request->descriptor_count : 16;
    for (int i = 0; i < count; i++) {
        moved[i] = fcntl(request->sources[i], F_DUPFD_CLOEXEC, 128);
        if (moved[i] < 0) fail(report, "fcntl");
    }
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0) fail(report, "open");
    for (int fd = 0; fd < 3; fd++) {
        if (dup2(null, fd) < 0) fail(report, "dup2");
    }
    int highest = 2;
    for (int i = 0; i < count; i++) {
        if (dup2(moved[i], request->targets[i]) < 0) fail(report, "dup2");
        if (request->targets[i] > highest) highest = request->targets[i];
    }
    // Everything above the targets goes at exec; what lies between them is closed now.
    for (int fd = 3; fd < highest; fd++) {
        int wanted = fd == report;
        for (int i = 0; i < count; i++) wanted |= request->targets[i] == fd;
        if (!wanted) close(fd);
    }
    syscall(SYS_close_range, (unsigned)highest + 1, ~0U, 1U << 2);  // CLOSE_RANGE_CLOEXEC
}

static void become_child(const struct clinux_spawn_request *request, int report, pid_t parent) {
    for (int number = 1; number < _NSIG; number++) signal(number, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (request->new_session) setsid();
    else if (request->new_process_group) setpgid(0, 0);
    if (request->resets_scheduling) {
        struct sched_param parameters = {0};
        sched_setscheduler(0, SCHED_OTHER, &parameters);
        setpriority(PRIO_PROCESS, 0, 0);
    }
    place_descriptors(request, report);
    if (request->changes_user) {
        if (setgroups((size_t)request->group_count, request->groups) < 0) fail(report, "setgroups");
        if (setresgid(request->gid, request->gid, request->gid) < 0) fail(report, "setresgid");
        if (setresuid(request->uid, request->uid, request->uid) < 0) fail(report, "setresuid");
    }
    // After the change of user, which clears the setting.
    if (request->death_signal) {
        prctl(PR_SET_PDEATHSIG, request->death_signal);
        if (getppid() != parent) _exit(127);
    }
    execve(request->path, request->arguments, request->environment);
    fail(report, "execve");
}

pid_t clinux_spawn(const struct clinux_spawn_request *request, const char **failed_step) {
    int report[2];
    *failed_step = "pipe2";
    if (pipe2(report, O_CLOEXEC) < 0) return -1;
    // Out of the way of the targets.
    int high = fcntl(report[1], F_DUPFD_CLOEXEC, 200);
    close(report[1]);
    sigset_t all, former;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &former);
    pid_t parent = getpid();
    *failed_step = "fork";
    pid_t pid = high < 0 ? -1 : fork();
    if (pid == 0) become_child(request, high, parent);
    int number = errno;
    sigprocmask(SIG_SETMASK, &former, NULL);
    if (high >= 0) close(high);
    if (pid < 0) {
        close(report[0]);
        errno = number;
        return -1;
    }
    struct failure failure;
    ssize_t count;
    do count = read(report[0], &failure, sizeof failure);
    while (count < 0 && errno == EINTR);
    close(report[0]);
    if (count != (ssize_t)sizeof failure) return pid;
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {}
    *failed_step = failure.step;
    errno = failure.number;
    return -1;
}
