// A mail relay's side of SMTP (RFC 5321): whatever it says, each command is one line, the exchange ends, and every
// recipient has a result.

@testable import Notification

func fuzz(_ input: inout Input) {
    let addresses = ["a@example.org", "b@example.org", "\u{fc}@example.org"].compactMap(MailAddress.init)
    let sender = addresses[Int(input.octet()) % addresses.count]
    var session = SMTPSession(
        heloName: "host", from: sender, recipients: addresses, message: "Subject: x\r\n\r\n.\r\nbody\r\n")
    var commands = 0
    var waits = 0
    for line in input.remainder().split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
        switch session.receive(String(decoding: line, as: UTF8.self)) {
        case .wait:
            waits += 1
            require(waits <= 100, "\(waits) lines of one reply")
        case .send(let octets):
            waits = 0
            commands += 1
            require(octets.suffix(2) == [13, 10], "a command does not end its line")
            let isText = octets.suffix(5) == Array("\r\n.\r\n".utf8)
            require(isText || octets.filter { $0 == 10 }.count == 1, "a command of several lines")
            require(commands <= 6 + addresses.count, "\(commands) commands")
        case .done:
            require(!session.results.contains(nil), "a recipient has no result")
            return
        }
    }
    session.fail("closed")
    require(session.results.count == addresses.count, "\(session.results.count) results")
    require(!session.results.contains(nil), "a recipient has no result")
}
