// A virtual router as several nodes configure it, and how rules speak of nodes that do not agree.

import Election
import Wire

/// One virtual router of the cluster: at most one instance of each node.
struct SharedRouter {
    /// In the order of the nodes; at least one.
    private(set) var members: [Member]

    init(_ first: Member) { members = [first] }

    mutating func add(_ member: Member) {
        let place = members.firstIndex { $0.index > member.index } ?? members.endIndex
        members.insert(member, at: place)
    }

    /// How messages begin.
    var title: String { "(\(members[0].instance.name))" }

    func member(ofNode index: Int) -> Member? { members.first { $0.index == index } }

    /// A diagnostic that stands at the first place and names the others.
    func diagnostic(
        _ severity: Diagnostic.Severity, _ code: String, at places: [Diagnostic.Place], _ message: String,
        hint: String? = nil
    ) -> Diagnostic {
        Diagnostic(severity, code, at: places, "\(title) \(message)", hint: hint)
    }
}

extension Diagnostic {
    /// Places beyond these are not shown: they would say the same again.
    private static let placeLimit = 3

    /// `places`: at least one; the first is the diagnostic's own.
    init(
        _ severity: Severity, _ code: String, at places: [Place], _ message: String, hint: String? = nil
    ) {
        self.init(
            code: code, severity: severity, location: places.first?.location,
            length: places.first?.length ?? 1, message: message, hint: hint)
        for place in places.dropFirst() where related.count + 1 < Self.placeLimit {
            guard place.location != location, !related.contains(place) else { continue }
            related.append(place)
        }
    }
}

/// Members sorted by what they say, in the order in which each is said first.
struct Division<Value: Equatable> {
    private(set) var parts: [(value: Value, members: [Member])] = []

    init(_ members: [Member], by value: (Member) -> Value) {
        for member in members {
            let value = value(member)
            if let place = parts.firstIndex(where: { $0.value == value }) {
                parts[place].members.append(member)
            } else {
                parts.append((value, [member]))
            }
        }
    }

    var isDivided: Bool { parts.count > 1 }

    /// `1 s on lb1 and lb2, 2 s on lb3`
    func text(_ describe: (Value) -> String) -> String {
        parts.map { "\(describe($0.value)) on \(nodeNames($0.members))" }.joined(separator: ", ")
    }

    /// A place for each part.
    func places(_ place: (Member) -> Diagnostic.Place) -> [Diagnostic.Place] {
        parts.map { place($0.members[0]) }
    }
}

/// `lb1, lb2 and lb3`
func nodeNames(_ members: [Member]) -> String { wordList(members.map(\.name)) }

/// A list as people write it; a long one ends with how many more there are.
func wordList(_ words: [String], limit: Int = 4) -> String {
    guard words.count > 1 else { return words.first ?? "" }
    guard words.count <= limit else {
        return words.prefix(limit).joined(separator: ", ") + " and \(words.count - limit) more"
    }
    return words.dropLast().joined(separator: ", ") + " and " + words[words.count - 1]
}
