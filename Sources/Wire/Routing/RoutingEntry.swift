// A route or a rule: what is put into the kernel's routing tables together.

package enum RoutingEntry: Sendable, Hashable {
    case route(Route)
    case rule(PolicyRule)

    /// The interfaces that must have numbers before the kernel can take it; rules name theirs.
    package var interfaces: [String] {
        switch self {
        case .route(let route): ([route.interface] + route.nextHops.map(\.interface)).compactMap { $0 }
        case .rule: []
        }
    }
}
