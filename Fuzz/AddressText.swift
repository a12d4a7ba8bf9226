// Addresses in text (RFC 4291 2.2, RFC 5952 4): what is printed of one that was read is read as the same.

import Wire

func fuzz(_ input: inout Input) {
    let text = String(decoding: input.remainder(), as: UTF8.self)
    if let address = IPAddress(text) {
        require(IPAddress(address.description) == address, "'\(text)' is printed as '\(address)'")
        require(address.description.utf8.count <= 39, "'\(address)' is too long")
    }
    if let mac = MACAddress(text) {
        require(MACAddress(mac.description) == mac, "'\(text)' is printed as '\(mac)'")
    }
    if let octets = MACAddress.octets(text) {
        require((1...6).contains(octets.count), "\(octets.count) octets in '\(text)'")
    }
}
