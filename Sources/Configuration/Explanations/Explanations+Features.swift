// What is read and does not act in this release.

extension Explanations {
    static let features: [Explanation] = [
        Explanation(
            "not-served", "The file has virtual servers (LVS).",
            then: "This release balances no load: these services are not served by it.",
            mend: "Leave this host to keepalived, or let another program serve them."),
        Explanation(
            "not-yet-supported", "The option is known and not supported in this release.",
            then: "It has no effect; a route or rule that needs it is left out.", mend: "Do without it."),
        Explanation(
            "no-bfd", "The file uses BFD.",
            then: "What BFD would notice is not noticed: failover takes as long as without it.",
            mend: "Shorter intervals with version 3."),
        Explanation(
            "no-snmp", "The file configures SNMP.", then: "There is no agent.",
            mend: "The JSON dump has the same numbers."),
        Explanation(
            "no-dbus", "The file configures D-Bus.", then: "There is no service.",
            mend: "Named pipes (vrrp_notify_fifo) tell of every change."),
        Explanation(
            "no-lvs-sync", "The file configures the LVS synchronisation daemon.", then: "It is not started.",
            mend: "Start it with ipvsadm from a notify script."),
        Explanation(
            "no-scheduled-reload", "The file asks for a reload at a time of day.", then: "There is none.",
            mend: "A timer of the system that sends SIGHUP."),
        Explanation(
            "without-effect", "Settings that have nothing to act on in this release.",
            then: "They are read and ignored; the hint names them.", mend: "Nothing needs to be done."),
    ]
}
