// What is to be said of an outcome: what failed, what is probably not meant, and why.

import Configuration
import Election

struct Judgement {
    let whatIf: WhatIf
    let cluster: ConfiguredCluster
    /// By host: how its instances stood when all had come of the act, and in the end.
    let standings: [[RouterView]]
    let ends: [[RouterView]]

    func verdicts(_ courses: [ServiceCourse], _ violations: [Violation]) -> [WhatIfVerdict] {
        var verdicts: [WhatIfVerdict] = []
        for place in cluster.services.indices {
            verdicts += [
                unheld(place, courses[place]), unanswered(place, courses[place]),
                failBack(place, courses[place]), effect(place, courses[place]),
                partition(place, courses[place]),
            ].compactMap { $0 }
        }
        for violation in violations {
            let verdict = WhatIfVerdict(violation)
            // The same as the rule sees it.
            guard verdict.kind == .brokenRule || !verdicts.contains(where: { $0.kind == verdict.kind })
            else { continue }
            verdicts.append(verdict)
        }
        return verdicts
    }

    // MARK: Somebody serves

    private func unheld(_ place: Int, _ course: ServiceCourse) -> WhatIfVerdict? {
        guard course.after.isEmpty || course.end?.isEmpty == true else { return nil }
        let service = cluster.services[place]
        let when = course.after.isEmpty ? "" : " when it is over"
        let others = cluster.hosts.count - service.members.count
        let names = service.members.map { cluster.hosts[$0.host].name }
        let reason =
            if cluster.hosts.count == 1 {
                ": a second host is missing"
            } else if others > 0 {
                ": only \(wordList(names)) \(names.count == 1 ? "has" : "have") it"
            } else {
                ""
            }
        return WhatIfVerdict(
            kind: .noHolder, severity: .failed, service: place,
            words: "nobody holds \(service.subject)\(when)\(reason)")
    }

    private func unanswered(_ place: Int, _ course: ServiceCourse) -> WhatIfVerdict? {
        let service = cluster.services[place]
        let limit = cluster.patience(service)
        let phases = [
            (course.after, course.fault, course.isAnswered),
            (course.end ?? course.after, course.repair ?? Spell(), course.isAnsweredInTheEnd ?? true),
        ]
        for (holders, spell, isAnswered) in phases where !holders.isEmpty {
            guard !isAnswered || spell.outage > limit else { continue }
            return WhatIfVerdict(
                kind: .unanswered, severity: .failed, service: place,
                words: "clients of \(service.subject) get no answer for \(spell.outage.spoken)"
                    + (isAnswered ? ", \(limit.spoken) would be normal" : " and longer, though it is held"))
        }
        return nil
    }

    /// Two hosts that cannot hear each other both serve: each must think that the other one is dead.
    private func partition(_ place: Int, _ course: ServiceCourse) -> WhatIfVerdict? {
        guard case .partition = whatIf, course.after.count > 1 else { return nil }
        let names = course.after.map { cluster.hosts[$0].name }
        return WhatIfVerdict(
            kind: .splitBrain, severity: .note, service: place,
            words: "\(wordList(names)) both hold \(cluster.services[place].subject) meanwhile, as they must")
    }

    // MARK: It comes back

    private func failBack(_ place: Int, _ course: ServiceCourse) -> WhatIfVerdict? {
        guard course.before.count == 1, let end = course.end, end.count == 1, end != course.before,
            let former = cluster.services[place].member(of: course.before[0]),
            let present = cluster.services[place].member(of: end[0])
        else { return nil }
        let (one, other) = (cluster.hosts[former.host].name, cluster.hosts[present.host].name)
        let subject = cluster.services[place].subject
        let preempts = cluster.configurations[former.host].mates(of: former.instance).allSatisfy {
            $0.router.preempts || $0.router.isOwner
        }
        let (better, worse) = (priority(former), priority(present))
        guard preempts else {
            return WhatIfVerdict(
                kind: .noFailBack, severity: .note, service: place,
                words: "\(subject) stays on \(other): \(one) has nopreempt")
        }
        guard better > worse, isBetterThroughout(former, than: present.host) else {
            return WhatIfVerdict(
                kind: .noFailBack, severity: .note, service: place,
                words: "\(subject) stays on \(other): "
                    + (better == worse
                        ? "\(one) has the same priority \(better)"
                        : better < worse
                            ? "\(one) has priority \(better), \(other) \(worse)"
                            : "\(one) is not better in all of its sync group"))
        }
        return WhatIfVerdict(
            kind: .noFailBack, severity: .failed, service: place,
            words: "\(subject) stays on \(other) with priority \(worse), though \(one) has \(better) again")
    }

    /// In all services of the instance's sync group.
    private func isBetterThroughout(_ member: Service.Member, than other: Int) -> Bool {
        let names = cluster.configurations[member.host].mates(of: member.instance).map(\.name)
        return cluster.services.allSatisfy { service in
            guard let own = service.member(of: member.host), names.contains(cluster.instance(own).name),
                let theirs = service.member(of: other)
            else { return true }
            return priority(own) > priority(theirs)
        }
    }

    private func priority(_ member: Service.Member) -> UInt8 {
        ends[member.host].indices.contains(member.instance) ? ends[member.host][member.instance].priority : 0
    }

    // MARK: Checks have an effect

    /// What is tracked fails on the host that has the address, and it stays there.
    private func effect(_ place: Int, _ course: ServiceCourse) -> WhatIfVerdict? {
        guard let (host, name) = failure, course.before == [host], course.after.contains(host),
            let member = cluster.services[place].member(of: host), isTracked(member),
            standings[host].indices.contains(member.instance)
        else { return nil }
        let subject = cluster.services[place].subject
        return WhatIfVerdict(
            kind: .noEffect, severity: .warning, service: place,
            words: "\(name) has no effect on \(subject), which stays on \(cluster.hosts[host].name): "
                + reason(place, standings[host][member.instance], host))
    }

    /// Whose check or link fails, and what it is called.
    private var failure: (host: Int, name: String)? {
        switch whatIf {
        case .checkFails(let host, let check): (host, check.words)
        case .linkFails(let host, let interface): (host, cluster.interfaces[host][interface].name)
        case .start, .hostDies, .hostStops, .partition, .reload: nil
        }
    }

    private func isTracked(_ member: Service.Member) -> Bool {
        let instance = cluster.instance(member)
        switch whatIf {
        case .checkFails(_, let check): return check.isTracked(by: instance)
        case .linkFails(let host, let interface):
            let name = cluster.interfaces[host][interface].name
            return instance.router.trackers.contains {
                ($0.kind == .interface || $0.kind == .trackedInterface) && $0.name == name
            }
        case .start, .hostDies, .hostStops, .partition, .reload: return false
        }
    }

    /// Why nobody else has taken it.
    private func reason(_ place: Int, _ view: RouterView, _ host: Int) -> String {
        let others = cluster.services[place].members.filter { $0.host != host }.compactMap { member in
            standings[member.host].indices.contains(member.instance)
                ? (member, standings[member.host][member.instance].priority) : nil
        }
        guard let (next, second) = others.max(by: { $0.1 < $1.1 }) else { return "no other host has it" }
        let name = cluster.hosts[next.host].name
        if view.priority > second {
            return "its priority of \(view.priority) is still above \(name)'s \(second)"
        }
        if view.priority == second { return "its priority of \(view.priority) is equal to \(name)'s" }
        let router = cluster.instance(next).router
        if !router.preempts {
            return
                "\(name) has priority \(second) against \(view.priority), but nopreempt: it does not take over"
                + " from a running master"
        }
        return "its priority is \(view.priority), that of \(name) \(second)"
    }
}

extension WhatIfVerdict {
    /// A rule's complaint; some rules say what a verdict says.
    fileprivate init(_ violation: Violation) {
        let kinds: [(String, Kind)] = [
            ("split brain", .splitBrain), ("served", .noHolder),
            ("priority wins", .noFailBack), ("client is answered", .unanswered),
        ]
        let kind = kinds.first { $0.0 == violation.rule }?.1 ?? .brokenRule
        let words = kind == .brokenRule ? "\(violation.rule): \(violation.words)" : violation.words
        self.init(kind: kind, severity: .failed, service: nil, words: words)
    }
}

/// `lb1, lb2 and lb3`
private func wordList(_ words: [String]) -> String {
    guard words.count > 1, let last = words.last else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " and " + last
}
