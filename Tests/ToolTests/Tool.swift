// Runs the real `baton` on files in a folder of its own.

import Foundation
import Linux

struct Tool {
    let folder: URL

    struct Output {
        let status: Int32
        let text: String
    }

    init() throws {
        folder = URL(filePath: NSTemporaryDirectory()).appending(path: "baton-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }

    func write(_ text: String, to name: String) throws {
        try text.write(to: folder.appending(path: name), atomically: true, encoding: .utf8)
    }

    /// What it prints to standard output, and how it ends.
    func run(_ arguments: String...) throws -> Output { try run(arguments) }

    func run(_ arguments: [String]) throws -> Output {
        let process = Process()
        let products = URL(filePath: Environment.executablePath).deletingLastPathComponent()
        process.executableURL = products.appending(path: "baton")
        process.arguments = arguments
        process.currentDirectoryURL = folder
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let octets = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Output(status: process.terminationStatus, text: String(decoding: octets, as: UTF8.self))
    }
}
