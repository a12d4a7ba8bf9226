// What to call the nodes of a comparison: what the operator wrote, else what tells their files apart.

/// Names for nodes whose files are given.
package enum NodeNames {
    /// `NAME=FILE`, or a file alone: a file whose path has `=` behind a slash is one.
    package static func split(_ argument: String) -> (name: String?, file: String) {
        guard let sign = argument.firstIndex(of: "=") else { return (nil, argument) }
        let (name, file) = (argument[..<sign], argument[argument.index(after: sign)...])
        guard !name.isEmpty, !file.isEmpty, !name.contains("/") else { return (nil, argument) }
        return (String(name), String(file))
    }

    /// `lb1` and `lb2` for `site/lb1/keepalived.conf` and `site/lb2/keepalived.conf`, and for `keepalived-lb1.conf` and
    /// `keepalived-lb2.conf`. As many as there are files; not always all different.
    package static func guessed(_ files: [String]) -> [String] {
        let paths = files.map { $0.split(separator: "/").map(String.init) }
        let rests = withoutCommonEnds(paths)
        guard rests.allSatisfy({ $0.count == 1 }) else {
            return rests.contains(where: \.isEmpty) ? files : rests.map { $0.joined(separator: "/") }
        }
        let words = rests.map { $0[0].split { "-_.".contains($0) }.map(String.init) }
        let names = withoutCommonEnds(words).map { $0.joined(separator: "-") }
        guard !names.contains(where: \.isEmpty) else { return rests.map { $0[0] } }
        return names
    }

    private static func withoutCommonEnds(_ lists: [[String]]) -> [[String]] {
        guard let first = lists.first, let shortest = lists.map(\.count).min() else { return lists }
        let head = (0..<shortest).prefix { place in lists.allSatisfy { $0[place] == first[place] } }.count
        let tail = (0..<(shortest - head)).prefix { place in
            lists.allSatisfy { $0[$0.count - 1 - place] == first[first.count - 1 - place] }
        }.count
        return lists.map { Array($0[head..<($0.count - tail)]) }
    }
}
