// Mail addresses of the configuration: none can break out of a header or of a command's line.

@testable import Notification

func fuzz(_ input: inout Input) {
    let text = String(decoding: input.remainder(), as: UTF8.self)
    guard let address = MailAddress(text) else { return }
    require(!address.address.utf8.contains { $0 <= 32 || $0 == 60 || $0 == 62 }, "'\(address.address)'")
    // Only a fold may stand in a header: a line end and a blank.
    let lines = address.header.utf8.split(separator: 10, omittingEmptySubsequences: false)
    require(lines.dropFirst().allSatisfy { $0.first == 32 }, "'\(address.header)' breaks its line")
    require(lines.dropLast().allSatisfy { $0.last == 13 }, "'\(address.header)' breaks its line")
}
