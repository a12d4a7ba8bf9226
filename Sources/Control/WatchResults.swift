// What several watches found: one verdict for each.

extension [WatchResult] {
    /// Replaces the watch's former verdict; the new one is the youngest.
    package mutating func put(_ result: WatchResult) {
        removeAll { $0.kind == result.kind && $0.name == result.name }
        append(result)
    }

    /// Nil: nothing has been found yet.
    package func verdict(_ kind: WatchKind, _ name: String) -> WatchResult? {
        first { $0.kind == kind && $0.name == name }
    }
}
