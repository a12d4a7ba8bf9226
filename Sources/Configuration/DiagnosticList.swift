// Problems as they are found: each once, and of one kind no more than a person would read. A file of ten million
// braces must not become ten million messages.

struct DiagnosticList {
    private var found: [Diagnostic] = []
    private var known: Set<Diagnostic> = []
    private var places: [String: Set<SourceLocation?>] = [:]
    private var counts: [String: Int] = [:]
    /// For each code with too many problems, what stands for those that were left out.
    private var rest: [String: Diagnostic] = [:]

    /// Problems of one code.
    static let limit = 200

    /// All that was found, and for each code with more of them one that says so.
    var all: [Diagnostic] { found + rest.keys.sorted().compactMap { rest[$0] } }

    /// False: a problem of this code would be left out.
    func hasRoom(for code: String) -> Bool { counts[code, default: 0] < Self.limit }

    mutating func add(_ diagnostic: Diagnostic) {
        guard hasRoom(for: diagnostic.code) else {
            return omit(diagnostic.severity, diagnostic.code, at: diagnostic.location)
        }
        guard known.insert(diagnostic).inserted else { return }
        counts[diagnostic.code, default: 0] += 1
        places[diagnostic.code, default: []].insert(diagnostic.location)
        found.append(diagnostic)
    }

    mutating func add(_ diagnostics: some Sequence<Diagnostic>) {
        for diagnostic in diagnostics { add(diagnostic) }
    }

    /// Takes note of a problem for which there is no room: only the first is named.
    mutating func omit(_ severity: Diagnostic.Severity, _ code: String, at location: SourceLocation?) {
        if let known = rest[code] {
            if severity > known.severity { rest[code]?.severity = severity }
        } else if places[code]?.contains(location) != true {
            rest[code] = Diagnostic(
                code: code, severity: severity, location: location,
                message: "there are more such problems from here on; only \(Self.limit) are shown")
        }
    }
}
