// Values behind keywords, in any block.

extension Explanations {
    static let values: [Explanation] = [
        Explanation(
            "missing-argument", "A keyword that needs a value has none behind it.",
            then:
                "Where the message is fatal the daemon does not start, as keepalived would not; else the line is"
                + " ignored.",
            mend: "Write the value, or remove the line."),
        Explanation(
            "not-a-number", "A number is wanted and something else, or something behind a number, is there.",
            then: "The default is used.", mend: "Digits only, without a unit; seconds may have a fraction."),
        Explanation(
            "out-of-range", "The number is smaller or larger than the keyword takes.",
            then: "The default, or what the message says, is used.", mend: "The message names the range."),
        Explanation(
            "not-a-boolean", "A Boolean is none of on, off, true, false, yes, no in small letters.",
            then: "The line is ignored.", mend: "One of these words; none at all is on."),
        Explanation(
            "unknown-value", "The keyword takes one of a few words, and this is none of them.",
            then: "The line is ignored.", mend: "The message or docs/configuration.md names the words."),
        Explanation(
            "unknown-option", "A word behind a value is no option of this line.",
            then: "It is ignored; in a route or rule the line is left out.",
            mend: "Take the suggestion, or remove the word."),
        Explanation(
            "already-specified", "The same is set twice and cannot have two values.",
            then: "The first one counts; an address line with two devices is left out.",
            mend: "Remove one of them."),
        Explanation(
            "bad-name", "A name of an interface or table that the kernel would not take.",
            then: "The default name is used.",
            mend: "At most 15 octets for an interface, without a slash; 31 for a table."),
        Explanation(
            "name-too-long", "A bfd_instance's name is longer than 31 octets.",
            then: "keepalived would refuse it; it has no effect here.", mend: "Shorten the name."),
        Explanation(
            "relative-path",
            "A path must begin with a slash here: the daemon's working directory is nobody's.",
            then: "The line is ignored.", mend: "Write the whole path."),
        Explanation(
            "bad-digest", "The digest of a web check has not 32 hexadecimal digits.",
            then: "Web checks have no effect in this release.", mend: "Make it with genhash."),
        Explanation(
            "burst-too-large", "More announcements are asked for at once than 1000.",
            then: "1000 are sent.", mend: "Five are customary, and enough."),
        Explanation(
            "no-recipient", "notification_email names nobody.",
            then: "No mail is sent.", mend: "Addresses in its block, one on each line."),
        Explanation(
            "mail-not-sent",
            "Mail is half configured: recipients without a relay or without smtp_alert, or smtp_alert without recipients.",
            then: "No mail is sent, and nothing says so at night.",
            mend: "notification_email, smtp_server and smtp_alert together; or none of them."),
        Explanation(
            "sender-no-address", "notification_email_from is no address of the form NAME@HOST in ASCII.",
            then: "It is sent as it stands; a relay may refuse each mail.",
            mend: "An address that the relay takes as a sender."),
        Explanation(
            "nftables-instead", "The file asks for iptables or ipsets.",
            then: "The same is done with nftables.",
            mend: "Nothing needs to be done; 'nftables' says it outright."),
    ]
}
