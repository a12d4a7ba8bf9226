// What somebody copies from a tutorial: its typing errors, another program's semicolons, a web page's characters. Each
// is named in words, with what to write.

import Configuration
import Foundation
import Testing

@Suite struct TutorialTests {
    /// The kinds of errors that a widespread tutorial has in its files, most of them in that of nginx.
    static let text = """
        global_defs {
            notification_email {
                somebody@example.com
            }
            router_id LVS_DEVEL
        }
        vrrp_instance VI_1 {
            state MASTER
            interface eth0
            virtual_router_id 51
            priority 100;
            advert_lnt 1
            localtion / {
                root html
            }
            authentication {
                auto_type PASS
                auth_pass 1111
            }
            virtual_ipaddress {
                192.168.50.88
            }
        }
        """

    private func findings(_ text: String) -> [String] {
        ConfigurationParser.parse(text: text).diagnostics.map {
            "\($0.location?.line ?? 0) \($0.severity) \($0.code): \($0.message) / \($0.hint ?? "-")"
        }
    }

    @Test func eachErrorIsNamed() {
        #expect(
            findings(Self.text) == [
                "2 note mail-not-sent: no notification mail will be sent"
                    + " / add 'smtp_server ADDRESS' and 'smtp_alert' to global_defs",
                "11 error not-a-number: '100;' is not a number; 100 is used"
                    + " / no line ends with ';' here: write '100'",
                "12 warning unknown-keyword: unknown keyword 'advert_lnt' in vrrp_instance"
                    + " / did you mean 'advert_int'?",
                "13 warning unknown-keyword: unknown keyword 'localtion' in vrrp_instance / -",
                "16 note password-unused: auth_pass without auth_type is not used:"
                    + " advertisements carry no password / -",
                "17 warning unknown-keyword: unknown keyword 'auto_type' in authentication"
                    + " / did you mean 'auth_type'?",
            ])
    }

    @Test func theTextWithoutItsErrorsIsFine() {
        let mended = Self.text.replacing("100;", with: "100").replacing("advert_lnt", with: "advert_int")
            .replacing("auto_type", with: "auth_type").replacing(/localtion[^}]*}/, with: "")
            .replacing(/notification_email[^}]*}/, with: "")
        #expect(findings(mended) == [])
    }

    @Test(arguments: [
        (
            "priority 100", "priority\u{3000}100",
            "U+3000 looks like a blank and is none here: type the blanks anew"
        ),
        (
            "priority 100", "priority\u{A0}100",
            "U+00A0 looks like a blank and is none here: type the blanks anew"
        ),
        ("priority 100", "priority\u{FF1A}100", "write 'priority:100', in ASCII"),
        ("state MASTER", "state \u{201C}MASTER\u{201D}", "write '\"MASTER\"', in ASCII"),
        ("state MASTER", "state MASTER;;", "no line ends with ';' here: write 'MASTER'"),
        ("192.168.50.88", "192.168.50.88;", "no line ends with ';' here: write '192.168.50.88'"),
        ("192.168.50.88", "192.168.50.8\u{FF18}", "write '192.168.50.88', in ASCII"),
    ])
    func aForeignCharacterIsNamed(_ line: String, _ copied: String, _ hint: String) {
        let text = Self.text.replacing("100;", with: "100").replacing(line, with: copied)
        let found = ConfigurationParser.parse(text: text).diagnostics.filter { $0.hint == hint }
        #expect(found.count == 1)
    }

    @Test func aPasswordIsNotRepeated() {
        let text = Self.text.replacing("auto_type", with: "auth_type").replacing(
            "1111", with: "12345678secret;")
        let found = ConfigurationParser.parse(text: text).diagnostics
        #expect(found.contains { $0.location?.line == 18 })
        #expect(!found.contains { "\($0.message) \($0.hint ?? "")".contains("secret") })
    }

    @Test(arguments: [
        ("Somebody.xxx(\u{90AE}\u{7BB1})", true), ("Somebody.xxx", true), ("a@b", false),
        ("Some Body <a@b>", false),
    ])
    func aSenderThatIsAPlaceholderIsNamed(_ sender: String, isNamed: Bool) {
        let text = Self.text.replacing(
            "router_id LVS_DEVEL",
            with: "notification_email_from \(sender)\nsmtp_server 192.0.2.25\nsmtp_alert\nrouter_id LVS_DEVEL"
        )
        let found = ConfigurationParser.parse(text: text).diagnostics.filter {
            $0.code == "sender-no-address"
        }
        #expect(found.map(\.location?.line) == (isNamed ? [5] : []))
        #expect(found.allSatisfy { $0.severity == .note && $0.hint == "write NAME@HOST" })
    }

    /// The block in the document that the first example follows.
    @Test(.enabled(if: !CorpusTests.files.isEmpty)) func theDocumentsBlock() throws {
        let file = CorpusTests.shared.appending(path: "seed/nginx-tomcat-redis-keepalived.txt")
        let lines = try String(contentsOf: file, encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false)
        let block = lines.drop { !$0.contains("global_defs {") }.prefix { !$0.hasPrefix("backup") }
        let found = ConfigurationParser.parse(text: block.joined(separator: "\n")).diagnostics
        #expect(found.map(\.code) == ["mail-not-sent", "password-unused", "unknown-keyword"])
        #expect(found.last?.message == "unknown keyword 'auto_type' in authentication")
        #expect(found.last?.hint == "did you mean 'auth_type'?")
    }
}
