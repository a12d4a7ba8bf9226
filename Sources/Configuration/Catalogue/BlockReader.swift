// How a block's statements find what reads them: a table of keywords, and one way to treat the rest.

/// A table of keywords for one block: the name, and what a statement of it does to the target.
typealias KeywordTable<Target> = [String: @Sendable (inout Target, Statement, Findings) -> Void]

enum BlockReader {
    /// Reads every statement of a block into the target.
    static func read<Target>(
        _ statements: [Statement], into target: inout Target, keywords: KeywordTable<Target>,
        known: Set<String>, block: String, _ findings: Findings
    ) {
        for statement in statements {
            let name = statement.keyword.text
            if let apply = keywords[name] {
                apply(&target, statement, findings)
            } else if known.contains(name) {
                reportUnsupported(statement, findings)
            } else {
                reportUnknown(statement, Array(keywords.keys) + Array(known), block, findings)
            }
        }
    }

    /// Known to keepalived, without effect here: an error where a service would go unserved.
    static func reportUnsupported(_ statement: Statement, _ findings: Findings) {
        let name = statement.keyword.text
        let isSerious = KnownKeywords.serious.contains(name)
        findings.report(
            isSerious ? .error : .warning, "not-yet-supported", at: statement.keyword,
            "'\(name)' has no effect in this release")
    }

    /// A keyword that nobody knows. Its block, if any, is skipped as a whole.
    static func reportUnknown(
        _ statement: Statement, _ words: [String], _ block: String, _ findings: Findings
    ) {
        let keyword = statement.keyword
        guard !keyword.text.isEmpty else { return }
        let nearest = Suggestion.nearest(to: keyword.text, among: words)
        findings.report(
            .warning, "unknown-keyword", at: keyword, "unknown keyword '\(keyword.text)' in \(block)",
            hint: nearest.map { "did you mean '\($0)'?" } ?? elsewhere(keyword.text))
    }

    /// A hint for a keyword that belongs into another block.
    private static func elsewhere(_ text: String) -> String? {
        if GlobalReader.keywords[text] != nil || KnownKeywords.global.contains(text) {
            return "'\(text)' belongs into global_defs"
        }
        if InstanceReader.keywords[text] != nil || KnownKeywords.instance.contains(text) {
            return "'\(text)' belongs into a vrrp_instance"
        }
        return KnownKeywords.root.contains(text) ? "'\(text)' belongs outside every block" : nil
    }
}
