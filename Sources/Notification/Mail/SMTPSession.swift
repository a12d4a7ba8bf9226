// The client's side of one SMTP exchange (RFC 5321, RFC 6531) as a value: reply lines in, commands out.
// No sockets, so every reply of a relay can be tested.

/// What became of one recipient.
enum DeliveryResult: Hashable {
    case delivered
    /// Try again later.
    case temporary(String)
    /// The relay will never take it.
    case permanent(String)
}

/// What to do next.
enum SMTPStep: Equatable {
    /// Send these octets and wait for a reply.
    case send([UInt8])
    /// More lines of the reply are to come.
    case wait
    /// The exchange is over; QUIT has been sent or is not worth sending.
    case done([UInt8])
}

/// One mail to one or more recipients.
struct SMTPSession {
    private enum Phase { case greeting, ehlo, helo, mail, recipient(Int), data, text, finished }

    private let heloName: String
    private let from: String
    private let recipients: [MailAddress]
    private let message: [UInt8]
    private var phase = Phase.greeting
    private var offersUTF8 = false
    private(set) var results: [DeliveryResult?]
    private var pending: [String] = []

    /// Lines of one reply: a relay that sends more would keep the mails behind this one waiting.
    private static let replyLimit = 100

    /// `message` has CRLF line ends; it is dot-stuffed here.
    init(heloName: String, from: MailAddress, recipients: [MailAddress], message: String) {
        self.heloName = heloName
        self.from = from.address
        self.recipients = recipients
        self.message = Self.stuffed(message)
        needsUTF8 = from.isInternational
        results = Array(repeating: nil, count: recipients.count)
    }

    private let needsUTF8: Bool

    private static func stuffed(_ text: String) -> [UInt8] {
        var octets: [UInt8] = []
        var isLineStart = true
        for octet in text.utf8 {
            if isLineStart, octet == UInt8(ascii: ".") { octets.append(octet) }
            octets.append(octet)
            isLineStart = octet == UInt8(ascii: "\n")
        }
        return octets + Array(".\r\n".utf8)
    }

    /// The connection broke or the relay kept silent: whatever has no result yet is tried again.
    mutating func fail(_ reason: String) { settle(.temporary(reason)) }

    private mutating func settle(_ result: DeliveryResult) {
        for index in results.indices where results[index] == nil { results[index] = result }
    }

    /// Takes one line of a reply, without its line end.
    mutating func receive(_ line: String) -> SMTPStep {
        guard line.utf8.count >= 3, let code = Int(line.prefix(3)), (200...599).contains(code) else {
            return finish(.temporary("the relay's reply makes no sense: '\(line.prefix(80))'"))
        }
        guard pending.count < Self.replyLimit else {
            return finish(.temporary("the relay's reply does not end: '\(line.prefix(80))'"))
        }
        pending.append(String(line.dropFirst(4)))
        guard line.dropFirst(3).first != "-" else { return .wait }
        let lines = pending
        pending = []
        return take(code, lines, line)
    }

    private mutating func take(_ code: Int, _ lines: [String], _ line: String) -> SMTPStep {
        switch phase {
        case .greeting:
            guard code == 220 else { return finish(result(code, line)) }
            phase = .ehlo
            return command("EHLO \(heloName)")
        case .ehlo:
            guard code == 250 else {
                phase = .helo
                return command("HELO \(heloName)")
            }
            offersUTF8 = lines.dropFirst().contains { $0.uppercased().hasPrefix("SMTPUTF8") }
            return startMail()
        case .helo:
            guard code == 250 else { return finish(result(code, line)) }
            return startMail()
        case .mail:
            guard code == 250 else { return finish(result(code, line)) }
            return nextRecipient(from: 0)
        case .recipient(let index):
            if code != 250, code != 251 { results[index] = result(code, line) }
            return nextRecipient(from: index + 1)
        case .data:
            guard code == 354 else { return finish(result(code, line)) }
            phase = .text
            return .send(message)
        case .text:
            return finish(code == 250 ? .delivered : result(code, line))
        case .finished:
            return .done([])
        }
    }

    private mutating func startMail() -> SMTPStep {
        for (index, recipient) in recipients.enumerated() where recipient.isInternational && !offersUTF8 {
            results[index] = .permanent(
                "the relay does not offer SMTPUTF8, which the address '\(recipient.address)' needs")
        }
        if needsUTF8, !offersUTF8 {
            return finish(
                .permanent("the relay does not offer SMTPUTF8, which the sender's address '\(from)' needs"))
        }
        phase = .mail
        let usesUTF8 = offersUTF8 && (needsUTF8 || recipients.contains(where: \.isInternational))
        return command("MAIL FROM:<\(from)>\(usesUTF8 ? " SMTPUTF8" : "")")
    }

    private mutating func nextRecipient(from start: Int) -> SMTPStep {
        if let index = results.indices.dropFirst(start).first(where: { results[$0] == nil }) {
            phase = .recipient(index)
            return command("RCPT TO:<\(recipients[index].address)>")
        }
        guard results.contains(where: { $0 == nil }) else {
            return finish(.temporary("no recipient is left"))
        }
        phase = .data
        return command("DATA")
    }

    private func result(_ code: Int, _ line: String) -> DeliveryResult {
        code >= 500 ? .permanent("the relay says '\(line)'") : .temporary("the relay says '\(line)'")
    }

    private mutating func finish(_ result: DeliveryResult) -> SMTPStep {
        settle(result)
        phase = .finished
        return .done(Array("QUIT\r\n".utf8))
    }

    private func command(_ text: String) -> SMTPStep { .send(Array("\(text)\r\n".utf8)) }
}
