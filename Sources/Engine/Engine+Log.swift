// The log lines of the protocol. State lines are keepalived's, to the letter: people grep for them.

import Configuration
import Election
import Wire

extension Engine {
    func report(_ note: Note, _ instance: Instance) {
        let name = "(\(instance.name))"
        switch note {
        case .masterSilent: detail("\(name) Receive advertisement timeout")
        case .heardPriorityZero(let source):
            detail("\(name) received priority 0 advertisement from \(source)")
        case .discardedLowerPriority(let priority, let source):
            log(.info, limited: .lowerPriority(instance.router)) {
                "\(name) received lower priority (\(priority)) advert from \(source) - discarding"
            }
        case .forcedElection(let priority, let source, let own):
            reportLowerPriority(instance)
            log(.notice, limited: .losing(instance.router)) {
                "\(name) Received advert from \(source) with lower priority \(priority), ours \(own),"
                    + " forcing new election"
            }
        case .higherPriority(let priority, let source, let own):
            host.log(
                .notice,
                "\(name) Master received advert from \(source) with higher priority \(priority), ours \(own)")
        case .samePriorityHigherAddress(let priority, let source):
            host.log(
                .notice,
                "\(name) Master received advert from \(source) with same priority \(priority)"
                    + " but higher IP address than ours")
        case .ownAddressHeard(let priority):
            log(.warning, limited: .losing(instance.router)) {
                "\(name) an advertisement of priority \(priority) came from this host's own address:"
                    + " another host uses it, or the network sends packets back"
            }
        case .severalOwners(let source):
            log(.warning, limited: .losing(instance.router)) {
                "\(name) CONFIGURATION ERROR: local instance and \(source) are both configured as address"
                    + " owner, please resolve"
            }
        case .masterIs(let source, nil): detail("\(name) master set to \(source)")
        case .masterIs(let source, let former?):
            detail("\(name) master changed from \(former) to \(source)")
        case .intervalLearned(let old, let new):
            detail(
                "\(name) advertisement interval updated from \(old.centiseconds * 10)ms to"
                    + " \(new.centiseconds * 10)ms by master")
        case .preemptDelayStarted(let delay):
            detail("\(name) start preempt delay (\(delay.decimalSeconds))")
        case .preemptDelayStopped: detail("\(name) stop preempt delay")
        case .effectivePriority(let old, let new):
            host.log(.notice, "\(name) Changing effective priority from \(old) to \(new)")
            reportPriority(new, instance)
        case .startupDelayStarted(let delay):
            host.log(.notice, "\(name) waiting \(delay.decimalSeconds) s before taking part")
        case .addressesRestored:
            host.log(.warning, "\(name) virtual addresses were removed by somebody else; putting them back")
        case .awaitingTracker(let tracker):
            host.log(.notice, "\(name) waiting for the first result of \(tracker.kind.words) \(tracker.name)")
        case .crossedPriorities(let group, let lower, let higher):
            host.log(
                .error,
                "VRRP_Group(\(group)) crossed priorities: \(lower) is lower and \(higher) is higher than on the"
                    + " other host, so neither host can keep the group; give all members of a host the same"
                    + " order")
        case .sentPriorityZero: detail("\(name) sent 0 priority")
        case .awaitingSuccessor:
            host.log(
                .info,
                "\(name) leaves; the addresses stay until a successor is heard")
        case .noSuccessor: host.log(.warning, "\(name) no successor was heard")
        case .challenged(let priority, let source):
            log(.notice, limited: .challenge(instance.router)) {
                "\(name) \(source) advertises the better priority \(priority); yielding when it has announced"
                    + " the addresses, or advertises again"
            }
        case .challengeUnconfirmed(let source):
            log(.warning, limited: .unconfirmed(instance.router)) {
                "\(name) \(source) advertised a better priority once and not again: staying master"
            }
        }
    }

    func logTransition(_ transition: Transition, _ instance: Instance) {
        let name = instance.name
        let isFirst = transition.from == .initialize
        if case .fault(let fault) = transition.reason {
            let isScript = if case .tracker(let tracker) = fault { tracker.kind == .script } else { false }
            let words = isScript ? fault.words : "(\(fault.words))"
            host.log(.warning, "(\(name)): entering FAULT state \(words)")
        }
        if case .stoodStill(let silence) = transition.reason {
            host.log(
                .warning,
                "(\(name)) nothing was sent for \(silence.milliseconds) ms, longer than the peers wait: listening first"
            )
        }
        switch transition.to {
        case .initialize: host.log(.notice, "(\(name)) Stopping")
        case .backup, .fault:
            let suffix = isFirst ? " (init)" : ""
            host.log(.notice, "(\(name)) Entering \(transition.to.rawValue) STATE\(suffix)")
        case .master: host.log(.notice, "(\(name)) Entering MASTER STATE")
        }
    }

    func logRejection(
        _ rejection: Rejection, _ origin: PacketOrigin, _ message: RawSpan, _ instance: Instance
    ) {
        log(.warning, limited: .rejection(instance.router, rejection)) {
            "(\(instance.name)) discarded a packet from \(origin.source): "
                + rejection.words(ttl: origin.ttl, octets: message.byteCount)
        }
    }

    func logStray(_ rejection: Rejection, _ origin: PacketOrigin) {
        log(.info, limited: .stray(rejection)) {
            let name = interfaces[origin.interfaceIndex]?.name ?? "?"
            return "discarded a packet from \(origin.source) on \(name): "
                + rejection.words(ttl: origin.ttl, octets: 0)
        }
    }

    private func detail(_ text: String) {
        if options.logsDetail { host.log(.info, text) }
    }
}

extension FaultReason {
    /// For a line in the log.
    var words: String {
        switch self {
        case .noAddress: "no address to send from on the interface"
        case .noPeer: "no unicast peer is configured"
        case .groupMember(let name): "\(name), of the same sync group, is in fault"
        case .tracker(let tracker):
            switch tracker.kind {
            case .interface, .trackedInterface: "interface \(tracker.name) down"
            case .script: "due to script \(tracker.name)"
            case .file: "tracked file \(tracker.name)"
            case .process: "tracked process \(tracker.name) quorum not achieved"
            case .staticEntries: "static entries of track_group \(tracker.name) are not there"
            }
        }
    }
}

extension TrackerSettings.Kind {
    /// For a line in the log.
    var words: String {
        switch self {
        case .interface, .trackedInterface: "interface"
        case .script: "script"
        case .file: "tracked file"
        case .process: "tracked process"
        case .staticEntries: "track_group"
        }
    }
}

extension Duration {
    /// Seconds with six decimals.
    var decimalSeconds: String {
        let micros = nanoseconds / 1_000
        let fraction = String(micros % 1_000_000)
        return "\(micros / 1_000_000)." + String(repeating: "0", count: 6 - fraction.count) + fraction
    }
}

extension Rejection {
    /// For a line in the log.
    func words(ttl: UInt8, octets: Int) -> String {
        switch self {
        case .malformedIPHeader: "malformed IP header"
        case .timeToLive: "TTL or hop limit is \(ttl), not the expected one"
        case .version: "wrong VRRP version"
        case .type: "not an advertisement"
        case .length: "wrong length (\(octets) octets)"
        case .checksum: "invalid checksum"
        case .unknownVRID: "its VRID is not configured on this interface"
        case .noAddresses: "it names no address"
        case .zeroInterval: "its advertisement interval is zero"
        case .unknownAuthenticationType: "unknown authentication type"
        case .authenticationTypeMismatch: "authentication type is not the configured one"
        case .authenticationFailed: "invalid password or authentication code"
        case .authenticationMissing: "it is not authenticated"
        case .authenticationMalformed: "its authentication cannot be read"
        case .authenticationUnknownKey: "it is authenticated with a key that is not configured"
        case .authenticationStale: "its time is too far from this host's: are both clocks right?"
        case .replayed: "it was sent before"
        case .intervalMismatch: "its advertisement interval is not ours (VRRPv2 requires the same)"
        case .destinationKind: "multicast where unicast is configured, or the reverse"
        case .unknownPeer: "not from a configured unicast peer"
        case .ownerIgnores: "the address owner ignores advertisements"
        }
    }
}

extension Duration {
    /// Whole milliseconds, truncated.
    var milliseconds: Int64 { nanoseconds / 1_000_000 }
}
