// The text of a mail (RFC 5322): headers that cannot be broken out of, and a UTF-8 body.

import Control
import Glibc

enum MailMessage {
    /// The message with CRLF line ends, ready for DATA but for dot-stuffing.
    static func text(_ request: MailRequest, identifier: String, hostName: String, from: MailAddress)
        -> String
    {
        let recipients = request.recipients.map { MailAddress($0)?.header ?? "" }.filter { !$0.isEmpty }
        let headers = [
            "Date: \(date(request.unixSeconds))",
            "From: \(from.header)",
            "To: \(recipients.joined(separator: ",\r\n "))",
            "Subject: \(EncodedWord.encode(oneLine(request.subject)))",
            "Message-ID: <\(identifier)@\(hostName)>",
            "X-Mailer: Baton",
            "Auto-Submitted: auto-generated",
            "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: \(isASCII(request.body) ? "7bit" : "base64")",
        ]
        return headers.joined(separator: "\r\n") + "\r\n\r\n" + body(request.body)
    }

    private static func oneLine(_ text: String) -> String { String(text.map { $0.isNewline ? " " : $0 }) }

    private static func isASCII(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 < 128 } && text.split { $0.isNewline }.allSatisfy { $0.utf8.count < 900 }
    }

    private static func body(_ text: String) -> String {
        guard isASCII(text) else {
            let encoded = Array(Base64.encode(Array(text.utf8)).utf8)
            return stride(from: 0, to: encoded.count, by: 76).map {
                String(decoding: encoded[$0..<min($0 + 76, encoded.count)], as: UTF8.self) + "\r\n"
            }.joined()
        }
        let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        let isTerminated = lines.last?.isEmpty ?? true
        return (isTerminated ? lines.dropLast() : lines[...]).map { $0 + "\r\n" }.joined()
    }

    /// RFC 5322 3.3, in universal time.
    static func date(_ seconds: Int64) -> String {
        var moment = time_t(seconds)
        var parts = tm()
        gmtime_r(&moment, &parts)
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(days[Int(parts.tm_wday)]), \(parts.tm_mday) \(months[Int(parts.tm_mon)])"
            + " \(parts.tm_year + 1900) \(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)) +0000"
    }
}
