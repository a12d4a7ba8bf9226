// What an operator does to a host, and what repairs it.

import Configuration
import Control
import Election

extension SimulatedHost {
    private static let restartPause: Duration = .milliseconds(200)

    /// Reads another configuration from now on.
    func adopt(_ text: String) {
        configuration = ConfigurationParser.parse(text: text, name: name).configuration
        touch()
    }

    /// The first instance's priority changes, the others' by as much.
    func reload(priority: Int?) {
        if let priority, let first = configuration.instances.first {
            let change = priority - Int(first.router.basePriority)
            for place in configuration.instances.indices {
                let former = Int(configuration.instances[place].router.basePriority)
                configuration.instances[place].router.basePriority = UInt8(min(max(former + change, 1), 254))
            }
        }
        reload(nil)
    }

    func restartService() {
        stopService()
        startWhenStopped()
    }

    func startWhenStopped() {
        isWanted = true
        world.schedule(.serviceStart(host: index), after: Self.restartPause)
    }

    /// A service that still stops is waited for.
    func serviceIsDueToStart() {
        guard isWanted, isPowered else { return }
        if supervisor?.isStopping == true { return startWhenStopped() }
        startService()
    }

    func change(_ kind: WatchKind, _ name: String, _ value: Int32) {
        setWatched(kind, name, value)
        touch()
        runner?.look(at: kind, name, soon: false)
    }

    func refuseAddresses(_ isOn: Bool) {
        refusesAddresses = isOn
        touch()
    }

    func heal() {
        reportDelay = .zero
        slowness = .zero
        refusesAddresses = false
        refusesSending = false
        engineDeaths = 0
        powerOn()
        wake()
        thaw()
        for place in ports.indices {
            plug(place, true)
            setLink(place, isUp: true)
        }
        for result in watched { change(result.kind, result.name, result.kind == .file ? 0 : 1) }
        isWanted = true
        serviceIsDueToStart()
        touch()
    }
}
