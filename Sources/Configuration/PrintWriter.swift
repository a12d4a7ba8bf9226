// Lines of a printed configuration, indented by their depth.

struct PrintWriter {
    private(set) var text = ""
    private var depth = 0

    mutating func line(_ line: String) {
        text += String(repeating: "    ", count: depth) + line + "\n"
    }

    mutating func block(_ head: String, _ body: (inout PrintWriter) -> Void) {
        line("\(head) {")
        depth += 1
        body(&self)
        depth -= 1
        line("}")
    }

    /// Statements that have no effect, as they were written.
    mutating func inert(_ statements: some Sequence<InertStatement>, showsSecrets: Bool) {
        for statement in statements {
            let head = statement.line(showsSecrets: showsSecrets)
            guard let inner = statement.block else {
                line(head)
                continue
            }
            block(head) { $0.inert(inner, showsSecrets: showsSecrets) }
        }
    }

    /// A block of lines; nothing if there are none.
    mutating func list(_ head: String, _ lines: [String]) {
        guard !lines.isEmpty else { return }
        block(head) { writer in
            for line in lines { writer.line(line) }
        }
    }
}
