// After a takeover: somebody who has the address as well, and says nothing of it, is found.

import Foundation
import Lab
import Linux
import Testing

@Suite(.serialized) struct ReceiptTests {
    @Test(.timeLimit(.minutes(1)), arguments: [Flavour.v2, .v3IPv6])
    func aSilentHolderIsFound(_ flavour: Flavour) throws {
        let pair = try Pair([.baton, .baton], flavour)
        let length = flavour == .v3IPv6 ? "128 nodad" : "32"
        try pair.client.check("ip addr add \(flavour.virtualAddress)/\(length) dev eth0")
        try pair.start()
        try Wait.until(seconds: 4, "nothing was found\n\(pair.logs)") {
            pair.daemons[0].log.contains("claims \(flavour.virtualAddress) on eth0")
        }
        #expect(pair.holders == [true, false])
        try pair.stop()
    }
}
