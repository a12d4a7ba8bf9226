// Tracked files (`track_file`): a decimal number in a file. Missing, empty or anything else counts as 0.

import Control
import Linux

/// The tracked files and their numbers.
final class FileWatches {
    private let loop: EventLoop
    private let log: (LogPriority, String) -> Void
    private var notifier: FileNotifier?
    private var files: [TrackedFile] = []
    /// Directories that are not there are looked for again then.
    private var retry: Int64?
    var onResult: ((String, Int32) -> Void)?

    private struct TrackedFile {
        let request: FileWatch
        /// inotify's number of the directory; nil: it is not there, or cannot be watched.
        var watch: Int32?
        var value: Int32?

        var directory: String {
            let slash = request.path.lastIndex(of: "/") ?? request.path.startIndex
            return slash == request.path.startIndex ? "/" : String(request.path[..<slash])
        }
        var name: String { request.path.split(separator: "/").last.map(String.init) ?? "" }
    }

    private static let retryPause: Int64 = 1_000_000_000
    /// A number takes no more octets than this.
    private static let readLimit = 4096

    init(loop: EventLoop, log: @escaping (LogPriority, String) -> Void) {
        self.loop = loop
        self.log = log
    }

    var nextDeadline: Int64? { retry }

    func replace(_ requests: [FileWatch]) {
        let former = files
        files = requests.map { request in
            former.first { $0.request == request } ?? TrackedFile(request: request)
        }
        for file in former where !files.contains(where: { $0.watch == file.watch }) {
            if let watch = file.watch { notifier?.unwatch(watch) }
        }
        guard !files.isEmpty else { return retry = nil }
        for request in requests where !former.contains(where: { $0.request == request }) {
            initialise(request)
        }
        open()
        search()
    }

    func tick(_ now: Int64) {
        if let retry, retry <= now { search() }
    }

    private func open() {
        guard notifier == nil else { return }
        do throws(SystemError) {
            let notifier = try FileNotifier()
            try loop.watch(notifier.raw) { [unowned self] in take() }
            self.notifier = notifier
        } catch {
            log(.error, "changes of tracked files are seen late: \(error)")
        }
    }

    /// `init_file`: a number to begin with.
    private func initialise(_ request: FileWatch) {
        guard let value = request.initialValue, request.overwrites || !FileSystem.exists(request.path) else {
            return
        }
        do throws(SystemError) {
            try FileSystem.writeAtomically(request.path, Array("\(value)\n".utf8), mode: 0o644)
        } catch {
            log(.error, "cannot write the tracked file \(request.name): \(error)")
        }
    }

    /// Watches the directories that are not watched yet, and reads every file.
    private func search() {
        retry = nil
        for place in files.indices {
            if files[place].watch == nil {
                files[place].watch = try? notifier?.watch(directory: files[place].directory)
                if files[place].watch == nil { retry = MonotonicClock.now + Self.retryPause }
            }
            read(place)
        }
    }

    private func take() {
        for change in notifier?.changes() ?? [] {
            switch change {
            case .file(let watch, let name):
                for place in files.indices where files[place].watch == watch && files[place].name == name {
                    read(place)
                }
            case .directoryGone(let watch):
                for place in files.indices where files[place].watch == watch {
                    files[place].watch = nil
                    read(place)
                    retry = MonotonicClock.now + Self.retryPause
                }
            case .overflow: search()
            }
        }
    }

    private func read(_ place: Int) {
        let octets = (try? FileSystem.readStart(files[place].request.path, limit: Self.readLimit)) ?? []
        let value = Self.number(octets)
        guard files[place].value != value else { return }
        files[place].value = value
        onResult?(files[place].request.name, value)
    }

    /// Blanks, a sign, digits; what follows is not looked at. Beyond 32 bits it is the nearest number.
    static func number(_ octets: [UInt8]) -> Int32 {
        var rest = octets.drop { $0 == UInt8(ascii: " ") || (9...13).contains($0) }
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
        var value: Int64 = 0
        for digit in rest.prefix(while: { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
            value = min(value * 10 + Int64(digit - UInt8(ascii: "0")), 1 << 40)
        }
        return Int32(clamping: isNegative ? -value : value)
    }
}
