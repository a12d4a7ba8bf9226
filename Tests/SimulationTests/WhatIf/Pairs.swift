// Configurations of two hosts in a few words, for the tests of what-ifs.

import Configuration
import Simulation

enum Pairs {
    /// An instance on eth0; `lines` stand in it.
    static func file(
        _ priority: Int, _ lines: String = "", vrid: Int = 51, addresses: String = "192.168.50.88/24",
        before: String = ""
    ) -> String {
        """
        \(before)
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id \(vrid)
            priority \(priority)
            \(lines)
            virtual_ipaddress { \(addresses) }
        }
        """
    }

    static let check = "vrrp_script chk {\n script /etc/chk\n interval 2\n fall 2\n rise 2\n}\n"

    static func nodes(_ texts: [String]) -> [ClusterNode] {
        texts.enumerated().map { index, text in
            let name = "lb\(index + 1)"
            return ClusterNode(
                name: name, parsed: ConfigurationParser.parse(text: text, name: "\(name).conf"))
        }
    }

    static func cluster(_ texts: String..., given: [GivenAddress] = []) throws -> ConfiguredCluster {
        try ConfiguredCluster(nodes(texts), given: given)
    }

    /// The whole standard set.
    static func play(_ cluster: ConfiguredCluster) -> [WhatIfOutcome] {
        WhatIf.standard(cluster).map { WhatIfRun.play($0, in: cluster, seed: 1) }
    }
}

extension [WhatIfOutcome] {
    /// `failed no-holder: lb1 dies`, without notes.
    func complaints(_ cluster: ConfiguredCluster) -> [String] {
        flatMap { outcome in
            outcome.verdicts.filter { $0.severity != .note }.map {
                "\($0.severity.rawValue) \($0.kind.rawValue): \(outcome.whatIf.title(cluster))"
            }
        }
    }

    func first(_ kind: String) -> WhatIfOutcome? { first { $0.whatIf.kind == kind } }
}
