// `vrrp_strict` and `strict_mode`: what the RFCs do not have is taken out and said (keepalived's rules).

import Election
import Wire

struct StrictMode {
    let findings: Findings

    /// Called for an instance in strict mode, with everything else settled.
    func apply(to instance: inout InstanceConfiguration, _ reader: InstanceReader) {
        let name = reader.name
        if instance.authentication != .none {
            instance.authentication = .none
            say(name, "authentication is not used")
        }
        if instance.router.preemptDelay > .zero {
            instance.router.preemptDelay = .zero
            say(name, "preempt_delay is not used")
        }
        if instance.router.wantsMaster != instance.router.isOwner {
            instance.router.wantsMaster = instance.router.isOwner
            say(name, "state MASTER and priority 255 belong together")
        }
        if instance.router.downTimerAdvertisements != 3 {
            instance.router.downTimerAdvertisements = 3
            say(name, "down_timer_adverts is 3")
        }
        if instance.router.higherPrioritySendsAdvertisement {
            instance.router.higherPrioritySendsAdvertisement = false
            say(name, "higher_prio_send_advert is not used")
        }
        instance.router.handover = .breakBeforeMake
        if instance.addresses.isEmpty {
            findings.report(.fatal, "no-address", at: name, "(\(name.text)) strict mode needs an address")
        }
        if case .unicast = instance.transport {
            findings.report(.fatal, "strict-mode", at: name, "(\(name.text)) strict mode forbids unicast")
        }
        if let first = instance.addresses.first?.address, first.family == .ipv6, !first.isLinkLocal {
            say(name, "the first IPv6 address should be link-local (RFC 9568 5.2.9)")
        }
        instance.router.ownerIgnoresAdvertisements = instance.router.isOwner
        instance.router.lowerPriorityNoAdvertisement = true
        instance.router.announcement.masterRepeat = 1
        instance.router.announcement.masterDelay = .zero
        instance.router.announcement.lowerPriorityRepeat = 0
        settleAccept(&instance, reader)
    }

    /// Only an owner accepts packets to the addresses, unless v3 says `accept` (RFC 9568 6.1 Accept_Mode).
    private func settleAccept(_ instance: inout InstanceConfiguration, _ reader: InstanceReader) {
        if reader.accepts == true, instance.router.version == .v2 {
            say(reader.name, "VRRP version 2 has no accept mode")
        }
        let asks = reader.accepts == true && instance.router.version == .v3
        instance.accepts = instance.router.isOwner || asks
        guard !instance.accepts, reader.accepts == nil else { return }
        findings.report(
            .warning, "strict-no-accept", at: reader.name,
            "(\(reader.name.text)) strict mode: packets to the virtual addresses are dropped on this host",
            hint: "write 'accept' if services of this host use the addresses")
    }

    private func say(_ word: Word, _ text: String) {
        findings.report(.warning, "strict-mode", at: word, "(\(word.text)) strict mode: \(text)")
    }
}
