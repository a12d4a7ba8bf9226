// Packets, announcements and clients' questions on their way through the network.

import Control
import Election
import Engine
import Wire

extension World {
    // MARK: Sending

    func send(_ transmission: Transmission, from host: SimulatedHost) {
        var transmission = transmission
        if hasSabotage(.prioritiesAreForged), transmission.message.count > 2, transmission.message[2] > 1 {
            transmission.message[2] -= 1
        }
        sent(transmission, by: host)
        if hasSabotage(.advertisementsAreLost) { return }
        guard let port = host.port(of: transmission.interfaceIndex), port.isPlugged else { return }
        let mac = transmission.interfaceIndex.flatMap { host.kernel.link($0)?.mac } ?? .zero
        launch(
            Flight(segment: port.segment, sender: host.index, mac: mac, load: .packet(transmission)))
    }

    func send(_ frame: [UInt8], from host: SimulatedHost, _ interfaceIndex: Int32) {
        if hasSabotage(.announcementsAreLost) { return }
        guard let port = host.port(of: interfaceIndex), port.isPlugged,
            let link = host.kernel.link(interfaceIndex), link.isAdministrativelyUp
        else { return }
        launch(Flight(segment: port.segment, sender: host.index, mac: link.mac, load: .frame(frame)))
    }

    private func launch(_ flight: Flight) {
        let latency = Duration.microseconds(random.number(in: 50...250))
        let noise = network.noise[flight.sender]
        guard noise != Noise() else { return schedule(.flight(flight), after: latency) }
        for receiver in hosts.indices where receiver != flight.sender {
            var copy = flight
            copy.receiver = receiver
            let copies = random.happens(noise.duplication) ? 2 : 1
            for _ in 0..<copies where !random.happens(noise.loss) {
                let extra = random.duration(in: .zero...noise.delay)
                schedule(.flight(copy), after: latency + extra)
            }
        }
        // Clients hear what is not lost.
        guard case .frame = flight.load, !random.happens(noise.loss) else { return }
        var copy = flight
        copy.receiver = flight.sender
        schedule(.flight(copy), after: latency)
    }

    // MARK: Arriving

    func arrive(_ flight: Flight) {
        if !network.isolated[flight.sender], flight.mac != .zero {
            network.segments[flight.segment].learn(flight.mac, host: flight.sender)
        }
        switch flight.load {
        case .packet(let transmission):
            for receiver in hosts.indices where receiver != flight.sender && isFor(receiver, flight) {
                deliver(transmission, flight, to: hosts[receiver])
            }
        case .frame(let frame):
            guard let (address, mac) = claim(in: frame) else { return }
            for receiver in hosts.indices where receiver != flight.sender && isFor(receiver, flight) {
                let host = hosts[receiver]
                guard host.kernel.claims.contains(address),
                    let link = host.workingLink(on: flight.segment)
                else { continue }
                host.take(.claim(address, mac, link.index))
            }
            guard flight.receiver == nil || flight.receiver == flight.sender,
                !network.isolated[flight.sender]
            else { return }
            for place in clients.indices
            where clients[place].address == address && clients[place].segment == flight.segment {
                clients[place].mac = mac
            }
        }
    }

    private func isFor(_ receiver: Int, _ flight: Flight) -> Bool {
        (flight.receiver == nil || flight.receiver == receiver)
            && (network.isClean || network.carries(from: flight.sender, to: receiver))
    }

    private func deliver(_ transmission: Transmission, _ flight: Flight, to host: SimulatedHost) {
        guard host.engine != nil, let link = host.workingLink(on: flight.segment) else { return }
        let destination = transmission.destination
        guard destination.isMulticast || host.kernel.has(destination) else { return }
        // Linux takes no packet from the network that says it comes from here.
        guard !host.kernel.has(transmission.source) else { return }
        if hasSabotage(.betterMastersAreNotHeard), transmission.message.count > 2,
            host.views.contains(where: { $0.priority < transmission.message[2] })
        {
            return
        }
        for socket in host.kernel.sockets
        where socket.family == destination.family && socket.protocolNumber == transmission.protocolNumber {
            guard socket.group == (destination.isMulticast ? destination : nil) else { continue }
            if let index = socket.interfaceIndex, index != link.index,
                host.kernel.link(index)?.parent != link.index
            {
                continue
            }
            let origin = PacketOrigin(
                interfaceIndex: socket.interfaceIndex ?? link.index, source: transmission.source,
                destination: destination, ttl: transmission.ttl,
                protocolNumber: transmission.protocolNumber)
            host.take(.packet(origin, transmission.message))
            if hasSabotage(.advertisementsEcho) { echo(transmission, from: host, link) }
        }
    }

    /// Whoever hears an advertisement says the same again.
    private func echo(_ transmission: Transmission, from host: SimulatedHost, _ link: KernelLink) {
        guard let view = host.views.first, view.isMaster, let source = view.source else { return }
        var copy = transmission
        copy.source = source
        copy.interfaceIndex = link.index
        for _ in 0..<30 { sent(copy, by: host) }
    }

    /// The address that a frame announces, and whose it is said to be.
    private func claim(in frame: [UInt8]) -> (IPAddress, MACAddress)? {
        let octets = frame.span.bytes
        if let packet = ARPPacket(frame: octets) { return (packet.senderAddress, packet.senderMAC) }
        guard let advertisement = NeighborAdvertisement(frame: octets), let mac = advertisement.mac else {
            return nil
        }
        return (advertisement.target, mac)
    }

    // MARK: Clients

    func probe() {
        for place in clients.indices { probe(place) }
        schedule(.probe, after: Client.interval)
        isDirty = true
    }

    private func probe(_ place: Int) {
        let client = clients[place]
        if client.mac == nil { clients[place].mac = resolve(client) }
        if let mac = clients[place].mac, answers(client, mac) {
            clients[place].answered(at: now)
        } else {
            clients[place].missed(at: now)
        }
    }

    /// Asks everybody; of several answers the last one counts, and nobody knows which that is.
    private func resolve(_ client: Client) -> MACAddress? {
        let answers = hosts.compactMap { host -> MACAddress? in
            guard serves(host, client), let link = holder(client, host) else { return nil }
            network.segments[client.segment].learn(link.mac, host: host.index)
            return link.mac
        }
        return random.element(of: answers)
    }

    /// The frame goes where the switch believes the address to be, and the host there has to have it.
    func answers(_ client: Client, _ mac: MACAddress) -> Bool {
        if let place = network.segments[client.segment].host(of: mac) {
            return serves(hosts[place], client) && holder(client, hosts[place])?.mac == mac
        }
        return hosts.contains { serves($0, client) && holder(client, $0)?.mac == mac }
    }

    private func serves(_ host: SimulatedHost, _ client: Client) -> Bool {
        !network.isolated[host.index] && host.workingLink(on: client.segment) != nil
    }

    private func holder(_ client: Client, _ host: SimulatedHost) -> KernelLink? {
        let index = host.kernel.addresses.first { $0.assigned.address == client.address }?.assigned
            .interfaceIndex
        return index.flatMap { host.kernel.link($0) }
    }
}

extension SimulatedHost {
    /// The segment behind an interface; without a name the first one.
    func segment(of interface: String?) -> Int? {
        guard let interface else { return ports.first?.segment }
        return plan.interfaces.first { $0.name == interface }?.segment
    }
}
