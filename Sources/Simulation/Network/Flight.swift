// A packet or frame on its way.

import Control
import Wire

struct Flight {
    enum Load {
        case packet(Transmission)
        /// An Ethernet frame: an announcement.
        case frame([UInt8])
    }
    let segment: Int
    let sender: Int
    /// The interface's address, which switches learn.
    let mac: MACAddress
    let load: Load
    /// Nil: for everybody who can hear it.
    var receiver: Int?
}
