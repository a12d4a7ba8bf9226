// The two configurations of the demonstration: a widespread tutorial's, its typo included, with the two
// lines added that make mail flow.

enum DemoConfiguration {
    static let virtualAddress = "192.168.50.88"
    static let mailServer = "192.168.50.10"
    static let mailPort = 2525

    static func text(state: String, priority: Int) -> String {
        """
        global_defs {
            notification_email {
                acassen@xxx.com
            }
            notification_email_from Alexandre.xxx(邮箱)
            router_id LVS_DEVEL
            smtp_server \(mailServer) \(mailPort)    # added: without a relay no mail is sent
            smtp_alert                       # added: without it nobody is told
        }

        vrrp_instance VI_1 {
            state \(state)
            interface eth0
            virtual_router_id 51
            priority \(priority)
            advert_int 1
            authentication {
                auto_type PASS
                auth_pass 1111
            }
            virtual_ipaddress {
                \(virtualAddress)
            }
        }

        """
    }
}
