// Digests against the standards' vectors and openssl; authentication headers and trailers, whole and damaged.

import Foundation
import Testing
import Wire

@Suite struct AuthenticationTests {
    static func hex(_ octets: some Sequence<UInt8>) -> String {
        octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    static func octets(_ hex: String) -> [UInt8] {
        let digits = Array(hex.filter { !$0.isWhitespace })
        return stride(from: 0, to: digits.count, by: 2).map {
            UInt8(String(digits[$0...$0 + 1]), radix: 16) ?? 0
        }
    }

    /// RFC 1321 A.5.
    @Test(arguments: [
        ("", "d41d8cd98f00b204e9800998ecf8427e"), ("abc", "900150983cd24fb0d6963f7d28e17f72"),
        ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
        (String(repeating: "1234567890", count: 8), "57edf4a22be3c955ac49da2e2107b67a"),
    ]) func md5(_ text: String, _ digest: String) {
        #expect(Self.hex(Digest.md5(Array(text.utf8))) == digest)
    }

    /// FIPS 180-4's examples.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ]) func sha256(_ text: String, _ digest: String) {
        #expect(Self.hex(Digest.sha256(Array(text.utf8))) == digest)
    }

    /// RFC 2202 2 and RFC 4231 4.
    @Test func keyed() {
        let key = [UInt8](repeating: 0x0b, count: 16)
        #expect(
            Self.hex(Digest.hmacMD5(Array("Hi There".utf8), key: key)) == "9294727a3638bb1c13f48ef8158bfc9d")
        let long = [UInt8](repeating: 0xaa, count: 131)
        let text = "Test Using Larger Than Block-Size Key - Hash Key First"
        #expect(
            Self.hex(Digest.hmacSHA256(Array(text.utf8), key: long))
                == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
        #expect(
            Self.hex(Digest.hmacSHA256(Array("what do ya want for nothing?".utf8), key: Array("Jefe".utf8)))
                == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    }

    @Test func randomInputsAgreeWithPython() throws {
        var lines = ""
        var expected: [String] = []
        var state: UInt64 = 7
        for length in 0..<200 {
            let message = (0..<length).map { _ -> UInt8 in
                state = state &* 6_364_136_223_846_793_005 &+ 1
                return UInt8(truncatingIfNeeded: state >> 33)
            }
            let key = Array(message.reversed())
            lines += Self.hex(message) + "," + Self.hex(key) + "\n"
            expected.append(
                Self.hex(Digest.hmacMD5(message, key: key)) + Self.hex(Digest.hmacSHA256(message, key: key)))
        }
        let script = """
            import sys, hmac
            for line in sys.stdin:
                m, k = (bytes.fromhex(x) for x in line.strip("\\n").split(","))
                print(hmac.new(k, m, "md5").hexdigest() + hmac.new(k, m, "sha256").hexdigest())
            """
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", script]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        input.fileHandleForWriting.write(Data(lines.utf8))
        try input.fileHandleForWriting.close()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(text.split(separator: "\n").map(String.init) == expected)
    }

    // MARK: Authentication header

    private static let source = IPAddress("192.168.50.133") ?? .unspecified(.ipv4)
    private static let key: UInt64 = {
        if case .header(let key) = Authentication(headerKey: "secret1") { key } else { 0 }
    }()

    private static func sealed(_ sequence: UInt32 = 9) -> (header: [UInt8], payload: [UInt8]) {
        var message: [UInt8] = []
        Advertisement(
            version: .v2, vrid: 51, priority: 150, intervalCentiseconds: 100, addressCount: 1,
            authentication: .header(key: key)
        ).encode(
            addresses: [IPAddress("192.168.50.88") ?? .unspecified(.ipv4)], source: source,
            destination: .vrrpGroup4, into: &message)
        let payload = AuthenticationHeader.seal(
            message, source: source, destination: .vrrpGroup4, ttl: 255, sequenceNumber: sequence,
            identification: 7,
            key: key)
        let length = 20 + payload.count
        let header: [UInt8] =
            [0x45, 0xc0, 0, UInt8(length), 0, 7, 0, 0, 255, 51, 0xab, 0xcd] + source.octets
            + IPAddress.vrrpGroup4.octets
        return (header, payload)
    }

    /// Two packets of keepalived 2.2.7, captured: IP header, authentication header, message of priority 150.
    @Test(arguments: [
        (
            "45c0004000010000ff33e789c0a83285e0000012", "70040000c0a83285000000019f2e1b02a3a32416014ee79a",
            "21339601020153c9c0a832580000000000000000", UInt32(1)
        ),
        (
            "45c0004000020000ff33e788c0a83285e0000012", "70040000c0a8328500000002029635b29a1be59fe1aef38f",
            "21339601020153c9c0a832580000000000000000", 2
        ),
    ]) func keepalivedsPackets(
        _ header: String, _ authentication: String, _ message: String, _ sequence: UInt32
    ) throws {
        let payload = Self.octets(authentication + message)
        let read = try AuthenticationHeader.verify(
            payload.span.bytes, ipHeader: Self.octets(header).span.bytes, key: Self.key)
        #expect(read.sequenceNumber == sequence)
    }

    @Test func aHeaderIsRightUntilAnythingChanges() throws {
        let (header, payload) = Self.sealed()
        let read = try AuthenticationHeader.verify(
            payload.span.bytes, ipHeader: header.span.bytes, key: Self.key)
        #expect(read.sequenceNumber == 9 && read.parametersIndex == Self.source.v4Value)
        for offset in payload.indices {
            var damaged = payload
            damaged[offset] ^= 1
            #expect(throws: Rejection.self) {
                try AuthenticationHeader.verify(
                    damaged.span.bytes, ipHeader: header.span.bytes, key: Self.key)
            }
        }
        for offset in header.indices {
            var damaged = header
            damaged[offset] ^= 1
            let isMutable = [1, 6, 7, 10, 11].contains(offset)
            let result = try? AuthenticationHeader.verify(
                payload.span.bytes, ipHeader: damaged.span.bytes, key: Self.key)
            #expect((result != nil) == isMutable, "octet \(offset)")
        }
        #expect(throws: Rejection.authenticationFailed) {
            try AuthenticationHeader.verify(
                payload.span.bytes, ipHeader: header.span.bytes, key: Self.key ^ 1)
        }
    }

    // MARK: Trailer

    private static let secret = SecretKey(Array("0123456789abcdef0123456789abcdef".utf8))

    private static func signed(_ version: VRRPVersion, _ family: AddressFamily) -> (
        message: [UInt8], source: IPAddress
    ) {
        let source = IPAddress(family == .ipv4 ? "192.0.2.1" : "fe80::1") ?? .unspecified(family)
        let address = IPAddress(family == .ipv4 ? "192.0.2.88" : "fe80::88") ?? .unspecified(family)
        var message: [UInt8] = []
        Advertisement(version: version, vrid: 5, priority: 100, intervalCentiseconds: 100, addressCount: 1)
            .encode(
                addresses: [address], source: source,
                destination: family == .ipv4 ? .vrrpGroup4 : .vrrpGroup6,
                into: &message,
                signer: HMACSigner(
                    keyID: 3, key: secret,
                    stamp: HMACStamp(seconds: 0x0102_0304, fraction: 0x0506, counter: 7)))
        return (message, source)
    }

    /// Computed here from the layout's description, octet by octet, without the codec.
    @Test(arguments: [(VRRPVersion.v2, AddressFamily.ipv4), (.v3, .ipv4), (.v3, .ipv6)])
    func aTrailerIsAsDescribed(_ version: VRRPVersion, _ family: AddressFamily) throws {
        let (message, source) = Self.signed(version, family)
        let body = 8 + family.addressLength + (version == .v2 ? 8 : 0)
        #expect(message.count == body + 28)
        #expect(Array(message[body..<body + 12]) == [1, 3, 0, 0, 1, 2, 3, 4, 5, 6, 0, 7])
        var text = message
        text.replaceSubrange(6..<8, with: [0, 0])
        text.replaceSubrange(text.count - 16..<text.count, with: [UInt8](repeating: 0, count: 16))
        var pseudo: [UInt8] = [family == .ipv4 ? 4 : 6, version.rawValue, 5, 0] + source.octets
        pseudo += [UInt8](repeating: 0, count: 20 - pseudo.count)
        let code = Digest.hmacSHA256(pseudo + text, key: Self.secret.octets).prefix(16)
        #expect(Array(message.suffix(16)) == Array(code))
        let stamp = try HMACTrailer.verify(message.span.bytes, source: source, keys: [3: Self.secret])
        #expect(stamp.counter == 7)
        let expectation = Expectation(
            version: version, family: family, vrid: 5, isUnicast: false, authentication: .none,
            intervalCentiseconds: 100, addresses: [])
        let hasTrailer = Advertisement.hasTrailer(message.span.bytes, version, family)
        #expect(hasTrailer)
        _ = try Advertisement.parse(
            message.span.bytes, expecting: expectation, source: source,
            destination: family == .ipv4 ? .vrrpGroup4 : .vrrpGroup6, ttl: 255, trailerLength: 28)
    }

    @Test func aTrailerIsRightUntilAnythingChanges() {
        let (message, source) = Self.signed(.v3, .ipv4)
        for offset in message.indices where offset != 6 && offset != 7 {
            var damaged = message
            damaged[offset] ^= 0x10
            #expect(throws: Rejection.self, "octet \(offset)") {
                try HMACTrailer.verify(damaged.span.bytes, source: source, keys: [3: Self.secret])
            }
        }
        #expect(throws: Rejection.authenticationUnknownKey) {
            try HMACTrailer.verify(message.span.bytes, source: source, keys: [4: Self.secret])
        }
        #expect(throws: Rejection.authenticationFailed) {
            try HMACTrailer.verify(message.span.bytes, source: Self.source, keys: [3: Self.secret])
        }
    }

    @Test func whatWasSentBeforeIsNotTakenAgain() {
        var replays = ReplayGuard()
        func admit(_ number: UInt64, _ sender: IPAddress, _ moment: Int64, _ patience: Int64?) -> Bool {
            replays.admit(number, from: sender, at: moment, patience: patience)
        }
        #expect(admit(5, Self.source, 0, 100))
        #expect(!admit(5, Self.source, 10, 100))
        #expect(!admit(4, Self.source, 50, 100))
        #expect(admit(6, Self.source, 60, 100))
        #expect(!admit(1, Self.source, 160, 100))
        #expect(admit(1, Self.source, 161, 100))
        #expect(!admit(1, Self.source, 1 << 60, nil))
        for host in 0..<100 {
            #expect(admit(1, IPAddress(v4: UInt32(host)), Int64(host), nil))
        }
    }

    @Test func aKeyDoesNotShowItself() {
        let key = SecretKey(Array("very secret".utf8))
        var text = ""
        dump(["key": key], to: &text)
        for shown in ["\(key)", String(reflecting: key), "\([key])", text] {
            #expect(!shown.contains("secret"))
        }
        #expect(!text.contains("118"))
    }
}
