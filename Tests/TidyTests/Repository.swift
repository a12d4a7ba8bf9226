// The repository as the tidy tests see it: the text of every file that belongs to it, by path. The checks
// take such a value, so that each of them is tried on a broken repository, too. Reads only.

import Foundation

/// Files by their path relative to the root, in order.
struct Repository {
    /// Text files; what is not UTF-8 is left out.
    private(set) var texts: [(path: String, text: String)] = []
    /// Every file and folder.
    private(set) var paths: Set<String> = []
    /// Files that may be executed.
    private(set) var executables: Set<String> = []

    /// A made-up repository, for trying a check.
    init(_ files: [String: String], executables: Set<String> = []) {
        texts = files.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        for path in files.keys { addWithFolders(path) }
        self.executables = executables
    }

    /// The repository that this file stands in.
    static let this: Repository = {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return Repository(root: root)
    }()

    private init(root: URL) {
        let files = FileManager.default
        guard let walk = files.enumerator(atPath: root.path) else { return }
        while let path = walk.nextObject() as? String {
            if Self.isForeign(path) {
                walk.skipDescendants()
                continue
            }
            addWithFolders(path)
            let url = root.appending(path: path)
            guard !url.hasDirectoryPath, let bytes = files.contents(atPath: url.path) else { continue }
            if files.isExecutableFile(atPath: url.path) { executables.insert(path) }
            if let text = String(data: bytes, encoding: .utf8) { texts.append((path, text)) }
        }
        texts.sort { $0.path < $1.path }
    }

    /// Built, downloaded or of a tool: not ours to judge.
    private static func isForeign(_ path: String) -> Bool {
        let name = path.split(separator: "/").last ?? ""
        return name == ".git" || name.hasPrefix(".build") || name == ".swiftpm" || name == "Package.resolved"
            || name == "__pycache__"
    }

    private mutating func addWithFolders(_ path: String) {
        var path = path[...]
        while !path.isEmpty {
            paths.insert(String(path))
            path = path[..<(path.lastIndex(of: "/") ?? path.startIndex)]
        }
    }

    /// Files below a folder whose name ends so.
    func files(under folder: String = "", ending suffix: String) -> [(path: String, text: String)] {
        texts.filter { $0.path.hasPrefix(folder) && $0.path.hasSuffix(suffix) }
    }

    subscript(path: String) -> String? { texts.first { $0.path == path }?.text }
}

extension String {
    /// Its lines with their numbers from 1.
    var numberedLines: [(number: Int, text: Substring)] {
        split(separator: "\n", omittingEmptySubsequences: false).enumerated().map { ($0 + 1, $1) }
    }

    /// Swift code without comments and without the contents of one-line strings.
    var codeOnly: String {
        split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.replacing(/"(?:[^"\\]|\\.)*"/, with: "\"\"").replacing(/\/\/.*$/, with: "")
        }.joined(separator: "\n")
    }
}
