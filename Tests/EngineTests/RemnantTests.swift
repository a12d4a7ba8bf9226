// Virtual addresses that the kernel does not let go.

import Control
import Election
import Engine
import Testing
import Wire

@Suite struct RemnantTests {
    /// At once, then after growing pauses; until then the guard keeps the last will.
    @Test func aRefusedRemovalIsTriedAgain() {
        let stage = Stage()
        stage.becomeMaster()
        stage.engine.addressAdded(Stage.assigned("192.168.50.88"))
        stage.engine.settleReports()
        stage.host.messages = []
        stage.host.refusal = "RTM_DELADDR(192.168.50.88): Input/output error (5)"
        stage.engine.interfaceChanged(Interface(index: 2, name: "eth0", isUp: false, mac: .zero))
        stage.engine.tick()
        #expect(stage.host.programmed.map(\.operation) == [.remove, .remove])
        stage.host.refusal = nil
        stage.host.now = stage.host.now + .milliseconds(99)
        stage.engine.tick()
        #expect(stage.host.programmed.count == 2)
        #expect(!stage.host.messages.contains(.revokeWill(instance: "VI_1")))
        stage.host.now = stage.host.now + .milliseconds(1)
        stage.engine.tick()
        #expect(stage.host.programmed.map(\.operation) == [.remove, .remove, .remove])
        #expect(stage.host.messages.filter { $0 == .revokeWill(instance: "VI_1") }.count == 1)
        stage.run(.seconds(60))
        #expect(stage.host.programmed.count == 3)
    }

    /// What the master holds again is no remnant.
    @Test func whatIsWantedAgainIsNotRemoved() {
        let stage = Stage()
        stage.becomeMaster()
        stage.engine.addressAdded(Stage.assigned("192.168.50.88"))
        stage.engine.settleReports()
        stage.host.refusal = "RTM_DELADDR(192.168.50.88): Input/output error (5)"
        stage.engine.interfaceChanged(Interface(index: 2, name: "eth0", isUp: false, mac: .zero))
        stage.engine.interfaceChanged(Interface(index: 2, name: "eth0", isUp: true, mac: .zero))
        // The next try is due after the router is master again.
        stage.run(.milliseconds(3500))
        #expect(!stage.isMaster)
        stage.host.refusal = nil
        stage.host.forget()
        stage.run(.seconds(60))
        #expect(stage.isMaster)
        #expect(!stage.host.programmed.contains { $0.operation == .remove })
    }
}
