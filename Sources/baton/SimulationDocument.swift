// The report as one JSON document; docs/simulation.md describes it. Times are seconds, rounded down to milliseconds.

import Configuration
import Election
import Simulation

struct SimulationDocument: Encodable {
    let hosts: [Host]
    let services: [Service]
    let findings: [DiagnosticReport.Finding]
    let comparison: [DiagnosticReport.Finding]
    let whatIfs: [WhatIf]?
    let runs: [Run]?
    let scenario: Scenario?
    let failed: Int
    let warnings: Int

    /// Files with errors: nothing was simulated.
    struct Refusal: Encodable {
        let findings: [DiagnosticReport.Finding]
    }

    struct Host: Encodable {
        let name: String
        let file: String
        let interfaces: [Interface]
    }

    struct Interface: Encodable {
        let name: String
        let network: Int
        let addresses: [Address]
    }

    struct Address: Encodable {
        let address: String
        let prefixLength: UInt8
        let origin: String
    }

    struct Service: Encodable {
        let name: String
        let addresses: [String]
        let hosts: [String]
    }

    struct WhatIf: Encodable {
        let kind: String
        let title: String
        let hosts: [String]
        let mendedSeconds: Double?
        let timeline: [Moment]
        let services: [Course]
        let verdicts: [Verdict]
    }

    struct Moment: Encodable {
        let seconds: Double
        /// Nil: nobody's.
        let host: String?
        let text: String
    }

    struct Course: Encodable {
        let before: [String]
        let after: [String]
        let end: [String]?
        let fault: Spell
        let repair: Spell?
    }

    struct Spell: Encodable {
        let outageSeconds: Double
        let unheldSeconds: Double
        let doubledSeconds: Double
    }

    struct Verdict: Encodable {
        let kind: String
        let severity: String
        let service: Int?
        let message: String
    }

    struct Run: Encodable {
        let seed: UInt64
        let faults: Int
        let worstOutageSeconds: Double
        let violations: [Violation]
    }

    struct Violation: Encodable {
        let seconds: Double
        let rule: String
        let message: String
    }

    struct Scenario: Encodable {
        let transcript: [String]
        let failures: [String]
    }

}

extension SimulationReport {
    private typealias Document = SimulationDocument

    var document: SimulationDocument {
        var (whatIfs, runs, scenario): ([Document.WhatIf]?, [Document.Run]?, Document.Scenario?) = (
            nil, nil, nil
        )
        switch result {
        case .whatIfs(let outcomes): whatIfs = outcomes.map(whatIf)
        case .runs(let list): runs = list.map(Document.Run.init)
        case .scenario(let run):
            scenario = Document.Scenario(transcript: run.transcript, failures: run.failures)
        }
        return Document(
            hosts: nodes.indices.map(host), services: cluster.services.map(service),
            findings: nodes.flatMap(\.findings), comparison: comparison.map { DiagnosticReport.Finding($0) },
            whatIfs: whatIfs, runs: runs,
            scenario: scenario, failed: failures, warnings: warnings)
    }

    private func host(_ place: Int) -> Document.Host {
        Document.Host(
            name: nodes[place].name, file: files[place],
            interfaces: cluster.interfaces[place].map { interface in
                Document.Interface(
                    name: interface.name, network: interface.segment + 1,
                    addresses: interface.addresses.map {
                        Document.Address(
                            address: "\($0.address)", prefixLength: $0.prefixLength,
                            origin: $0.origin.rawValue)
                    })
            })
    }

    private func service(_ service: Service) -> Document.Service {
        Document.Service(
            name: service.name, addresses: service.addresses.map { "\($0)" },
            hosts: names(service.members.map(\.host)))
    }

    private func names(_ hosts: [Int]) -> [String] { hosts.map { nodes[$0].name } }

    private func whatIf(_ outcome: WhatIfOutcome) -> Document.WhatIf {
        Document.WhatIf(
            kind: outcome.whatIf.kind, title: outcome.whatIf.title(cluster),
            hosts: names(outcome.whatIf.hosts), mendedSeconds: outcome.mended?.inSeconds,
            timeline: outcome.timeline.map { moment in
                Document.Moment(
                    seconds: moment.time.inSeconds, host: moment.host == "-" ? nil : moment.host,
                    text: moment.text)
            },
            services: outcome.courses.map { course in
                Document.Course(
                    before: names(course.before), after: names(course.after), end: course.end.map(names),
                    fault: Document.Spell(course.fault), repair: course.repair.map(Document.Spell.init))
            },
            verdicts: outcome.verdicts.map { verdict in
                Document.Verdict(
                    kind: verdict.kind.rawValue, severity: verdict.severity.rawValue,
                    service: verdict.service, message: verdict.words)
            })
    }
}

extension SimulationDocument.Spell {
    fileprivate init(_ spell: Spell) {
        self.init(
            outageSeconds: spell.outage.inSeconds, unheldSeconds: spell.unheld.inSeconds,
            doubledSeconds: spell.doubled.inSeconds)
    }
}

extension SimulationDocument.Run {
    fileprivate init(_ run: ClusterRun) {
        self.init(
            seed: run.seed, faults: run.faults, worstOutageSeconds: run.worstOutage.inSeconds,
            violations: run.violations.map { violation in
                SimulationDocument.Violation(
                    seconds: Duration.nanoseconds(violation.time.nanoseconds).inSeconds,
                    rule: violation.rule, message: violation.words)
            })
    }
}

extension Duration {
    fileprivate var inSeconds: Double { Double(nanoseconds / 1_000_000) / 1000 }
}
