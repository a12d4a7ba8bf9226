// The cables and switches between the hosts: which host hears which, what a bad line does to packets, and which port a
// switch believes a MAC address to be at.

import Election
import Wire

/// One switch with hosts and clients.
struct Segment {
    /// Where each MAC address was last seen; few, so in order of their first appearance.
    private var places: [(mac: MACAddress, host: Int)] = []

    func host(of mac: MACAddress) -> Int? { places.first { $0.mac == mac }?.host }

    mutating func learn(_ mac: MACAddress, host: Int) {
        guard let place = places.firstIndex(where: { $0.mac == mac }) else {
            return places.append((mac, host))
        }
        places[place].host = host
    }

    /// A port without a link is forgotten.
    mutating func forget(host: Int) { places.removeAll { $0.host == host } }
}

struct Network {
    var segments: [Segment]
    /// A row for each host: whom its packets do not reach, on any segment.
    private var cuts: [[Bool]]
    /// The link is up, but nobody is at its other end.
    private(set) var isolated: [Bool]
    private(set) var noise: [Noise]
    /// Nothing is wrong with any line.
    private(set) var isClean = true

    init(segments: Int, hosts: Int) {
        self.segments = Array(repeating: Segment(), count: segments)
        cuts = Array(repeating: Array(repeating: false, count: hosts), count: hosts)
        isolated = Array(repeating: false, count: hosts)
        noise = Array(repeating: Noise(), count: hosts)
    }

    /// The line from one host to another one carries packets. Whether they are plugged in is the hosts' to say.
    func carries(from: Int, to: Int) -> Bool { !isolated[from] && !isolated[to] && !cuts[from][to] }

    mutating func cut(from: Int, to: Int, _ isCut: Bool) { change { $0.cuts[from][to] = isCut } }

    mutating func isolate(_ host: Int, _ isIsolated: Bool) { change { $0.isolated[host] = isIsolated } }

    mutating func setNoise(_ value: Noise, of host: Int) { change { $0.noise[host] = value } }

    private mutating func change(_ body: (inout Network) -> Void) {
        body(&self)
        isClean = !isolated.contains(true) && !cuts.contains { $0.contains(true) } && !isNoisy
    }

    var isNoisy: Bool { noise.contains { $0 != Noise() } }

    mutating func heal() {
        for host in isolated.indices {
            isolate(host, false)
            setNoise(Noise(), of: host)
            for other in isolated.indices { cut(from: host, to: other, false) }
        }
    }
}
