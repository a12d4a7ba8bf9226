// `include` and its stricter variants: which files a line names, and what it calls for when there are none.

/// What an include line must find.
struct IncludeChecks: OptionSet, Sendable {
    let rawValue: UInt8
    /// Each file that matches can be read.
    static let readable = IncludeChecks(rawValue: 1)
    /// A path without wildcards names a file.
    static let match = IncludeChecks(rawValue: 2)
    /// A pattern with wildcards matches something.
    static let wildcardMatch = IncludeChecks(rawValue: 4)
    /// Each alternative in braces matches something.
    static let braceMatch = IncludeChecks(rawValue: 8)
    static let all: IncludeChecks = [.readable, .match, .wildcardMatch, .braceMatch]
    /// The first is the usual one.
    static let keywords = ["include", "includer", "includem", "includew", "includeb", "includea"]

    /// The checks of an include keyword; nil: it is none.
    init?(keyword: String) {
        switch keyword {
        case "include": self = []
        case "includer": self = .readable
        case "includem": self = .match
        case "includew": self = [.match, .wildcardMatch]
        case "includeb": self = .braceMatch
        case "includea": self = .all
        default: return nil
        }
    }

    init(rawValue: UInt8) { self.rawValue = rawValue }

    /// `include_check [+-]WORD ...`: what is in force behind it. Nil: a word is none of them.
    func applying(_ words: [String]) -> IncludeChecks? {
        guard !words.isEmpty else { return .all }
        let isRelative = words.contains { $0.hasPrefix("+") || $0.hasPrefix("-") }
        var result: IncludeChecks = isRelative ? self : []
        for word in words {
            guard let check = Self.named(word.drop { $0 == "+" || $0 == "-" }) else { return nil }
            if word.hasPrefix("-") { result.remove(check) } else { result.insert(check) }
        }
        return result
    }

    private static func named(_ word: Substring) -> IncludeChecks? {
        switch word {
        case "readable", "read": .readable
        case "match": .match
        case "wildcard_match": .wildcardMatch
        case "brace_match": .braceMatch
        default: nil
        }
    }
}

enum IncludePattern {
    private static let limit = 1000
    /// Octets; the kernel opens no longer paths.
    static let lengthLimit = 4096
    /// To look for files takes as long as so many octets of text.
    static let cost = 512

    /// The alternatives of `a{b,c}d`: `abd`, `acd`. Nested braces too; at most `limit`.
    static func alternatives(_ pattern: String) -> [String] {
        var done: [String] = []
        var open = [pattern]
        while let next = open.popLast(), done.count + open.count < limit {
            guard let parts = firstGroup(next) else {
                done.append(next)
                continue
            }
            open += parts.choices.reversed().map { parts.before + $0 + parts.after }
        }
        return done
    }

    /// The first brace group, split at its own commas; nil: there is none.
    private static func firstGroup(
        _ pattern: String
    ) -> (before: String, choices: [String], after: String)? {
        guard let start = pattern.firstIndex(of: "{") else { return nil }
        var depth = 0
        var choices = [""]
        for index in pattern[start...].indices {
            let character = pattern[index]
            if character == "{" { depth += 1 }
            if character == "}" { depth -= 1 }
            if depth == 0 {
                return (String(pattern[..<start]), choices, String(pattern[pattern.index(after: index)...]))
            }
            if character == ",", depth == 1 {
                choices.append("")
            } else if !(character == "{" && depth == 1) {
                choices[choices.count - 1].append(character)
            }
        }
        return nil
    }

    static func hasWildcard(_ pattern: String) -> Bool { pattern.contains { "*?[".contains($0) } }

    /// A relative path counts from the directory of the file that includes it.
    static func resolve(_ path: String, in directory: String) -> String {
        path.hasPrefix("/") || directory.isEmpty ? path : "\(directory)/\(path)"
    }

    /// The part of a path before its last slash; empty: there is none.
    static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "" }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
