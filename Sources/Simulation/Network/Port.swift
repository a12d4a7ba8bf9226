// Where a host's interface meets a switch.

import Wire

/// A network interface of a host as it is plugged in.
package struct InterfacePlan: Sendable, Hashable {
    package var name: String
    /// The number of the segment that it is plugged into.
    package var segment: Int
    /// The host's own addresses, in order.
    package var addresses: [OwnAddress]

    package init(name: String, segment: Int, addresses: [OwnAddress]) {
        self.name = name
        self.segment = segment
        self.addresses = addresses
    }
}

package struct OwnAddress: Sendable, Hashable {
    package var address: IPAddress
    package var prefixLength: UInt8

    package init(_ address: IPAddress, _ prefixLength: UInt8) {
        self.address = address
        self.prefixLength = prefixLength
    }
}

/// A switch's port with the interface behind it.
struct Port {
    let segment: Int
    let interfaceIndex: Int32
    /// The cable is in: else the interface has no carrier.
    var isPlugged = true
}

/// What a bad network does to packets that a host sends.
package struct Noise: Sendable, Hashable {
    /// Of a thousand packets.
    package var loss = 0
    package var duplication = 0
    /// Each packet takes up to so long in addition: they overtake each other.
    package var delay: Duration = .zero

    package init(loss: Int = 0, duplication: Int = 0, delay: Duration = .zero) {
        self.loss = loss
        self.duplication = duplication
        self.delay = delay
    }
}
