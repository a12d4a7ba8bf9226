// Check scripts, tracked files and processes, sync groups and the rarer settings: what the model holds, and
// that the printed form means the same.

import Configuration
import Election
import Testing
import Wire

@Suite struct TrackingModelTests {
    static let full = """
        net_namespace blue
        instance east
        use_pid_dir
        interface_up_down_delays {
            eth0 1.5 3
            eth1 2
        }
        garp_group {
            garp_interval 0.1
            interfaces { eth0
                eth1 }
        }
        global_defs {
            notify_fifo /run/all.fifo nobody : nogroup
            notify_fifo_script "/bin/reader 'a b'" nobody
            vrrp_notify_fifo /run/vrrp.fifo
            fifo_write_vrrp_states_on_reload
            vrrp_garp_interval 0
            vrrp_gna_interval 0.000001
            vrrp_startup_delay 2.5
            vrrp_delay_after_boot 30
            dynamic_interfaces allow_if_changes
            log_unknown_vrids
            json_version 2
            json_dump_file /run/x.json
            nftables tab
            nftables_priority -5
            nftables_counters
            startup_script /bin/start
            shutdown_script "/bin/stop now" root
            shutdown_script_timeout 20
            umask 022
            no_email_faults
            vmac_prefix vm
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            track_script {
                late weight -5
                chk
            }
            track_file { f weight 3 reverse }
            track_process { p }
            track_interface { eth1 weight 4 }
            virtual_ipaddress { 192.0.2.1/24 }
            use_vmac 02:00:00:00:01
            vmac_xmit_base
            promote_secondaries
            notify_priority_changes on
            skip_check_adv_addr
            garp_extra_if all 60
        }
        vrrp_instance VI_2 {
            interface eth1
            virtual_router_id 52
            virtual_ipaddress { 192.0.3.1/24 }
        }
        vrrp_sync_group G {
            group { VI_1
                VI_2 }
            track_script { chk }
            track_interface { eth2 weight 10 }
            sync_group_tracking_weight
            notify_master "/bin/m"
            notify "/bin/n" nobody nogroup
            smtp_alert
        }
        vrrp_script late { script "/bin/sh -c 'exit 0'" nobody
            interval 2
            timeout 0.5
            weight 10 reverse
            rise 2
            fall 3
            user root root
            init_fail }
        vrrp_script chk { script /bin/true }
        track_file f { file "/run/a b"
            weight 5
            init_file 7 overwrite }
        vrrp_track_process p { process nginx -g x
            param_match initial
            quorum 2
            quorum_max 9
            delay 0.5
            weight -3 }
        """

    private func parsed(_ text: String = full) -> ParsedConfiguration {
        ConfigurationParser.parse(text: text)
    }

    @Test func nothingIsComplainedOf() {
        #expect(parsed().diagnostics.isEmpty, "\(parsed().diagnostics.map { DiagnosticText.line($0) })")
    }

    @Test func trackedObjectsWhereverTheyStand() throws {
        let configuration = parsed().configuration
        let late = try #require(configuration.scripts.first)
        #expect(late.command.words == ["/bin/sh", "-c", "exit 0"])
        #expect(late.command.user == ScriptUser(user: "root", group: "root"))
        #expect(late.interval == .seconds(2) && late.timeout == .milliseconds(500))
        #expect(late.rise == 2 && late.fall == 3 && late.startsFailed)
        #expect(configuration.files.first?.path == "/run/a b")
        #expect(configuration.files.first?.initialValue == 7)
        #expect(configuration.processes.first?.words == ["nginx", "-g", "x"])
        #expect(configuration.processes.first?.comparesFullCommand == true)
        #expect(configuration.processes.first?.terminateDelay == .milliseconds(500))
    }

    @Test func trackersTakeWeightsFromTheLineElseFromTheDefinition() throws {
        let trackers = try #require(parsed().configuration.instances.first?.router.trackers)
        let words = trackers.map { "\($0.kind.rawValue) \($0.name) \($0.weight)\($0.isReversed ? " r" : "")" }
        #expect(
            words == [
                "interface eth0 0", "script late -5 r", "script chk 0", "file f 3 r", "process p -3",
                "trackedInterface eth1 4", "trackedInterface eth2 10",
            ])
    }

    @Test func groupsAndTheRest() throws {
        let configuration = parsed().configuration
        let group = try #require(configuration.groups.first)
        #expect(group.members == ["VI_1", "VI_2"])
        #expect(group.sendsMail && group.allowsMemberWeights)
        #expect(group.notify.generic?.user == ScriptUser(user: "nobody", group: "nogroup"))
        #expect(configuration.instances.last?.groupTrackerCount == 2)
        let virtual = try #require(configuration.instances.first?.virtualInterface)
        #expect(virtual.name == "vm.51")
        #expect(virtual.kind == .macvlan(MACAddress(0x0200_0000_0133)))
        #expect(configuration.interfaceDelays.map(\.up) == [.seconds(3), .seconds(2)])
        #expect(configuration.global.fifo.all?.owner == ScriptUser(user: "nobody", group: "nogroup"))
        #expect(configuration.global.fifo.all?.reader?.words == ["/bin/reader", "a b"])
        #expect(configuration.global.umask == 0o022)
        #expect(configuration.process.networkNamespace == "blue")
    }

    @Test func printingAndParsingIsTheIdentity() {
        let first = parsed().configuration
        let text = ConfigurationPrinter.print(first, showsSecrets: true)
        let second = ConfigurationParser.parse(text: text)
        #expect(second.diagnostics.isEmpty, "\(second.diagnostics.map { DiagnosticText.line($0) })")
        #expect(ConfigurationPrinter.print(second.configuration, showsSecrets: true) == text)
        #expect(second.configuration.instances.map(\.router) == first.instances.map(\.router))
    }

    @Test func scriptsWithQuotesSurvivePrinting() throws {
        for words in [["/bin/x", "it's"], ["/bin/x", "a\"b", "c\\d"], ["/bin/x", "tab\there", "#no", ""]] {
            var configuration = Configuration()
            configuration.scripts = [
                CheckScript(
                    name: "s", command: ScriptCommand(words: words),
                    location: SourceLocation(file: "", line: 1, column: 1))
            ]
            let text = ConfigurationPrinter.print(configuration)
            #expect(ConfigurationParser.parse(text: text).configuration.scripts.first?.command.words == words)
        }
    }
}
