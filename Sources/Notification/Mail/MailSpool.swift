// Mails that wait, one file each, so that neither a relay that is down nor a restart loses one. Names
// sort by arrival; a file is there whole or not at all.

import Control
import Linux

/// A mail in the spool.
struct SpooledMail: Sendable {
    /// The file's name, which is also the Message-ID's first part.
    let name: String
    var request: MailRequest
}

/// The directory of waiting mails, and `failed` below it for those that nobody will take.
final class MailSpool {
    private let directory: String
    private let log: (LogPriority, String) -> Void
    private var sequence: UInt32 = 0
    /// Waiting mails; beyond it the oldest goes to `failed`.
    private static let limit = 1000
    private static let suffix = ".mail"

    init(directory: String, log: @escaping (LogPriority, String) -> Void) throws(SystemError) {
        self.directory = directory
        self.log = log
        try FileSystem.makeDirectory(directory, mode: 0o700)
        try FileSystem.makeDirectory("\(directory)/failed", mode: 0o700)
    }

    /// The mails in the order of their arrival. One that cannot be read is put aside and said.
    func load() -> [SpooledMail] {
        let names = (try? FileSystem.list(directory)) ?? []
        return names.filter { $0.hasSuffix(Self.suffix) }.compactMap(read)
    }

    private func read(_ name: String) -> SpooledMail? {
        let path = "\(directory)/\(name)"
        do throws(SystemError) {
            let octets = try FileSystem.read(path)
            do throws(FrameError) {
                var reader = FrameReader(octets)
                let request = try MailRequest(from: &reader)
                guard reader.isAtEnd else { throw FrameError(offset: octets.count) }
                return SpooledMail(name: String(name.dropLast(Self.suffix.count)), request: request)
            } catch {
                log(.error, "\(path) is no mail of this program: put aside")
                try FileSystem.move(path, to: "\(directory)/failed/\(name)")
            }
        } catch {
            log(.error, "\(error)")
        }
        return nil
    }

    /// Writes the mail to disk before it is tried for the first time.
    func add(_ request: MailRequest, waiting: Int) -> SpooledMail {
        sequence &+= 1
        let order = String(RealtimeClock.nanoseconds)
        let padding = String(repeating: "0", count: max(0, 20 - order.count))
        let mail = SpooledMail(name: "\(padding)\(order)-\(sequence)", request: request)
        store(mail)
        return mail
    }

    /// True: the spool is full, the oldest mail has to give way.
    func isFull(_ waiting: Int) -> Bool { waiting >= Self.limit }

    /// Replaces the file: after a delivery to some of the recipients.
    func store(_ mail: SpooledMail) {
        var writer = FrameWriter()
        mail.request.encode(into: &writer)
        do throws(SystemError) {
            try FileSystem.writeAtomically(path(mail), writer.bytes, syncs: true)
        } catch {
            log(.error, "a mail cannot be kept on disk, it is lost if this process ends: \(error)")
        }
    }

    func remove(_ mail: SpooledMail) { FileSystem.remove(path(mail)) }

    /// Keeps the text of a mail that nobody will take.
    func giveUp(_ mail: SpooledMail, text: String) {
        let kept = "\(directory)/failed/\(mail.name).txt"
        do throws(SystemError) {
            try FileSystem.writeAtomically(kept, Array(text.utf8))
            log(.error, "the text of the mail is kept in \(kept)")
        } catch {
            log(.error, "\(error)")
        }
        remove(mail)
    }

    private func path(_ mail: SpooledMail) -> String { "\(directory)/\(mail.name)\(Self.suffix)" }
}
