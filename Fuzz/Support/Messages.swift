// What holds for every message between the processes.

import Control

enum Messages {
    /// What is read is written so that it is read as the same; written, no part of it can be missing.
    static func check<Message: Equatable>(
        _ octets: [UInt8], cutAt cut: Int, _ read: ([UInt8]) throws(FrameError) -> Message,
        _ write: (Message) -> [UInt8]
    ) {
        guard let message = try? read(octets) else { return }
        let written = write(message)
        // Octets that are no UTF-8 become a character of three.
        require(written.count <= 3 * octets.count, "\(octets.count) octets became \(written.count)")
        let again = try? read(written)
        require(again == message, "read again, it is another message")
        guard let again else { return }
        require(write(again) == written, "written again, it is another message")
        require((try? read(Array(written.prefix(cut % written.count)))) == nil, "a part was accepted")
    }
}
