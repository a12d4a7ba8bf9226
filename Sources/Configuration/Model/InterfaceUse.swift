// Where a configuration names interfaces: what must exist on the host that uses it.

/// One interface at one place.
package struct InterfaceUse: Sendable, Equatable {
    package var name: String
    /// Who names it, for people.
    package var owner: String
    /// Without it the daemon does not start.
    package var isRequired: Bool
    package var location: SourceLocation
    package var length: Int
}

/// Whose line it is that names an address, a route, a rule or an interface.
enum EntryOwner: CustomStringConvertible {
    case instance(String)
    case group(String)
    /// A block outside of instances, by its keyword.
    case root(String)

    var description: String {
        switch self {
        case .instance(let name): "vrrp_instance \(name)"
        case .group(let name): "vrrp_sync_group \(name)"
        case .root(let keyword): keyword
        }
    }

    /// Entries that are there as long as the daemon runs.
    var isPermanent: Bool {
        switch self {
        case .instance, .group: false
        case .root: true
        }
    }
}
