// What has no effect is printed so that it is read again as the same.

import Configuration
import Testing

@Suite struct InertPrintTests {
    @Test func aGroupKeepsWhatItTracks() {
        let text =
            InertTests.instance + "\nvrrp_sync_group G {\ngroup { VI_1 }\ntrack_bfd {\nb weight 5\n}\n}"
        let parsed = ConfigurationParser.parse(text: text)
        #expect(parsed.diagnostics.contains { $0.code == "no-bfd" && $0.severity == .error })
        let printed = ConfigurationPrinter.print(parsed.configuration)
        #expect(printed.contains("    track_bfd {\n        b weight 5\n    }\n"))
    }

    @Test func printedAgain() {
        let text = """
            global_defs {
                lvs_flush
            }
            bfd_instance b {
                min_rx 10
            }
            virtual_server_group g {
                192.0.2.1-5 80
            }
            virtual_server 192.0.2.1 80 {
                virtualhost "a b"
                snmp_name x\\#y
                quorum_up "/etc/up.sh 'a b' c\\#d" nobody
                what_is_this { x }
                real_server 192.0.2.2 80 {
                    MISC_CHECK {
                        misc_path '/bin/check\\!' # why
                    }
                }
            }
            SSL {
                password "my secret"
            }

            """ + DiagnosticTests.instance("track_bfd { b }\nvirtual_ipaddress { 192.0.2.90 }")
        let configuration = ConfigurationParser.parse(text: text).configuration
        let shown = ConfigurationPrinter.print(configuration, showsSecrets: true)
        #expect(
            shown.hasSuffix(
                """
                virtual_server_group g {
                    192.0.2.1-5 80
                }
                virtual_server 192.0.2.1 80 {
                    virtualhost "a b"
                    snmp_name "x#y"
                    quorum_up "/etc/up.sh 'a b' c\\#d" nobody
                    real_server 192.0.2.2 80 {
                        MISC_CHECK {
                            misc_path '/bin/check\\!'
                        }
                    }
                }
                SSL {
                    password "my secret"
                }

                """), "\(shown)")
        #expect(shown.contains("    lvs_flush\n}\nbfd_instance b {\n    min_rx 10\n}\n"))
        let again = ConfigurationParser.parse(text: shown).configuration
        #expect(again.inert == configuration.inert)
        #expect(again.global.inert == configuration.global.inert)
        #expect(again.instances.first?.inert == configuration.instances.first?.inert)
        #expect(ConfigurationPrinter.print(again, showsSecrets: true) == shown)
        #expect(ConfigurationPrinter.print(configuration).contains("password ********"))
        #expect(!ConfigurationPrinter.print(configuration).contains("my secret"))
    }
}
