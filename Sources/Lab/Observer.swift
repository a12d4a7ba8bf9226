// What passes a host's interface: advertisements and announcements with the kernel's time stamps.

import Glibc
import Linux
import Synchronization
import Wire

/// Something seen on the wire. Moments are nanoseconds since 1970.
package struct Sighting: Sendable {
    package enum Kind: Sendable, Hashable {
        case advertisement(source: IPAddress, vrid: UInt8, priority: UInt8)
        /// Gratuitous ARP or unsolicited neighbour advertisement.
        case announcement(address: IPAddress, mac: MACAddress)
    }
    package let moment: Int64
    package let kind: Kind
}

/// Watches `eth0` of a host until `stop`.
package final class Observer: Sendable {
    private struct Record {
        var sightings: [Sighting] = []
        var isStopping = false
        var isReady = false
    }
    private let record = Mutex(Record())

    package init(on host: LabHost) throws {
        let namespace = "/proc/\(host.pid)/ns/net"
        try WorkerThread.start { [self] in
            guard (try? NetworkNamespace.enter(namespace)) != nil,
                let links = try? RouteSocket().links(),
                let link = links.first(where: { $0.name == "eth0" }),
                let capture = try? FrameCapture(interfaceIndex: link.index)
            else { return }
            record.withLock { $0.isReady = true }
            run(capture)
        }
        try Wait.until(seconds: 5, "cannot capture on \(host.name)") { record.withLock { $0.isReady } }
    }

    private func run(_ capture: FrameCapture) {
        while !record.withLock({ $0.isStopping }) {
            var poller = pollfd(fd: capture.raw, events: Int16(POLLIN), revents: 0)
            poll(&poller, 1, 20)
            while let frame = try? capture.next() {
                guard let kind = Self.kind(frame.octets) else { continue }
                record.withLock { $0.sightings.append(Sighting(moment: frame.timestamp, kind: kind)) }
            }
        }
    }

    private static func kind(_ frame: [UInt8]) -> Sighting.Kind? {
        let octets = frame.span.bytes
        if let arp = ARPPacket(frame: octets) {
            return arp.isGratuitous
                ? .announcement(address: arp.senderAddress, mac: arp.senderMAC) : nil
        }
        if let neighbour = NeighborAdvertisement(frame: octets), !neighbour.isSolicited {
            return neighbour.mac.map { .announcement(address: neighbour.target, mac: $0) }
        }
        guard let header = EthernetHeader(octets) else { return nil }
        let start = EthernetHeader.length
        switch header.type {
        case .ipv4:
            guard let ip = try? IPv4Header(octets.extracting(start..<frame.count)), ip.protocolNumber == 112,
                frame.count >= start + ip.payload.lowerBound + 8
            else { return nil }
            let message = start + ip.payload.lowerBound
            return .advertisement(source: ip.source, vrid: frame[message + 1], priority: frame[message + 2])
        case .ipv6:
            guard frame.count >= start + 48, frame[start + 6] == 112,
                let source = IPAddress(octets: frame[(start + 8)..<(start + 24)])
            else { return nil }
            return .advertisement(source: source, vrid: frame[start + 41], priority: frame[start + 42])
        case .arp, nil: return nil
        }
    }

    /// Everything seen so far, in order.
    package var sightings: [Sighting] { record.withLock { $0.sightings } }

    package func stop() { record.withLock { $0.isStopping = true } }
}
