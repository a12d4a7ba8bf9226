// The mail client's side of SMTP as dialogues: what the relay says, what is answered, what becomes of each
// recipient.

import Testing

@testable import Notification

@Suite struct SMTPSessionTests {
    private func address(_ text: String) throws -> MailAddress { try #require(MailAddress(text)) }

    /// Plays the relay's lines; returns the commands and the results.
    private func play(
        _ replies: [String], from: String = "lb@example.org", to: [String] = ["a@example.org"],
        message: String = "Subject: x\r\n\r\nbody\r\n"
    ) throws -> (commands: [String], results: [DeliveryResult?]) {
        var session = SMTPSession(
            heloName: "lb1", from: try address(from), recipients: try to.map(address), message: message)
        var commands: [String] = []
        for reply in replies {
            switch session.receive(reply) {
            case .wait: continue
            case .send(let octets): commands.append(String(decoding: octets, as: UTF8.self))
            case .done(let octets):
                commands.append(String(decoding: octets, as: UTF8.self))
                return (commands, session.results)
            }
        }
        session.fail("the relay is gone")
        return (commands, session.results)
    }

    @Test func theUsualDialogue() throws {
        let (commands, results) = try play([
            "220-welcome", "220 relay", "250-relay", "250-8BITMIME", "250 SMTPUTF8", "250 ok", "250 ok",
            "354 go",
            "250 kept",
        ])
        #expect(
            commands == [
                "EHLO lb1\r\n", "MAIL FROM:<lb@example.org>\r\n", "RCPT TO:<a@example.org>\r\n", "DATA\r\n",
                "Subject: x\r\n\r\nbody\r\n.\r\n", "QUIT\r\n",
            ])
        #expect(results == [.delivered])
    }

    @Test func aReplyWithoutAnEndIsGivenUp() throws {
        let (commands, results) = try play(["220 r"] + Array(repeating: "250-and", count: 101))
        #expect(commands == ["EHLO lb1\r\n", "QUIT\r\n"])
        #expect(results == [.temporary("the relay's reply does not end: '250-and'")])
    }

    @Test func anOldRelayGetsHELO() throws {
        let (commands, results) = try play([
            "220 r", "502 no", "250 r", "250 ok", "250 ok", "354 go", "250 ok",
        ])
        #expect(commands[1] == "HELO lb1\r\n" && results == [.delivered])
    }

    @Test(
        "refusals: for good and for now",
        arguments: [
            (["554 go away"], true), (["421 busy"], false), (["220 r", "250 r", "550 no sender"], true),
            (["220 r", "250 r", "451 later"], false), (["220 r", "250 r", "250 ok", "550 unknown"], true),
            (["220 r", "250 r", "250 ok", "450 greylisted"], false),
            (["220 r", "250 r", "250 ok", "250 ok", "554 no data"], true),
            (["220 r", "250 r", "250 ok", "250 ok", "354 go", "552 too big"], true),
            (["220 r", "250 r", "250 ok", "250 ok", "354 go", "452 full"], false), (["nonsense"], false),
            ([""], false), (["220 r", "250 r"], false), (["999 x"], false),
        ])
    func refusals(_ replies: [String], _ isPermanent: Bool) throws {
        let (_, results) = try play(replies)
        switch results[0] {
        case .permanent: #expect(isPermanent)
        case .temporary: #expect(!isPermanent)
        case .delivered, nil: Issue.record("\(results)")
        }
    }

    @Test func oneOfThreeRecipientsIsRefused() throws {
        let (commands, results) = try play(
            ["220 r", "250 r", "250 ok", "250 ok", "550 unknown", "450 later", "354 go", "250 kept"],
            to: ["a@x.org", "b@x.org", "c@x.org"])
        #expect(commands.contains("RCPT TO:<c@x.org>\r\n"))
        #expect(
            results == [
                .delivered, .permanent("the relay says '550 unknown'"),
                .temporary("the relay says '450 later'"),
            ])
    }

    @Test func nonASCIIAddressesNeedSMTPUTF8() throws {
        let offered = try play(
            ["220 r", "250-r", "250 SMTPUTF8", "250 ok", "250 ok", "354 go", "250 ok"], to: ["邮箱@example.org"]
        )
        #expect(offered.commands[1] == "MAIL FROM:<lb@example.org> SMTPUTF8\r\n")
        #expect(offered.results == [.delivered])
        let missing = try play(
            ["220 r", "250 r", "250 ok", "250 ok", "354 go", "250 ok"],
            to: ["邮箱@example.org", "a@example.org"])
        #expect(missing.results[1] == .delivered)
        guard case .permanent(let reason) = missing.results[0] else {
            Issue.record("\(missing.results)")
            return
        }
        #expect(reason.contains("SMTPUTF8"))
    }

    @Test func dotsAreStuffed() throws {
        let (commands, _) = try play(
            ["220 r", "250 r", "250 ok", "250 ok", "354 go", "250 ok"], message: "x\r\n\r\n.\r\n..y\r\nz.\r\n"
        )
        #expect(commands[4] == "x\r\n\r\n..\r\n...y\r\nz.\r\n.\r\n")
    }

    @Test(
        "addresses as configurations write them",
        arguments: [
            ("a@b.org", "a@b.org", "<a@b.org>"), ("Ops <a@b.org>", "a@b.org", "Ops <a@b.org>"),
            ("\"Night Shift\" <a@b.org>", "a@b.org", "Night Shift <a@b.org>"),
            ("Alexandre.xxx(邮箱)", "Alexandre.xxx", "=?UTF-8?B?6YKu566x?= <Alexandre.xxx>"),
        ])
    func addresses(_ text: String, _ address: String, _ header: String) throws {
        let parsed = try self.address(text)
        #expect(parsed.address == address && parsed.header == header)
    }

    @Test(arguments: [
        "", "a b@c.org", "<>", "()", "a@b.org\r\nRCPT TO:<x@y.org>", "a \u{6d7}b@c.org", "a>\u{301} x@c.org",
        "a\u{7f}@c.org",
    ])
    func noAddress(_ text: String) { #expect(MailAddress(text) == nil) }
}
