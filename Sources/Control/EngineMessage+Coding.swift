// The octets of the messages between engine and guard: a tag, then the fields in order.

import Wire

extension EngineMessage {
    package var encoded: [UInt8] {
        var writer = FrameWriter()
        switch self {
        case .ready: writer.write(UInt8(1))
        case .will(let will):
            writer.write(UInt8(2))
            will.encode(into: &writer)
        case .revokeWill(let instance):
            writer.write(UInt8(3))
            writer.write(instance)
        case .runner(let message):
            writer.write(UInt8(4))
            writer.write(message)
        case .reloaded(let succeeded):
            writer.write(UInt8(5))
            writer.write(succeeded)
        case .stopped: writer.write(UInt8(6))
        case .parameter(let path, let former):
            writer.write(UInt8(7))
            writer.write(path)
            writer.write(former)
        case .alive(let moment, let beat, let headerSequence, let stamp):
            writer.write(UInt8(8))
            writer.write(moment)
            writer.write(beat)
            writer.write(headerSequence)
            writer.write(stamp)
        case .standing(let standing):
            writer.write(UInt8(9))
            standing.encode(into: &writer)
        }
        return writer.bytes
    }

    package init(decoding bytes: [UInt8]) throws(FrameError) {
        var reader = FrameReader(bytes)
        switch try reader.read(UInt8.self) {
        case 1: self = .ready
        case 2: self = .will(try LastWill(from: &reader))
        case 3: self = .revokeWill(instance: try reader.readString())
        case 4: self = .runner(try reader.readOctets())
        case 5: self = .reloaded(succeeded: try reader.readBool())
        case 6: self = .stopped
        case 7: self = .parameter(path: try reader.readString(), former: try reader.readString())
        case 8:
            self = .alive(
                moment: try reader.read(), beat: try reader.read(), headerSequence: try reader.read(),
                stamp: try reader.read())
        case 9: self = .standing(try Standing(from: &reader))
        default: throw FrameError(offset: 0)
        }
    }
}

extension GuardMessage {
    package var encoded: [UInt8] {
        var writer = FrameWriter()
        switch self {
        case .stop: return [1]
        case .reload: return [2]
        case .dumpData: return [3]
        case .dumpStatistics(let clear): return [4, clear ? 1 : 0]
        case .runnerStarted: return [5]
        case .dumpJSON: return [7]
        case .watched(let result): return [6] + result.encoded
        case .resume(let will):
            writer.write(UInt8(8))
            will.encode(into: &writer)
        case .standing(let standing):
            writer.write(UInt8(9))
            standing.encode(into: &writer)
        case .begin(let isRespawn, let headerSequence, let stamp):
            writer.write(UInt8(10))
            writer.write(isRespawn)
            writer.write(headerSequence)
            writer.write(stamp)
        }
        return writer.bytes
    }

    package init(decoding bytes: [UInt8]) throws(FrameError) {
        var reader = FrameReader(bytes)
        switch try reader.read(UInt8.self) {
        case 1: self = .stop
        case 2: self = .reload
        case 3: self = .dumpData
        case 4: self = .dumpStatistics(clear: try reader.readBool())
        case 5: self = .runnerStarted
        case 7: self = .dumpJSON
        case 6: self = .watched(try WatchResult(decoding: Array(bytes.dropFirst())))
        case 8: self = .resume(try LastWill(from: &reader))
        case 9: self = .standing(try Standing(from: &reader))
        case 10:
            self = .begin(
                isRespawn: try reader.readBool(), headerSequence: try reader.read(), stamp: try reader.read())
        default: throw FrameError(offset: 0)
        }
    }
}

extension Standing {
    fileprivate func encode(into writer: inout FrameWriter) {
        writer.write(instance)
        writer.write(state)
    }

    fileprivate init(from reader: inout FrameReader) throws(FrameError) {
        self.init(instance: try reader.readString(), state: try reader.readString())
    }
}

extension LastWill {
    fileprivate func encode(into writer: inout FrameWriter) {
        writer.write(instance)
        writer.write(UInt32(addresses.count))
        for held in addresses {
            writer.write(held.interfaceIndex)
            writer.write(held.address)
            writer.write(held.prefixLength)
        }
        writer.write(vrid)
        writer.write(patience)
        writer.write(firewallTable)
        writer.write(UInt32(requests.count))
        for request in requests { writer.write(request) }
        writer.write(UInt32(farewells.count))
        for farewell in farewells {
            writer.write(farewell.interfaceIndex ?? 0)
            writer.write(farewell.source)
            writer.write(farewell.destination)
            writer.write(farewell.ttl)
            writer.write(farewell.message)
            writer.write(farewell.protocolNumber)
            writer.write(farewell.identification)
        }
    }

    fileprivate init(from reader: inout FrameReader) throws(FrameError) {
        let instance = try reader.readString()
        var addresses: [HeldAddress] = []
        for _ in 0..<(try reader.read(UInt32.self)) {
            addresses.append(
                HeldAddress(
                    interfaceIndex: try reader.read(), address: try reader.readAddress(),
                    prefixLength: try reader.read()))
        }
        let vrid: UInt8 = try reader.read()
        let patience: Int64 = try reader.read()
        let table = try reader.readOptionalString()
        var requests: [[UInt8]] = []
        for _ in 0..<(try reader.read(UInt32.self)) { requests.append(try reader.readOctets()) }
        var farewells: [Transmission] = []
        for _ in 0..<(try reader.read(UInt32.self)) {
            let index: Int32 = try reader.read()
            farewells.append(
                Transmission(
                    interfaceIndex: index == 0 ? nil : index, source: try reader.readAddress(),
                    destination: try reader.readAddress(), ttl: try reader.read(),
                    message: try reader.readOctets(), protocolNumber: try reader.read(),
                    identification: try reader.read()))
        }
        self.init(
            instance: instance, vrid: vrid, addresses: addresses, firewallTable: table, requests: requests,
            farewells: farewells, patience: patience)
    }
}

extension FrameWriter {
    fileprivate mutating func write(_ address: IPAddress) { write(address.octets) }
}

extension FrameReader {
    fileprivate mutating func readAddress() throws(FrameError) -> IPAddress {
        let octets = try readOctets()
        guard let address = IPAddress(octets: octets) else { throw FrameError(offset: 0) }
        return address
    }
}
