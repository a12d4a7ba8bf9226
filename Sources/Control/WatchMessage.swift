// What the runner watches for the engine: check scripts, files with a number, processes. The runner does
// the forking, reading and counting; the engine hears of results only.

/// The three kinds of things that are watched.
package enum WatchKind: UInt8, Sendable, Hashable {
    case script = 1
    case file
    case process
}

/// One thing to watch. Kind and name identify it: a request that equals the former one changes nothing.
package enum WatchRequest: Sendable, Hashable {
    case script(ScriptWatch)
    case file(FileWatch)
    case process(ProcessWatch)

    package var kind: WatchKind {
        switch self {
        case .script: .script
        case .file: .file
        case .process: .process
        }
    }

    package var name: String {
        switch self {
        case .script(let watch): watch.name
        case .file(let watch): watch.name
        case .process(let watch): watch.name
        }
    }
}

/// `vrrp_script`: a program that is run again and again; exit status 0 is a success.
package struct ScriptWatch: Sendable, Hashable {
    package var name: String
    /// The path, then the arguments; executed without a shell.
    package var words: [String]
    /// As in `ScriptRequest`.
    package var user: String?
    package var group: String?
    package var requiresSecurity = false
    /// At least 1.
    package var intervalMilliseconds: UInt32
    /// At least 1. A run that takes longer is ended with its whole process group and has failed.
    package var timeoutMilliseconds: UInt32
    /// Successes in a row that make a failed check good, at least 1.
    package var rise: UInt32 = 1
    /// Failures in a row that make a good check failed, at least 1.
    package var fall: UInt32 = 1
    /// `init_fail`: failed until `rise` successes; else the first run decides.
    package var startsFailed = false

    package init(
        name: String, words: [String], intervalMilliseconds: UInt32, timeoutMilliseconds: UInt32
    ) {
        self.name = name
        self.words = words
        self.intervalMilliseconds = intervalMilliseconds
        self.timeoutMilliseconds = timeoutMilliseconds
    }
}

/// `track_file`: a decimal number in a file; a file that is missing or holds no number counts as 0.
package struct FileWatch: Sendable, Hashable {
    package var name: String
    package var path: String
    /// `init_file`: written at start if the file is missing, or in any case if `overwrites`.
    package var initialValue: Int32?
    package var overwrites = false

    package init(name: String, path: String) {
        self.name = name
        self.path = path
    }
}

/// `vrrp_track_process`: how many processes of a name run.
package struct ProcessWatch: Sendable, Hashable {
    /// How parameters are compared.
    package enum ParameterMatch: UInt8, Sendable, Hashable {
        /// They are not looked at.
        case ignored = 0
        /// All are equal.
        case exact
        /// The given ones are the first ones.
        case partial
        /// As `partial`, and the last given one may itself be the beginning of a parameter.
        case initial
    }
    package var name: String
    /// The process's name (`comm`), or its path as started if `comparesFullCommand`; then parameters.
    package var words: [String]
    package var parameterMatch: ParameterMatch = .ignored
    package var comparesFullCommand = false
    /// The watch is up while at least so many and ...
    package var quorum: UInt32 = 1
    /// ... at most so many run.
    package var quorumMaximum: UInt32 = .max
    /// How long a rise, or a fall, of the number must last before it counts.
    package var forkDelayMicroseconds: UInt32 = 0
    package var terminateDelayMicroseconds: UInt32 = 0

    package init(name: String, words: [String]) {
        self.name = name
        self.words = words
    }
}

/// What a watch found. Sent for the first result and for each change, and again for everything that is known
/// after each round of `RunnerMessage.watch...`.
package struct WatchResult: Sendable, Hashable {
    package var kind: WatchKind
    package var name: String
    /// Script and process: 1 is up, 0 is down. File: the number.
    package var value: Int32

    package init(kind: WatchKind, name: String, value: Int32) {
        self.kind = kind
        self.name = name
        self.value = value
    }
}

extension WatchResult {
    package var encoded: [UInt8] {
        var writer = FrameWriter()
        writer.write(kind.rawValue)
        writer.write(name)
        writer.write(value)
        return writer.bytes
    }

    package init(decoding bytes: [UInt8]) throws(FrameError) {
        var reader = FrameReader(bytes)
        guard let kind = WatchKind(rawValue: try reader.read()) else { throw FrameError(offset: 0) }
        self.init(kind: kind, name: try reader.readString(), value: try reader.read())
    }
}

extension WatchRequest {
    func encode(into writer: inout FrameWriter) {
        writer.write(kind.rawValue)
        writer.write(name)
        switch self {
        case .script(let watch):
            writer.write(watch.words)
            writer.write(watch.user)
            writer.write(watch.group)
            writer.write(watch.requiresSecurity)
            writer.write(watch.intervalMilliseconds)
            writer.write(watch.timeoutMilliseconds)
            writer.write(watch.rise)
            writer.write(watch.fall)
            writer.write(watch.startsFailed)
        case .file(let watch):
            writer.write(watch.path)
            writer.write(watch.initialValue != nil)
            writer.write(watch.initialValue ?? 0)
            writer.write(watch.overwrites)
        case .process(let watch):
            writer.write(watch.words)
            writer.write(watch.parameterMatch.rawValue)
            writer.write(watch.comparesFullCommand)
            writer.write(watch.quorum)
            writer.write(watch.quorumMaximum)
            writer.write(watch.forkDelayMicroseconds)
            writer.write(watch.terminateDelayMicroseconds)
        }
    }

    init(from reader: inout FrameReader) throws(FrameError) {
        guard let kind = WatchKind(rawValue: try reader.read()) else { throw FrameError(offset: 0) }
        let name = try reader.readString()
        switch kind {
        case .script:
            let words = try reader.readStrings()
            let (user, group) = (try reader.readOptionalString(), try reader.readOptionalString())
            let requiresSecurity = try reader.readBool()
            var watch = ScriptWatch(
                name: name, words: words, intervalMilliseconds: try reader.read(),
                timeoutMilliseconds: try reader.read())
            watch.user = user
            watch.group = group
            watch.requiresSecurity = requiresSecurity
            watch.rise = try reader.read()
            watch.fall = try reader.read()
            watch.startsFailed = try reader.readBool()
            self = .script(watch)
        case .file:
            var watch = FileWatch(name: name, path: try reader.readString())
            let hasValue = try reader.readBool()
            let value: Int32 = try reader.read()
            watch.initialValue = hasValue ? value : nil
            watch.overwrites = try reader.readBool()
            self = .file(watch)
        case .process:
            var watch = ProcessWatch(name: name, words: try reader.readStrings())
            guard let match = ProcessWatch.ParameterMatch(rawValue: try reader.read()) else {
                throw FrameError(offset: 0)
            }
            watch.parameterMatch = match
            watch.comparesFullCommand = try reader.readBool()
            watch.quorum = try reader.read()
            watch.quorumMaximum = try reader.read()
            watch.forkDelayMicroseconds = try reader.read()
            watch.terminateDelayMicroseconds = try reader.read()
            self = .process(watch)
        }
    }
}
