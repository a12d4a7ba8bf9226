// The filters' constants against libpcap's compiler: the same packets pass.

import CLinux
import CPcap
import Linux
import Testing
import Wire

@Suite struct SocketFilterTests {
    /// Packets around everything that the filters look at.
    private static var packets: [[UInt8]] {
        var packets: [[UInt8]] = []
        for proto in [0, 1, 17, 51, 111, 112, 113, 255] as [UInt8] {
            for fragment in [0x0000, 0x4000, 0x2000, 0x0001, 0x1fff, 0x2fff, 0x8000] as [UInt16] {
                for destination in [
                    0xe000_0012, 0xe000_0013, 0xefff_ffff, 0xc000_0201, 0xffff_ffff, 0xdfff_ffff,
                ] as [UInt32] {
                    var packet: [UInt8] = [0x45, 0xc0, 0, 32, 0, 1]
                    packet += [UInt8(fragment >> 8), UInt8(truncatingIfNeeded: fragment), 255, proto, 0, 0]
                    packet += [192, 0, 2, 1]
                    packet += IPAddress(v4: destination).octets
                    packet += [0x31, 51, 150, 1, 0, 100, 0, 0, 192, 0, 2, 88]
                    packets.append(packet)
                }
            }
        }
        // Cut short at each length.
        packets += (0..<32).map { Array(packets[0].prefix($0)) }
        let good = packets[5 * 42]
        packets += (0..<32).map { Array(good.prefix($0)) }
        return packets
    }

    private static func accepts(_ program: [bpf_insn], _ packet: [UInt8]) -> Bool {
        bpf_filter(program, packet, UInt32(packet.count), UInt32(packet.count)) != 0
    }

    private static func compiled(_ expression: String) throws -> [bpf_insn] {
        let handle = try #require(pcap_open_dead(DLT_RAW, 65535))
        defer { pcap_close(handle) }
        var program = bpf_program()
        try #require(pcap_compile(handle, &program, expression, 1, 0xffff_ffff) == 0)
        defer { pcap_freecode(&program) }
        return Array(UnsafeBufferPointer(start: program.bf_insns, count: Int(program.bf_len)))
    }

    @Test(arguments: [
        (IPAddress.vrrpGroup4 as IPAddress?, "dst host 224.0.0.18"), (nil, "not dst net 224.0.0.0/4"),
    ])
    func theConstantsAcceptWhatLibpcapAccepts(group: IPAddress?, destination: String) throws {
        let reference = try Self.compiled("ip proto 112 and (ip[6:2] & 0x1fff = 0) and \(destination)")
        let own = SocketFilter.vrrp(family: .ipv4, group: group).instructions.map {
            bpf_insn(code: $0.code, jt: $0.jt, jf: $0.jf, k: $0.k)
        }
        var accepted = 0
        for packet in Self.packets {
            let expected = Self.accepts(reference, packet)
            #expect(Self.accepts(own, packet) == expected, "\(packet)")
            if expected { accepted += 1 }
        }
        #expect(accepted > 3, "the table holds packets that pass")
    }
}
