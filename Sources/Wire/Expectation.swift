// What a received advertisement must look like to be for a certain virtual router.

/// The configuration that a received advertisement is checked against.
package struct Expectation: Sendable, Hashable {
    package var version: VRRPVersion
    package var family: AddressFamily
    package var vrid: UInt8
    /// Unicast is outside the RFCs: the TTL is not checked here.
    package var isUnicast: Bool
    package var authentication: Authentication
    /// The own interval in centiseconds; v2 requires the sender's to be the same.
    package var intervalCentiseconds: UInt16
    /// The configured addresses, in the order in which they are sent.
    package var addresses: [IPAddress]

    package init(
        version: VRRPVersion, family: AddressFamily, vrid: UInt8, isUnicast: Bool,
        authentication: Authentication, intervalCentiseconds: UInt16, addresses: [IPAddress]
    ) {
        self.version = version
        self.family = family
        self.vrid = vrid
        self.isUnicast = isUnicast
        self.authentication = authentication
        self.intervalCentiseconds = intervalCentiseconds
        self.addresses = addresses
    }
}
