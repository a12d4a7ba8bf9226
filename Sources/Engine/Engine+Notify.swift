// Telling people and programs of a change of state: the log, notify scripts, mail. Everything is handed
// to the runner as complete requests; nothing is awaited.

import Configuration
import Control
import Election

/// A change of state as scripts and pipes are told of it.
struct Tale {
    enum Kind: String { case instance = "INSTANCE", group = "GROUP" }
    let kind: Kind
    let name: String
    /// `MASTER`, `BACKUP`, `FAULT`, `STOP` or `DELETED`.
    let state: String
    /// 0 for a group.
    let priority: UInt8
    /// `NAME=value`, for scripts.
    var environment: [String] = []

    var line: String { "\(kind.rawValue) \"\(name)\" \(state) \(priority)\n" }
    var lane: String { kind == .instance ? name : "group \(name)" }
}

extension Engine {
    func report(_ transition: Transition, _ place: Int) {
        let instance = instances[place]
        host.report(.standing(Standing(instance: instance.name, state: transition.to.rawValue)))
        logTransition(transition, instance)
        expectReceipt(transition, place)
        let scripts = instance.configuration.notify
        // Without notify_deleted a vanished instance is told as a fault, like keepalived does.
        let ending = !instance.isRetiring ? "STOP" : scripts.reportsDeleted ? "DELETED" : "FAULT"
        var tale = Tale(
            kind: .instance, name: instance.name,
            state: transition.to == .initialize ? ending : transition.to.rawValue,
            priority: transition.priority)
        tale.environment = environment(tale, transition, instance)
        tell(tale, scripts)
        sendMail(transition, place)
    }

    /// Only the guard is told: an engine after this one goes on leaving.
    func reportLeaving(_ instance: Instance) {
        host.report(.standing(Standing(instance: instance.name, state: FormerState.leaving.rawValue)))
    }

    /// The script of the state first, then the generic one; both in one lane, so in order. Then the pipes.
    func tell(_ tale: Tale, _ scripts: NotifyScripts) {
        let (label, specific): (String, ScriptCommand?) =
            switch tale.state {
            case "MASTER": ("notify_master", scripts.master)
            case "BACKUP": ("notify_backup", scripts.backup)
            case "STOP": ("notify_stop", scripts.stop)
            case "DELETED": ("notify_deleted", scripts.deleted)
            default: ("notify_fault", scripts.fault)
            }
        if let specific { run(specific, label: label, tale) }
        if var generic = scripts.generic {
            generic.words += [tale.kind.rawValue, tale.name, tale.state, String(tale.priority)]
            run(generic, label: "notify", tale)
        }
        writePipes(tale)
    }

    func writePipes(_ tale: Tale) {
        guard !configuration.global.fifo.pipes.isEmpty else { return }
        send(.event(subject: "\(tale.kind.rawValue) \(tale.name)", line: tale.line))
    }

    /// A master heard a losing advertisement: other tools may have to be told again who is master.
    func reportLowerPriority(_ instance: Instance) {
        let tale = Tale(
            kind: .instance, name: instance.name, state: "MASTER_RX_LOWER_PRI",
            priority: node[instance.router]?.priority ?? 0)
        if let script = instance.configuration.notify.masterReceivedLowerPriority {
            run(script, label: "notify_master_rx_lower_pri", tale)
        }
        writePipes(tale)
    }

    /// `notify_priority_changes`: only the pipes are told.
    func reportPriority(_ priority: UInt8, _ instance: Instance) {
        guard instance.configuration.reportsPriorityChanges,
            let state = node.state(of: instance.router), state == .master || state == .backup
        else { return }
        writePipes(
            Tale(
                kind: .instance, name: instance.name, state: "\(state.rawValue)_PRIORITY", priority: priority)
        )
    }

    /// Where everybody stands: for readers that want to hear it again after a reload.
    func repeatStates() {
        for instance in instances {
            guard let router = node[instance.router], router.state.name != .initialize else { continue }
            writePipes(
                Tale(
                    kind: .instance, name: instance.name, state: router.state.name.rawValue,
                    priority: router.priority))
        }
        for group in node.groups where group.state != .initialize {
            writePipes(Tale(kind: .group, name: group.name, state: group.state.rawValue, priority: 0))
        }
    }

    private func run(_ command: ScriptCommand, label: String, _ tale: Tale) {
        let user = command.user ?? configuration.global.script.user
        send(
            .run(
                ScriptRequest(
                    lane: tale.lane, words: command.words, user: user?.user, group: user?.group,
                    environment: tale.environment, label: label,
                    requiresSecurity: configuration.global.script.isSecurityEnabled)))
    }

    /// What a script may want to know beyond keepalived's arguments.
    private func environment(_ tale: Tale, _ transition: Transition, _ instance: Instance) -> [String] {
        let addresses = instance.allAddresses.map { "\($0.address)/\($0.prefixLength)" }
        var variables = tale.variables
        variables += [
            "BATON_PREVIOUS_STATE=\(transition.from.rawValue)", "BATON_REASON=\(transition.reason.words)",
            "BATON_VRID=\(instance.configuration.router.vrid)",
            "BATON_ADDRESSES=\(addresses.joined(separator: " "))",
        ]
        if let interface = instance.configuration.interface {
            variables.append("BATON_INTERFACE=\(interface)")
        }
        return variables
    }

    // MARK: Groups

    func report(_ transition: GroupTransition) {
        guard let group = configuration.groups.first(where: { $0.name == transition.group }) else { return }
        if transition.to != .initialize {
            host.log(
                .notice, "VRRP_Group(\(group.name)) Syncing instances to \(transition.to.rawValue) state")
        }
        var tale = Tale(
            kind: .group, name: group.name,
            state: transition.to == .initialize ? "STOP" : transition.to.rawValue, priority: 0)
        tale.environment =
            tale.variables + [
                "BATON_PREVIOUS_STATE=\(transition.from.rawValue)",
                "BATON_MEMBERS=\(group.members.joined(separator: " "))",
            ]
        tell(tale, group.notify)
        guard group.sendsMail, !(transition.to == .fault && configuration.global.mail.omitsFaults) else {
            return
        }
        let phrase =
            transition.to == .initialize ? "Stopping" : "Entering \(transition.to.rawValue) state"
        let body = [
            "Group:     \(group.name)", "Members:   \(group.members.joined(separator: ", "))",
            "Host:      \(options.hostName)", "State:     \(transition.from.rawValue) -> \(tale.state)",
        ]
        mail("VRRP Group \(group.name) - \(phrase)", body.joined(separator: "\n") + "\n")
    }

    // MARK: Mail

    private func sendMail(_ transition: Transition, _ place: Int) {
        let instance = instances[place]
        guard instance.configuration.sendsMail, instance.lastMailState != transition.to else { return }
        instances[place].lastMailState = transition.to
        guard !(transition.to == .fault && configuration.global.mail.omitsFaults) else { return }
        mail(
            "VRRP Instance \(instance.name) - \(transition.mailPhrase)", mailBody(transition, instance))
    }

    private func mail(_ subject: String, _ body: String) {
        let mail = configuration.global.mail
        guard let server = mail.server, !mail.recipients.isEmpty else { return }
        let routerID = configuration.global.routerID ?? options.hostName
        send(
            .mail(
                MailRequest(
                    server: server, port: mail.port,
                    timeoutSeconds: UInt32(clamping: mail.connectTimeout.components.seconds),
                    heloName: mail.heloName, from: mail.from, recipients: mail.recipients,
                    subject: "[\(routerID)] \(subject)", body: body, unixSeconds: host.unixSeconds)))
    }

    private func mailBody(_ transition: Transition, _ instance: Instance) -> String {
        let addresses = instance.allAddresses.map { "\($0.address)/\($0.prefixLength)" }
        var lines = [
            "Instance:  \(instance.name) (VRID \(instance.configuration.router.vrid))",
            "Host:      \(options.hostName)",
            "State:     \(transition.from.rawValue) -> \(transition.mailState)",
            "Priority:  \(transition.priority)",
            "Reason:    \(transition.reason.words)",
        ]
        if let interface = instance.configuration.interface { lines.append("Interface: \(interface)") }
        lines.append("Addresses: \(addresses.joined(separator: ", "))")
        return lines.joined(separator: "\n") + "\n"
    }
}

extension Tale {
    /// What every script is told.
    var variables: [String] {
        [
            "BATON_TYPE=\(kind.rawValue)", "BATON_NAME=\(name)", "BATON_STATE=\(state)",
            "BATON_PRIORITY=\(priority)",
        ]
    }
}

extension Transition {
    fileprivate var mailState: String { to == .initialize ? "STOP" : to.rawValue }

    /// As keepalived's alerts say it.
    fileprivate var mailPhrase: String {
        to == .initialize ? "Stopping" : "Entering \(to.rawValue) state"
    }
}

extension Transition.Reason {
    fileprivate var words: String {
        switch self {
        case .startup: "start"
        case .shutdown: "stop"
        case .masterSilent: "no advertisement was heard from the master"
        case .betterMaster(let source): "\(source) has the higher priority or address"
        case .fault(let reason): reason.words
        case .recovered: "the fault is over"
        case .stoodStill: "the host stood still for longer than its peers wait"
        case .groupMember(let name): "\(name), of the same sync group, stopped being master"
        case .wasLeaving: "it was about to leave when the engine died"
        }
    }
}
