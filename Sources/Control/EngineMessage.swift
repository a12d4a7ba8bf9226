// What the engine tells the guard, and what the guard asks of the engine.

import Wire

/// A message from the engine to the guard.
package enum EngineMessage: Sendable, Hashable {
    /// The configuration is in force and every socket is open.
    case ready
    /// What must be undone for an instance if the engine dies; replaces the former will of that name.
    case will(LastWill)
    /// Nothing needs to be undone for this instance any more.
    case revokeWill(instance: String)
    /// A kernel parameter was changed: `former` is to be put back if the engine dies.
    case parameter(path: String, former: String)
    /// A `RunnerMessage`, encoded, to pass on.
    case runner([UInt8])
    /// The answer to `GuardMessage.reload`.
    case reloaded(succeeded: Bool)
    /// Every address was released; the engine ends.
    case stopped
    /// The engine is not hung at `moment`, nanoseconds of the monotonic clock: the next such message comes within `beat`
    /// nanoseconds. The numbers are those of the last authenticated packets, which must not come again.
    case alive(moment: Int64, beat: Int64, headerSequence: UInt32, stamp: UInt64)
    /// The state that an instance is in now, for a successor of the engine.
    case standing(Standing)
}

/// A message from the guard to the engine.
package enum GuardMessage: Sendable, Hashable {
    case stop
    case reload
    /// Write the state to the data file.
    case dumpData
    /// Write the counters to the statistics file.
    case dumpStatistics(clear: Bool)
    /// Write everything to the JSON file.
    case dumpJSON
    /// The runner was started (again): it knows of no watches yet.
    case runnerStarted
    /// What the runner's watches found.
    case watched(WatchResult)
    /// Before `begin`: what a former engine, which has died just now, held.
    case resume(LastWill)
    /// Before `begin`: where an instance stood.
    case standing(Standing)
    /// The engine may start. The numbers are the last ones that `alive` has told; zero at the daemon's start.
    case begin(isRespawn: Bool, headerSequence: UInt32, stamp: UInt64)
}

/// The state of an instance, by its name.
package struct Standing: Sendable, Hashable {
    package var instance: String
    /// `INIT`, `BACKUP`, `MASTER` or `FAULT`; `LEAVING` for a master that waits for its successor.
    package var state: String

    package init(instance: String, state: String) {
        self.instance = instance
        self.state = state
    }
}

/// What an instance holds: to be undone by somebody who knows nothing of the configuration.
package struct LastWill: Sendable, Hashable {
    package var instance: String
    package var vrid: UInt8
    package var addresses: [HeldAddress]
    /// rtnetlink messages that remove routes and rules, in this order, before the addresses.
    package var requests: [[UInt8]]
    /// An nftables table that goes with the addresses.
    package var firewallTable: String?
    /// The advertisements of priority 0 that tell the peers.
    package var farewells: [Transmission]
    /// Nanoseconds for which the peers wait for an advertisement before they take over.
    package var patience: Int64

    package init(
        instance: String, vrid: UInt8, addresses: [HeldAddress], firewallTable: String? = nil,
        requests: [[UInt8]] = [], farewells: [Transmission], patience: Int64 = 3_000_000_000
    ) {
        self.patience = patience
        self.vrid = vrid
        self.instance = instance
        self.firewallTable = firewallTable
        self.addresses = addresses
        self.requests = requests
        self.farewells = farewells
    }
}

/// An address on an interface.
package struct HeldAddress: Sendable, Hashable {
    package var interfaceIndex: Int32
    package var address: IPAddress
    package var prefixLength: UInt8

    package init(interfaceIndex: Int32, address: IPAddress, prefixLength: UInt8) {
        self.interfaceIndex = interfaceIndex
        self.address = address
        self.prefixLength = prefixLength
    }
}

/// One VRRP message, ready to be sent.
package struct Transmission: Sendable, Hashable {
    /// Nil: any interface (unicast without one).
    package var interfaceIndex: Int32?
    package var source: IPAddress
    package var destination: IPAddress
    package var ttl: UInt8
    /// The IP payload: a VRRP message from the version nibble on, or an authentication header before it.
    package var message: [UInt8]
    /// 112, or 51 with an authentication header.
    package var protocolNumber: UInt8
    /// The IPv4 header's identification, which that header covers; 0: the kernel chooses.
    package var identification: UInt16

    package init(
        interfaceIndex: Int32?, source: IPAddress, destination: IPAddress, ttl: UInt8, message: [UInt8],
        protocolNumber: UInt8 = 112, identification: UInt16 = 0
    ) {
        self.protocolNumber = protocolNumber
        self.identification = identification
        self.interfaceIndex = interfaceIndex
        self.source = source
        self.destination = destination
        self.ttl = ttl
        self.message = message
    }
}
