// What the process was given and where it runs.

import Glibc

/// The process's environment variables.
package enum Environment {
    package static subscript(_ name: String) -> String? {
        guard let value = getenv(name) else { return nil }
        return String(cString: value)
    }

    /// All as "NAME=value".
    package static var all: [String] {
        var list: [String] = []
        var entry: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> = Glibc.environ
        while let text = entry.pointee {
            list.append(String(cString: text))
            entry += 1
        }
        return list
    }
}

/// The host and its kernel.
package enum Host {
    /// The node name, as `uname -n` shows it.
    package static var name: String { read(\.nodename) }
    /// "6.1.0-18-amd64".
    package static var kernelRelease: String { read(\.release) }

    private static func read<Field>(_ field: KeyPath<utsname, Field>) -> String {
        var names = utsname()
        guard uname(&names) == 0 else { return "" }
        return withUnsafeBytes(of: names[keyPath: field]) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}
