// Scheduling, each in a process of its own: what the kernel says about it afterwards.

import Glibc
import Linux
import Testing

@Suite(.enabled(if: getuid() == 0)) struct SchedulingTests {
    @Test func realTimeIsForThisProcessAndNotForItsChildren() async {
        await #expect(processExitsWith: .exitCode(61)) {
            try Scheduling.setRealtime(priority: 20, limitMicroseconds: 500_000)
            guard sched_getscheduler(0) & 0xff == SCHED_RR else { exit(1) }
            var request = SpawnRequest(
                path: "/bin/sh", arguments: ["sh", "-c", "test $(cut -d' ' -f41 /proc/self/stat) = 0"],
                environment: ["PATH=/usr/bin:/bin"])
            request.resetsScheduling = false
            guard try ChildProcess.spawn(request).wait().isSuccess else { exit(2) }
            exit(61)
        }
    }

    @Test func aBugThatSpinsInRealTimeIsEnded() async {
        await #expect(processExitsWith: .signal(SIGKILL)) {
            try Scheduling.setRealtime(priority: 1, limitMicroseconds: 100_000)
            let limit = MonotonicClock.now + 10_000_000_000
            while MonotonicClock.now < limit {}
            exit(1)
        }
    }

    @Test func lockedMemoryIsReadInAndALargeReservationIsNot() async {
        await #expect(processExitsWith: .exitCode(61)) {
            func kilobytes(_ name: String) throws -> Int {
                let text = String(decoding: try FileSystem.read("/proc/self/status"), as: UTF8.self)
                let line = text.split(separator: "\n").first { $0.hasPrefix(name) }
                return line.flatMap { Int($0.split(whereSeparator: { !$0.isNumber }).first ?? "") } ?? 0
            }
            guard try kilobytes("VmLck:") == 0 else { exit(1) }
            try Scheduling.lockMemory()
            guard try kilobytes("VmLck:") > 1000 else { exit(2) }
            let before = try kilobytes("VmRSS:")
            let reserved = mmap(nil, 64 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
            guard reserved != MAP_FAILED, try kilobytes("VmRSS:") < before + 32_000 else { exit(3) }
            exit(61)
        }
    }

    @Test func whatIsNotPermittedIsAnErrorWithItsName() async {
        await #expect(processExitsWith: .exitCode(61)) {
            guard setgid(65534) == 0, setuid(65534) == 0 else { exit(1) }
            do throws(SystemError) {
                try Scheduling.setNiceness(-5)
                exit(2)
            } catch {
                guard error.call == "setpriority" else { exit(3) }
            }
            do throws(SystemError) {
                try Scheduling.setRealtime(priority: 50, limitMicroseconds: 500_000)
                exit(4)
            } catch {
                exit(error.errno == EPERM ? 61 : 5)
            }
        }
    }

    @Test func affinityIsTaken() async {
        await #expect(processExitsWith: .exitCode(61)) {
            try Scheduling.setAffinity([0])
            let text = String(decoding: try FileSystem.read("/proc/thread-self/status"), as: UTF8.self)
            guard text.contains("Cpus_allowed_list:\t0\n") else { exit(1) }
            do throws(SystemError) { try Scheduling.setAffinity([]) } catch {
                exit(error.errno == EINVAL ? 61 : 2)
            }
        }
    }
}
