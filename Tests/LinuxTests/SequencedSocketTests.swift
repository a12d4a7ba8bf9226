// Messages between processes: whole, in order, bounded, and an end that is told.

import Glibc
import Linux
import Testing

@Suite struct SequencedSocketTests {
    @Test(arguments: [1, 4096, 200_000, SequencedSocket.limit])
    func aMessageArrivesWhole(size: Int) throws {
        let (near, far) = try SequencedSocket.pair()
        let message = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        #expect(try near.send(message))
        #expect(try far.receive() == .message(message))
        #expect(try far.receive() == .empty)
    }

    @Test func messagesKeepTheirBordersAndOrder() throws {
        let (near, far) = try SequencedSocket.pair()
        for number in 1...20 { #expect(try near.send([UInt8](repeating: UInt8(number), count: number))) }
        for number in 1...20 {
            #expect(try far.receive() == .message([UInt8](repeating: UInt8(number), count: number)))
        }
    }

    @Test func aWrongSizeIsRefusedBeforeItIsSent() throws {
        let (near, far) = try SequencedSocket.pair()
        for size in [0, SequencedSocket.limit + 1] {
            let error = #expect(throws: SystemError.self) {
                try near.send([UInt8](repeating: 1, count: size))
            }
            #expect(error?.errno == EMSGSIZE)
        }
        #expect(try far.receive() == .empty)
    }

    @Test func aFullChannelSaysSoAndLosesNothing() throws {
        let (near, far) = try SequencedSocket.pair()
        var sent = 0
        while try near.send([UInt8](repeating: UInt8(truncatingIfNeeded: sent), count: 1000)) { sent += 1 }
        #expect(sent > 10)
        for number in 0..<sent {
            #expect(
                try far.receive()
                    == .message([UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 1000)))
        }
        #expect(try near.send([1]))
    }

    @Test func theEndComesAfterTheLastMessage() throws {
        var pair: (near: SequencedSocket, far: SequencedSocket)? = try SequencedSocket.pair()
        let far = try #require(pair?.far)
        // Never read by the near end: closing it resets the connection.
        #expect(try far.send([9]))
        #expect(try pair?.near.send([1, 2]) == true)
        #expect(try pair?.near.send([3]) == true)
        pair = nil
        #expect(try far.receive() == .message([1, 2]))
        #expect(try far.receive() == .message([3]))
        #expect(try far.receive() == .end)
        let error = #expect(throws: SystemError.self) { try far.send([4]) }
        #expect(error?.errno == EPIPE)
    }

    @Test func aListenerKnowsWhoConnects() throws {
        let path = "/tmp/baton-test-listener-\(getpid())"
        do {
            let listener = try SequencedListener(path: path, mode: 0o600)
            #expect(try listener.accept() == nil)
            let client = try SequencedSocket.connect(to: path)
            let (server, peer) = try #require(try listener.accept())
            #expect(peer.pid == getpid() && peer.uid == getuid() && peer.gid == getgid())
            #expect(try client.send([5]))
            #expect(try server.receive() == .message([5]))
            var status = stat()
            #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)

            let second = #expect(throws: SystemError.self) { try SequencedListener(path: path) }
            #expect(second?.errno == EADDRINUSE)
            #expect(access(path, F_OK) == 0, "the listener that is in use keeps its path")
        }
        #expect(access(path, F_OK) != 0, "the path goes with the listener")
    }

    @Test func aStalePathIsReplacedAndAForeignFileIsNot() throws {
        let path = "/tmp/baton-test-stale-\(getpid())"
        defer { unlink(path) }
        try FileSystem.writeAtomically(path, [1])
        let error = #expect(throws: SystemError.self) { try SequencedListener(path: path) }
        #expect(error?.errno == EADDRINUSE)
        #expect(try FileSystem.read(path) == [1])
        unlink(path)

        let abandoned = UnixServer(path: path)
        abandoned.close(removingPath: false)
        let listener = try SequencedListener(path: path)
        #expect(try listener.accept() == nil)
        _ = try SequencedSocket.connect(to: path)
    }

    @Test func connectingToNobodyIsAnError() throws {
        let error = #expect(throws: SystemError.self) { try SequencedSocket.connect(to: "/tmp/baton-nobody") }
        #expect(error?.errno == ENOENT)
        let long = #expect(throws: SystemError.self) {
            try SequencedSocket.connect(to: "/" + String(repeating: "a", count: 200))
        }
        #expect(long?.errno == ENAMETOOLONG)
    }
}
