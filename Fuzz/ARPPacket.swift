// ARP over Ethernet (RFC 826): what is read is written again as the same octets.

import Wire

func fuzz(_ input: inout Input) {
    let frame = input.remainder()
    _ = EthernetHeader(frame.span.bytes)
    guard let packet = ARPPacket(frame: frame.span.bytes) else { return }
    require(frame.count >= 42, "a frame of \(frame.count) octets was accepted")
    let again = packet.frame(to: .broadcast)
    require(again.count == 42, "a frame of \(again.count) octets was written")
    require(again[12...] == frame[12..<42], "written as \(again), was \(frame)")
    require(ARPPacket(frame: again.span.bytes) == packet, "read as another packet")
}
