// Parses keepalived's flags: short ones may be joined (`-nlD`), values may be attached (`-f/etc/x`,
// `--use-file=/etc/x`) or follow.

/// One flag that batond knows.
struct Flag: Sendable {
    enum Value: Sendable { case none, required, optional }
    let short: Character?
    let long: String
    let value: Value
    /// For `--help`; nil: accepted for compatibility only.
    let help: String?
    let apply: @Sendable (inout CommandLineOptions, String?) throws(CommandLineError) -> Void
}

package enum CommandLineParser {
    /// `arguments` without the program's name.
    package static func parse(_ arguments: [String]) throws(CommandLineError) -> CommandLineOptions {
        var options = CommandLineOptions()
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            if argument.hasPrefix("--") {
                try parseLong(String(argument.dropFirst(2)), &rest, &options)
            } else if argument.hasPrefix("-"), argument != "-" {
                try parseShort(argument.dropFirst(), &rest, &options)
            } else {
                throw CommandLineError(description: "unexpected argument '\(argument)'")
            }
        }
        return options
    }

    private static func parseLong(
        _ text: String, _ rest: inout ArraySlice<String>, _ options: inout CommandLineOptions
    ) throws(CommandLineError) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        guard let flag = Flag.all.first(where: { $0.long == name }) else {
            throw CommandLineError(description: "unknown option '--\(name)'")
        }
        let attached = parts.count == 2 ? String(parts[1]) : nil
        switch flag.value {
        case .none:
            guard attached == nil else {
                throw CommandLineError(description: "option '--\(name)' takes no value")
            }
            try flag.apply(&options, nil)
        case .optional: try flag.apply(&options, attached)
        case .required:
            guard let value = attached ?? rest.popFirst() else {
                throw CommandLineError(description: "option '--\(name)' needs a value")
            }
            try flag.apply(&options, value)
        }
    }

    private static func parseShort(
        _ text: Substring, _ rest: inout ArraySlice<String>, _ options: inout CommandLineOptions
    ) throws(CommandLineError) {
        var letters = text
        while let letter = letters.popFirst() {
            guard let flag = Flag.all.first(where: { $0.short == letter }) else {
                throw CommandLineError(description: "unknown option '-\(letter)'")
            }
            switch flag.value {
            case .none: try flag.apply(&options, nil)
            case .optional:
                let attached = letters.hasPrefix("=") ? letters.dropFirst() : letters
                try flag.apply(&options, attached.isEmpty ? nil : String(attached))
                return
            case .required:
                let attached = letters.hasPrefix("=") ? letters.dropFirst() : letters
                guard let value = attached.isEmpty ? rest.popFirst() : String(attached) else {
                    throw CommandLineError(description: "option '-\(letter)' needs a value")
                }
                try flag.apply(&options, value)
                return
            }
        }
    }

    package static var helpText: String {
        var lines = ["Usage: batond [OPTION...]", "", "A VRRP daemon that reads keepalived.conf.", ""]
        for flag in Flag.all {
            guard let help = flag.help else { continue }
            let short = flag.short.map { "-\($0), " } ?? "    "
            let value =
                switch flag.value {
                case .none: ""
                case .required: "=VALUE"
                case .optional: "[=VALUE]"
                }
            let left = "  \(short)--\(flag.long)\(value)"
            lines.append(left + String(repeating: " ", count: max(2, 34 - left.count)) + help)
        }
        let silent = Flag.all.filter { $0.help == nil }.map { "--\($0.long)" }
        lines += ["", "Accepted for compatibility, without effect: \(silent.joined(separator: " "))"]
        return lines.joined(separator: "\n")
    }
}
