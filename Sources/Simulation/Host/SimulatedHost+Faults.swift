// What may happen to a machine from outside: signals, cables, power, sleep, an operator.

import Control
import Election
import Engine
import Wire

extension SimulatedHost {
    // MARK: Signals

    func kill(_ parts: [DaemonPart]) {
        // The guard last: killed at once, nobody sees another one die.
        if parts.contains(.engine) { killEngine("is killed") }
        if parts.contains(.runner) { killRunner() }
        if parts.contains(.guard) { killGuard() }
    }

    private func killGuard() {
        guard supervisor != nil else { return }
        note("guard is killed")
        supervisor = nil
        isWanted = false
        touch()
        take(.channelEnd)
        lostNotices += runner?.lanes ?? []
        runner = nil
    }

    func killRunner() {
        guard let process = runner else { return }
        note("runner is killed")
        lostNotices += process.lanes
        runner = nil
        touch()
        world.schedule(
            .childEnded(host: index, life: process.life, part: .runner), after: .milliseconds(1))
    }

    func freeze(_ parts: [DaemonPart]) {
        for part in parts {
            switch part {
            case .engine: engine?.isFrozen = true
            case .guard: supervisor?.isFrozen = true
            case .runner: runner?.isFrozen = true
            }
        }
        touch()
    }

    func thaw() {
        touch()
        if let process = engine, process.isFrozen {
            process.isFrozen = false
            armed = nil
            if process.engine != nil { arm(at: world.now + random.duration(in: .zero...(.milliseconds(1)))) }
        }
        supervisor?.thaw()
        runner?.thaw()
    }

    // MARK: Service

    func startService() {
        guard isPowered else { return }
        isWanted = true
        guard supervisor == nil else {
            // One that still stops is waited for.
            if supervisor?.isStopping == true { startWhenStopped() }
            return
        }
        // The service manager ends what is left of an earlier life.
        if engine != nil { killEngine("is left over: killed") }
        let process = SupervisorProcess(self, life: nextLife())
        supervisor = process
        touch()
        process.start()
    }

    func stopService() {
        isWanted = false
        touch()
        supervisor?.stop()
    }

    /// Nil: the text does not change.
    func reload(_ text: String?) {
        if let text { adopt(text) }
        touch()
        supervisor?.tell(.reload)
    }

    // MARK: Network

    func plug(_ place: Int, _ isPlugged: Bool) {
        guard ports.indices.contains(place), ports[place].isPlugged != isPlugged else { return }
        ports[place].isPlugged = isPlugged
        if !isPlugged { world.network.segments[ports[place].segment].forget(host: index) }
        reportLink(ports[place].interfaceIndex)
    }

    func setLink(_ place: Int, isUp: Bool) {
        guard ports.indices.contains(place) else { return }
        let index = ports[place].interfaceIndex
        guard let link = kernel.links.firstIndex(where: { $0.index == index }),
            kernel.links[link].isAdministrativelyUp != isUp
        else { return }
        kernel.links[link].isAdministrativelyUp = isUp
        // The kernel forgets IPv6 addresses of a link that is taken down.
        if !isUp {
            func isLost(_ address: KernelAddress) -> Bool {
                address.assigned.interfaceIndex == index && address.assigned.address.family == .ipv6
            }
            noteRemoval(isLost)
            kernel.removeAll(isLost)
        }
        reportLink(index)
        if isUp { addOwnAddresses() }
        scheduleReports()
    }

    private func reportLink(_ index: Int32) {
        for link in kernel.links where link.index == index || link.parent == index {
            kernel.report(.linkChanged(interface(link)))
        }
        touch()
        scheduleReports()
    }

    /// Somebody removes the virtual addresses by hand.
    func deleteAddresses() {
        noteRemoval { !$0.isOwn }
        kernel.removeAll { !$0.isOwn }
        touch()
        scheduleReports()
    }

    /// What goes without the daemon's doing.
    private func noteRemoval(_ condition: (KernelAddress) -> Bool) {
        for address in kernel.addresses where !address.isOwn && condition(address) {
            note("address \(address.assigned.address) removed", isStory: true)
        }
    }

    func overflowReports() {
        kernel.report(.overflow)
        scheduleReports()
    }

    // MARK: Time

    func drift(_ partsPerMillion: Int) {
        clock.drift(Int64(partsPerMillion), at: world.now)
        armed = nil
        if runs { act { _ in } }
        supervisor?.clockChanged()
    }

    func sleep() {
        clock.sleep(at: world.now)
        touch()
    }

    func wake() {
        let span = clock.wake(at: world.now)
        guard span > .zero else { return }
        kernel.prolongLeases(by: span)
        scheduleLeaseCheck()
        armed = nil
        touch()
        if runs {
            act { if span > .seconds(1) { $0.slept(for: span) } }
            arm(at: world.now)
        }
        supervisor?.clockChanged()
        runner?.lookAgain()
    }

    // MARK: Power

    func powerOff() {
        isPowered = false
        isWanted = false
        engine = nil
        supervisor = nil
        runner = nil
        armed = nil
        kernel.closeSockets()
        kernel.removeAll { _ in true }
        kernel.links.removeAll { $0.parent != nil }
        for port in ports { world.network.segments[port.segment].forget(host: index) }
        touch()
    }

    func powerOn() {
        guard !isPowered else { return }
        isPowered = true
        for place in kernel.links.indices { kernel.links[place].isAdministrativelyUp = true }
        addOwnAddresses()
        touch()
        startService()
    }

    // MARK: Leases

    func scheduleLeaseCheck() {
        guard let end = kernel.earliestLeaseEnd else { return }
        if let check = kernel.leaseCheck, check <= end { return }
        kernel.leaseCheck = end
        world.schedule(.leaseDue(host: index), at: end)
    }

    func leaseIsDue() {
        guard kernel.leaseCheck == world.now else { return }
        kernel.leaseCheck = nil
        guard !clock.isAsleep else { return }
        let now = world.now
        let ended = kernel.addresses.filter { $0.leaseEnd.map { $0 <= now } ?? false }
        if !ended.isEmpty {
            for address in ended {
                note("lease of \(address.assigned.address) ends", isStory: true)
            }
            kernel.removeAll { $0.leaseEnd.map { $0 <= now } ?? false }
            touch()
            scheduleReports()
        }
        scheduleLeaseCheck()
    }
}
