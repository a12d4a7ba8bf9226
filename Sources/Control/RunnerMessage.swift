// What the engine and the guard ask of the runner. Each request is complete in itself, so the runner
// needs no configuration and a reload cannot change what an earlier event meant.

/// A script to run.
package struct ScriptRequest: Sendable, Hashable {
    /// Requests of one lane run one after the other, in order; lanes run side by side.
    /// The lane of an instance is its name.
    package var lane: String
    /// The path, then the arguments; executed without a shell.
    package var words: [String]
    /// User name or number; nil: the default script user (`keepalived_script` if it exists, else the
    /// runner's own).
    package var user: String?
    /// Group name or number; nil: the user's own.
    package var group: String?
    /// `NAME=value`, added to the inherited environment.
    package var environment: [String]
    /// After this long SIGTERM, two seconds later SIGKILL, to the whole process group. At least 1.
    package var timeoutSeconds: UInt32
    /// What the log calls it: `notify_master`.
    package var label: String
    /// `enable_script_security`: refuse a script run as root that others than root can change.
    package var requiresSecurity: Bool

    package init(
        lane: String, words: [String], user: String? = nil, group: String? = nil, environment: [String] = [],
        timeoutSeconds: UInt32 = 60, label: String, requiresSecurity: Bool = false
    ) {
        self.lane = lane
        self.words = words
        self.user = user
        self.group = group
        self.environment = environment
        self.timeoutSeconds = timeoutSeconds
        self.label = label
        self.requiresSecurity = requiresSecurity
    }
}

/// A mail to deliver.
package struct MailRequest: Sendable, Hashable {
    package var server: String
    package var port: UInt16
    package var timeoutSeconds: UInt32
    /// Nil: this host's name.
    package var heloName: String?
    /// Nil: user@host of this process. May contain a display name and non-ASCII characters.
    package var from: String?
    package var recipients: [String]
    package var subject: String
    package var body: String
    /// When the event happened, seconds since 1970: the Date header's value.
    package var unixSeconds: Int64

    package init(
        server: String, port: UInt16, timeoutSeconds: UInt32, heloName: String?, from: String?,
        recipients: [String], subject: String, body: String, unixSeconds: Int64
    ) {
        self.server = server
        self.port = port
        self.timeoutSeconds = timeoutSeconds
        self.heloName = heloName
        self.from = from
        self.recipients = recipients
        self.subject = subject
        self.body = body
        self.unixSeconds = unixSeconds
    }
}

/// A named pipe that tells of events, and the program that reads it.
package struct PipeRequest: Sendable, Hashable {
    package var path: String
    package var user: String?
    package var group: String?
    /// Started with the path as its last argument; empty: somebody else reads the pipe.
    package var readerWords: [String]
    package var readerUser: String?
    package var readerGroup: String?
    package var requiresSecurity: Bool

    package init(
        path: String, user: String? = nil, group: String? = nil, readerWords: [String] = [],
        readerUser: String? = nil, readerGroup: String? = nil, requiresSecurity: Bool = false
    ) {
        self.path = path
        self.user = user
        self.group = group
        self.readerWords = readerWords
        self.readerUser = readerUser
        self.readerGroup = readerGroup
        self.requiresSecurity = requiresSecurity
    }
}

/// A message to the runner.
package enum RunnerMessage: Sendable, Hashable {
    case run(ScriptRequest)
    case mail(MailRequest)
    /// These named pipes, and no others, are written from now on.
    case pipes([PipeRequest])
    /// A line for every pipe, its newline included. `subject` names what it is about: of several lines about one
    /// subject that a slow reader has not taken yet, the newest must not be lost.
    case event(subject: String, line: String)
    /// The list of watches is about to be told anew.
    case watchesBegin
    /// Watch this, from now on.
    case watch(WatchRequest)
    /// The list is complete: what was not named since `watchesBegin` is not watched any more.
    case watchesEnd
    /// Finish what is queued within this many milliseconds, then exit; undelivered mail stays on disk.
    case drain(milliseconds: UInt32)
}

extension RunnerMessage {
    package var encoded: [UInt8] {
        var writer = FrameWriter()
        switch self {
        case .run(let request):
            writer.write(UInt8(1))
            writer.write(request.lane)
            writer.write(request.words)
            writer.write(request.user)
            writer.write(request.group)
            writer.write(request.environment)
            writer.write(request.timeoutSeconds)
            writer.write(request.label)
            writer.write(request.requiresSecurity)
        case .mail(let request):
            writer.write(UInt8(2))
            request.encode(into: &writer)
        case .drain(let milliseconds):
            writer.write(UInt8(3))
            writer.write(milliseconds)
        case .pipes(let pipes):
            writer.write(UInt8(7))
            writer.write(UInt32(pipes.count))
            for pipe in pipes { pipe.encode(into: &writer) }
        case .event(let subject, let line):
            writer.write(UInt8(8))
            writer.write(subject)
            writer.write(line)
        case .watchesBegin: writer.write(UInt8(4))
        case .watch(let request):
            writer.write(UInt8(5))
            request.encode(into: &writer)
        case .watchesEnd: writer.write(UInt8(6))
        }
        return writer.bytes
    }

    package init(decoding bytes: [UInt8]) throws(FrameError) {
        var reader = FrameReader(bytes)
        switch try reader.read(UInt8.self) {
        case 1:
            self = .run(
                ScriptRequest(
                    lane: try reader.readString(), words: try reader.readStrings(),
                    user: try reader.readOptionalString(), group: try reader.readOptionalString(),
                    environment: try reader.readStrings(), timeoutSeconds: try reader.read(),
                    label: try reader.readString(), requiresSecurity: try reader.readBool()))
        case 2: self = .mail(try MailRequest(from: &reader))
        case 3: self = .drain(milliseconds: try reader.read())
        case 4: self = .watchesBegin
        case 5: self = .watch(try WatchRequest(from: &reader))
        case 6: self = .watchesEnd
        case 7:
            var pipes: [PipeRequest] = []
            for _ in 0..<(try reader.read(UInt32.self)) { pipes.append(try PipeRequest(from: &reader)) }
            self = .pipes(pipes)
        case 8: self = .event(subject: try reader.readString(), line: try reader.readString())
        default: throw FrameError(offset: 0)
        }
    }
}

extension PipeRequest {
    fileprivate func encode(into writer: inout FrameWriter) {
        writer.write(path)
        writer.write(user)
        writer.write(group)
        writer.write(readerWords)
        writer.write(readerUser)
        writer.write(readerGroup)
        writer.write(requiresSecurity)
    }

    fileprivate init(from reader: inout FrameReader) throws(FrameError) {
        self.init(
            path: try reader.readString(), user: try reader.readOptionalString(),
            group: try reader.readOptionalString(), readerWords: try reader.readStrings(),
            readerUser: try reader.readOptionalString(), readerGroup: try reader.readOptionalString(),
            requiresSecurity: try reader.readBool())
    }
}

extension MailRequest {
    package func encode(into writer: inout FrameWriter) {
        writer.write(server)
        writer.write(port)
        writer.write(timeoutSeconds)
        writer.write(heloName)
        writer.write(from)
        writer.write(recipients)
        writer.write(subject)
        writer.write(body)
        writer.write(unixSeconds)
    }

    package init(from reader: inout FrameReader) throws(FrameError) {
        self.init(
            server: try reader.readString(), port: try reader.read(), timeoutSeconds: try reader.read(),
            heloName: try reader.readOptionalString(), from: try reader.readOptionalString(),
            recipients: try reader.readStrings(), subject: try reader.readString(),
            body: try reader.readString(), unixSeconds: try reader.read())
    }
}
