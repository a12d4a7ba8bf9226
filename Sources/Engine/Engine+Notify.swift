// Telling people and programs of a change of state: the log, notify scripts, mail. Everything is handed
// to the runner as complete requests; nothing is awaited.

import Configuration
import Control
import Election

extension Engine {
    func report(_ transition: Transition, _ place: Int) {
        let instance = instances[place]
        logTransition(transition, instance)
        runScripts(transition, instance)
        sendMail(transition, place)
    }

    /// The script of the state first, then the generic one; both in the instance's lane, so in order.
    private func runScripts(_ transition: Transition, _ instance: Instance) {
        let scripts = instance.configuration.notify
        let isDeleted = instance.isRetiring
        // Without notify_deleted a vanished instance is told as a fault, like keepalived does.
        let ending = !isDeleted ? "STOP" : scripts.reportsDeleted ? "DELETED" : "FAULT"
        let state = transition.to == .initialize ? ending : transition.to.rawValue
        let (label, specific): (String, ScriptCommand?) =
            switch transition.to {
            case .initialize where isDeleted && scripts.reportsDeleted: ("notify_deleted", scripts.deleted)
            case .initialize where isDeleted: ("notify_fault", scripts.fault)
            case .initialize: ("notify_stop", scripts.stop)
            case .backup: ("notify_backup", scripts.backup)
            case .master: ("notify_master", scripts.master)
            case .fault: ("notify_fault", scripts.fault)
            }
        if let specific { run(specific, label: label, instance) }
        if var generic = scripts.generic {
            generic.words += ["INSTANCE", instance.name, state, String(transition.priority)]
            run(generic, label: "notify", instance)
        }
    }

    /// A master heard a losing advertisement: other tools may have to be told again who is master.
    func runLowerPriorityScript(_ instance: Instance) {
        guard let script = instance.configuration.notify.masterReceivedLowerPriority else { return }
        run(script, label: "notify_master_rx_lower_pri", instance)
    }

    private func run(_ command: ScriptCommand, label: String, _ instance: Instance) {
        let user = command.user ?? configuration.global.script.user
        let request = ScriptRequest(
            lane: instance.name, words: command.words, user: user?.user, group: user?.group, label: label,
            requiresSecurity: configuration.global.script.isSecurityEnabled)
        host.report(.runner(RunnerMessage.run(request).encoded))
    }

    private func sendMail(_ transition: Transition, _ place: Int) {
        let instance = instances[place]
        let mail = configuration.global.mail
        guard instance.configuration.sendsMail, let server = mail.server, !mail.recipients.isEmpty,
            instance.lastMailState != transition.to
        else { return }
        instances[place].lastMailState = transition.to
        let routerID = configuration.global.routerID ?? options.hostName
        let request = MailRequest(
            server: server, port: mail.port,
            timeoutSeconds: UInt32(clamping: mail.connectTimeout.components.seconds),
            heloName: mail.heloName, from: mail.from, recipients: mail.recipients,
            subject: "[\(routerID)] VRRP Instance \(instance.name) - \(transition.mailPhrase)",
            body: mailBody(transition, instance), unixSeconds: host.unixSeconds)
        host.report(.runner(RunnerMessage.mail(request).encoded))
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
        }
    }
}
