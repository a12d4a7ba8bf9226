// How a block's statements find what reads them: a table of keywords, and one way to treat the rest.

/// A table of keywords for one block: the name, and what a statement of it does to the target.
typealias KeywordTable<Target> = [String: @Sendable (inout Target, Statement, Findings) -> Void]

enum BlockReader {
    /// Reads every statement of a block into the target; returns those that have no effect.
    @discardableResult
    static func read<Target>(
        _ statements: [Statement], into target: inout Target, keywords: KeywordTable<Target>,
        inert: InertBlock? = nil, block: String, _ findings: Findings
    ) -> [InertStatement] {
        var kept: [InertStatement] = []
        for statement in statements {
            let name = statement.keyword.text
            if let apply = keywords[name] {
                apply(&target, statement, findings)
            } else if let value = inert?.keywords[name] {
                kept.append(findings.readInert(statement, value))
            } else {
                reportUnknown(
                    statement, Array(keywords.keys) + (inert.map { Array($0.keywords.keys) } ?? []), block,
                    findings)
            }
        }
        return kept
    }

    /// A keyword that nobody knows. Its block, if any, is skipped as a whole.
    static func reportUnknown(
        _ statement: Statement, _ words: @autoclosure () -> [String], _ block: String, hint: String? = nil,
        _ findings: Findings
    ) {
        let keyword = statement.keyword
        guard !keyword.text.isEmpty else { return }
        findings.report(
            .warning, "unknown-keyword", at: keyword, "unknown keyword '\(keyword.text)' in \(block)",
            hint: hint ?? nearest(to: keyword.text, words()) ?? elsewhere(keyword.text))
    }

    /// `include` may stand in every block.
    private static func nearest(to text: String, _ words: [String]) -> String? {
        Suggestion.hint(to: text, among: words + IncludeChecks.keywords)
    }

    /// A hint for a keyword that belongs into another block.
    private static func elsewhere(_ text: String) -> String? {
        if GlobalReader.keywords[text] != nil || InertBlock.global.keywords[text] != nil {
            return "'\(text)' belongs into global_defs"
        }
        if InstanceReader.keywords[text] != nil || InertBlock.instance.keywords[text] != nil {
            return "'\(text)' belongs into a vrrp_instance"
        }
        let isRoot = ConfigurationParser.rootKeywords.contains(text)
        return isRoot ? "'\(text)' belongs outside every block" : nil
    }
}
