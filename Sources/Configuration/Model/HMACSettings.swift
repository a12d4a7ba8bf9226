// `auth_hmac` of an instance.

import Wire

package struct HMACSettings: Sendable, Equatable {
    package enum Mode: String, Sendable, Equatable {
        /// Only packets with a right code are taken.
        case enforce
        /// Packets without a code are taken as well.
        case permissive
        /// As `permissive`, and none is sent.
        case receiveOnly = "receive-only"
    }
    package var keys: [UInt8: SecretKey]
    /// One of `keys`.
    package var activeKey: UInt8
    /// A packet must also be of this time, not only newer than those before it.
    package var usesTime: Bool
    /// 1...300; nil: three intervals, 5 at least.
    package var windowSeconds: Int?
    package var mode: Mode
}
