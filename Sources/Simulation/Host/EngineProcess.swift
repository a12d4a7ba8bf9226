// The process that runs the production engine, and what waits for it while it is stopped, slow or not loaded yet.

import Control
import Engine
import Wire

/// Something that arrives at the engine's process.
enum EngineInput {
    case packet(PacketOrigin, [UInt8])
    case claim(IPAddress, MACAddress, Int32)
    case report(KernelReport)
    case message(GuardMessage)
    /// The guard is gone.
    case channelEnd
}

final class EngineProcess {
    let life: Int
    /// Nil: it is still being loaded.
    var engine: Engine?
    var resumption: Resumption
    var isFrozen = false
    var isStopping = false
    private(set) var inbox: [EngineInput] = []
    private var packets = 0
    private var reports = 0

    /// What a socket's buffer holds.
    private static let packetLimit = 200
    private static let reportLimit = 100

    init(life: Int, resumption: Resumption) {
        self.life = life
        self.resumption = resumption
    }

    var isRunning: Bool { engine != nil && !isFrozen }

    func queue(_ input: EngineInput) {
        switch input {
        case .packet, .claim:
            packets += 1
            guard packets <= Self.packetLimit else { return }
        case .report:
            reports += 1
            guard reports <= Self.reportLimit else {
                if reports == Self.reportLimit + 1 { inbox.append(.report(.overflow)) }
                return
            }
        case .message, .channelEnd: break
        }
        inbox.append(input)
    }

    func takeInbox() -> [EngineInput] {
        defer {
            inbox = []
            packets = 0
            reports = 0
        }
        return inbox
    }
}
