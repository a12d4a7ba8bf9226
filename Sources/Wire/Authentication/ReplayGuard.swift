// Packets that were seen before: whoever records an authentic packet must not be able to use it again.

/// The highest number that each sender has used.
package struct ReplayGuard: Sendable {
    private var senders: [(address: IPAddress, number: UInt64, moment: Int64)] = []
    /// Senders that are remembered; beyond it the one that was silent for longest is forgotten.
    private static let limit = 16

    package init() {}

    /// Whether a sender may use a number: a higher one than before, or any after `patience` nanoseconds of silence
    /// (nil: never), since a sender that was started again may count from the beginning. Only for packets whose
    /// code is right.
    package mutating func admit(
        _ number: UInt64, from sender: IPAddress, at moment: Int64, patience: Int64?
    ) -> Bool {
        guard let place = senders.firstIndex(where: { $0.address == sender }) else {
            if senders.count == Self.limit,
                let oldest = senders.indices.min(by: { senders[$0].moment < senders[$1].moment })
            {
                senders.remove(at: oldest)
            }
            senders.append((sender, number, moment))
            return true
        }
        let isSilent = patience.map { moment - senders[place].moment > $0 } ?? false
        guard number > senders[place].number || isSilent else { return false }
        senders[place] = (sender, number, moment)
        return true
    }
}
