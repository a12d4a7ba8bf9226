// Definitions, conditions, repetitions and includes: what becomes of a text before it is understood.

import Configuration
import Election
import Testing
import Wire

@Suite struct LanguageTests {
    private static let router = "interface eth0\nvirtual_router_id 7\n"

    private static func parse(
        _ text: String, id: String = "main", files: [String: String] = [:]
    ) -> ParsedConfiguration {
        var options = SourceOptions()
        options.configID = id
        options.environment = { $0 == "SITE" ? "north" : nil }
        options.random = { $0.upperBound }
        let all = files.merging(["/etc/k.conf": text]) { $1 }
        let source = SourceFiles(
            read: { (path) throws(SourceFailure) in
                guard let text = all[path] else { throw SourceFailure(reason: "No such file") }
                return Array(text.utf8)
            },
            matches: { pattern in
                let parts = pattern.split(separator: "*", maxSplits: 1, omittingEmptySubsequences: false)
                guard parts.count == 2 else { return all[pattern] == nil ? [] : [pattern] }
                return all.keys.filter { $0.hasPrefix(parts[0]) && $0.hasSuffix(parts[1]) }.sorted()
            })
        return ConfigurationParser.parse(path: "/etc/k.conf", files: source, options: options)
    }

    /// The router_id that a text comes to: one word that shows what was put in.
    private static func word(_ text: String, id: String = "main") -> String? {
        parse(text + "\n", id: id).configuration.global.routerID
    }

    @Test(arguments: [
        ("$A=x\nglobal_defs {\nrouter_id $A\n}", "x"),
        ("$A=x\nglobal_defs {\nrouter_id ${A}y\n}", "xy"),
        ("$A = x\nglobal_defs {\nrouter_id \"a ${A}\"\n}", "a x"),
        ("$A=x  # said why\nglobal_defs {\nrouter_id $A\n}", "x"),
        // Put in at the time of use; later definitions override.
        ("$A=1\n$B=b${A}\n$A=2\nglobal_defs {\nrouter_id $B\n}", "b2"),
        ("global_defs {\nrouter_id ${NOBODY}\n}", "${NOBODY}"),
        ("global_defs {\nrouter_id a$NOBODY\n}", "a$NOBODY"),
        ("global_defs {\nrouter_id ${_INSTANCE}\n}", "main"),
        ("global_defs {\nrouter_id ${_PWD}\n}", "/etc"),
        ("global_defs {\nrouter_id ${_ENV SITE}\n}", "north"),
        ("global_defs {\nrouter_id r${_RANDOM 3 9}\n}", "r9"),
        ("global_defs {\nrouter_id r${_RANDOM}\n}", "r32767"),
        ("global_defs {\nrouter_id a${_HASH}b${_BANG}\n}", "a#b!"),
        ("global_defs {\nrouter_id a\\#b\\!\n}", "a#b!"),
        ("global_defs {\nrouter_id \"a#b\" # c\n}", "a#b"),
        ("@main $A=x\n@^main $A=y\nglobal_defs {\nrouter_id $A\n}", "x"),
        ("$ONLY=@main\nglobal_defs {\n$ONLY router_id z\n}", "z"),
        ("global_defs {\n@other router_id no\n@^other router_id yes\n}", "yes"),
    ]) func words(_ text: String, _ expected: String) {
        #expect(Self.word(text) == expected)
    }

    @Test func definitionsOfSeveralLines() {
        let text = """
            $INSTANCE= \\
            vrrp_instance VI_${NUM} { \\
                interface eth0 \\
                # a comment in between \\
                virtual_router_id ${NUM} \\
                @main priority 130 \\
                @other priority 120 \\
                virtual_ipaddress { \\
                    $VIPS \\
                } \\
            }
            $VIPS= \\
                10.0.${NUM}.1/24 \\
                10.0.${NUM}.2/24
            $NUM=4
            $INSTANCE
            $NUM=5
            $INSTANCE
            """
        let parsed = Self.parse(text)
        let instances = parsed.configuration.instances
        #expect(parsed.diagnostics.isEmpty, "\(parsed.diagnostics)")
        #expect(instances.map(\.name) == ["VI_4", "VI_5"])
        #expect(instances.map(\.router.basePriority) == [130, 130])
        #expect(instances.last?.addresses.map(\.address.description) == ["10.0.5.1", "10.0.5.2"])
    }

    /// Where a definition of several lines ends: as in keepalived 2.2.
    @Test(arguments: [
        // It begins behind the name.
        ("$V=10.0.0.7 \\\n10.0.0.8", ["10.0.0.7", "10.0.0.8"]),
        ("$V= # c \\\n10.0.0.7", ["10.0.0.7"]),
        // A line that is blank ends it, also one that goes on.
        ("$V= \\\n10.0.0.7 \\\n10.0.0.8 \\\n", ["10.0.0.7", "10.0.0.8"]),
        ("$V= \\\n10.0.0.7 \\\n  \nfoo", ["10.0.0.7"]),
        ("$V= \\\n10.0.0.7 \\\n# c\nfoo", ["10.0.0.7"]),
        // A backslash counts before a comment and at its end.
        ("$V= \\\n10.0.0.7 \\ # c\n10.0.0.8", ["10.0.0.7", "10.0.0.8"]),
        ("$V= \\\n10.0.0.7 # c \\\n10.0.0.8", ["10.0.0.7", "10.0.0.8"]),
        ("$V= \\\n10.0.0.7 \\\n# c \\\n10.0.0.8", ["10.0.0.7", "10.0.0.8"]),
    ]) func endsOfDefinitions(_ definition: String, _ expected: [String]) {
        let parsed = Self.parse(
            definition + "\nvrrp_instance A {\n\(Self.router)virtual_ipaddress {\n$V\n}\n}")
        #expect(parsed.configuration.instances.map(\.name) == ["A"])
        #expect(parsed.configuration.instances.first?.addresses.map(\.address.description) == expected)
    }

    /// A definition of one line within one of several is not taken for one that goes on.
    @Test func aDefinitionWithinADefinition() {
        let parsed = Self.parse("$D= \\\n$N=7 \\\n$M=8\n$D\nglobal_defs {\nrouter_id ${N}${M}\n}")
        #expect(parsed.configuration.global.routerID == "78")
    }

    /// keepalived begins a line behind each brace.
    @Test(arguments: [
        ("vrrp_instance A { include x.inc\n}", 77), ("vrrp_instance A { $P=66\npriority $P\n}", 66),
        ("vrrp_instance A { @main priority 44\n@other priority 45\n}", 44),
        ("$W= \\\npriority 33\nvrrp_instance A { $W\n}", 33),
        ("vrrp_instance A { track_interface { } include x.inc\n}", 77),
        // Not in quotes, and not in a word.
        ("vrrp_instance A {\nnotify \"/x { include x.inc\"\n}", 100),
    ]) func behindBraces(_ text: String, _ priority: UInt8) {
        let router = Self.router + "virtual_ipaddress { 10.0.0.1 }\n"
        let parsed = Self.parse(
            String(text.dropLast()) + router + "}", files: ["/etc/x.inc": "priority 77\n"])
        #expect(parsed.configuration.instances.first?.router.basePriority == priority)
    }

    @Test(arguments: [
        ("~SEQ(N, 0, 3) 10.0.${N}.1", ["10.0.0.1", "10.0.1.1", "10.0.2.1", "10.0.3.1"]),
        ("~SEQ(N, 3) 10.0.0.${N}", ["10.0.0.1", "10.0.0.2", "10.0.0.3"]),
        ("~SEQ(N, 3, 1) 10.0.0.$N", ["10.0.0.3", "10.0.0.2", "10.0.0.1"]),
        ("~SEQ(N, 0, 4, 9) 10.0.0.$N", ["10.0.0.0", "10.0.0.4", "10.0.0.8"]),
        ("~SEQx(N, 0x90, 0x10, 0xb0) fe80::${N}:1", ["fe80::90:1", "fe80::a0:1", "fe80::b0:1"]),
        ("~SEQ(A,1,2) ~SEQ(B,8,9) 10.0.${A}.${B}", ["10.0.1.8", "10.0.1.9", "10.0.2.8", "10.0.2.9"]),
        ("~LST(N, 4, 9) 10.0.0.$N", ["10.0.0.4", "10.0.0.9"]),
        (
            "~LST({A, B}, {10,1},{20,4}) ~SEQ(C,2) 10.${A}.${B}.${C}",
            ["10.10.1.1", "10.10.1.2", "10.20.4.1", "10.20.4.2"]
        ),
    ]) func repetitions(_ line: String, _ expected: [String]) {
        let parsed = Self.parse("vrrp_instance A {\n\(Self.router)virtual_ipaddress {\n\(line)\n}\n}")
        #expect(parsed.diagnostics.isEmpty, "\(parsed.diagnostics)")
        #expect(parsed.configuration.instances[0].addresses.map(\.address.description) == expected)
    }

    @Test func includesInTheirOrder() {
        let parsed = Self.parse(
            "include conf.d/*.conf\ninclude /var/{a,b}.inc\n",
            files: [
                "/etc/conf.d/2.conf": "vrrp_instance C {\n\(Self.router)include deep\n}\n",
                "/etc/conf.d/1.conf": "global_defs {\nrouter_id ${_PWD}\n}\n",
                "/etc/conf.d/deep": "virtual_ipaddress {\n10.0.0.1\n}\nfrobnicate 1",
                "/var/a.inc": "$X=1", "/var/b.inc": "",
            ])
        #expect(parsed.configuration.global.routerID == "/etc/conf.d")
        #expect(parsed.configuration.instances.map(\.name) == ["C"])
        #expect(parsed.configuration.instances.first?.addresses.count == 1)
        #expect(parsed.diagnostics.map(\.code) == ["unknown-keyword"])
        #expect(parsed.diagnostics.first?.location?.description == "/etc/conf.d/deep:4:1")
        #expect(parsed.sources.count == 6)
    }

    @Test(arguments: [
        ("include nothing.conf", Diagnostic.Severity.warning), ("includem nothing.conf", .error),
        ("include none*.conf", nil), ("includew none*.conf", .error), ("includem none*.conf", nil),
        ("includeb a{x,y}.conf", .error), ("include_check\ninclude nothing.conf", .error),
        ("include_check +match -match\ninclude none*.conf", nil), ("include", .error),
        ("include /etc/k.conf", .error),
    ]) func missingIncludes(_ text: String, _ severity: Diagnostic.Severity?) {
        let found = Self.parse("global_defs {\n\(text)\n}\n").diagnostics
            .filter { $0.code.hasPrefix("include") || $0.code == "missing-argument" }
        #expect(found.map(\.severity).max() == severity, "\(found)")
    }

    @Test(arguments: [
        "$A=$A x\nrouter_id $A", "$A=$B\n$B=$A\nx $A", "$A= \\\n$A \\\n$A\n$A",
        "~SEQ(A,1,1000000) ~SEQ(B,1,1000000) x", "~SEQ(A,1,0,5) x", "~SEQ(A", "~LST(A)", "~LST(A, b c) x",
        "~SEQ(A,9999999999999999999) x", "~SEQ(A,-9223372036854775808,5) x", "@ x", "$= 4", "$A=\\",
        (0..<40).map { "$A\($0)=${A\($0 + 1)}${A\($0 + 1)}" }.joined(separator: "\n") + "\nx ${A0}",
        (0..<30).map { "$A\($0)= \\\n$A\($0 + 1) \\\n$A\($0 + 1)" }.joined(separator: "\n") + "\n$A30=y\n$A0",
        String(repeating: "$A=xxxxxxxxxx${A}\n", count: 50) + "y $A",
    ]) func nothingGrowsWithoutBounds(_ text: String) {
        let time = ContinuousClock().measure { _ = Self.parse(text) }
        #expect(time < .seconds(10), "\(time)")
    }

    @Test func aLoopIsSaid() {
        let codes = Self.parse("$A=${A}x\nglobal_defs {\nrouter_id $A\n}").diagnostics.map(\.code)
        #expect(codes.contains("definition-loop"))
    }

    @Test func whatIsOnlyDeepIsNoLoop() {
        let chain = (0..<40).map { "$A\($0)=${A\($0 + 1)}\n" }.joined()
        let found = Self.parse(chain + "$A40=x\nglobal_defs {\nrouter_id ${A0}\n}").diagnostics
        #expect(found.contains { $0.code == "definition-loop" && $0.message.contains("32 definitions deep") })
        #expect(!found.contains { $0.message.contains("by itself") })
    }

    /// A loop in the head of a repetition is an error of its line, and does not stop what follows.
    @Test func aLoopInARepetition() {
        let parsed = Self.parse("$A=${A}\n~SEQ(N,1,${A}) x\n~SEQ(N,1,2) y\n")
        #expect(parsed.diagnostics.map(\.code).filter { $0 == "definition-loop" }.count == 1)
        #expect(!parsed.isFatal)
    }

    /// A diagnostic stands where the text stands, also behind definitions and in wide characters.
    @Test func placesAreThoseOfTheSource() {
        let parsed = Self.parse("$WORD=value\nglobal_defs {\n  \"é\" $WORD\n  frob ${WORD} tail\n}\n")
        let places = parsed.diagnostics.filter { $0.code == "unknown-keyword" }.compactMap(\.location)
        #expect(places.map { "\($0.line):\($0.column)" } == ["3:3", "4:3"])
        let extra = Self.parse("$N=1 2\nvrrp_instance A {\n  priority $N\n}\n")
        let second = extra.diagnostics.first { $0.code == "extra-argument" }?.location
        #expect(second.map { "\($0.line):\($0.column)" } == "3:12")
    }

    @Test func linesThatCannotBeRead() {
        let long = "router_id a" + String(repeating: "b", count: 1100)
        #expect(Self.parse("global_defs {\n\(long)\n}").diagnostics.map(\.code).contains("line-too-long"))
        // Other octets than UTF-8 are said, but not in comments.
        let latin = Array("global_defs {\n# \u{e9}\nrouter_id a\u{e9}\n}".unicodeScalars).map {
            UInt8($0.value)
        }
        let found = ConfigurationParser.parse(octets: latin, name: "k").diagnostics.filter {
            $0.code == "not-utf8"
        }
        #expect(found.map { $0.location?.description } == ["k:3:12"])
        let endless = String(repeating: "x", count: 100_000)
        #expect(Self.parse(endless).diagnostics.map(\.code).contains("line-too-long"))
        #expect(Self.parse("global_defs {\nrouter_id a\0b\n}").configuration.global.routerID == nil)
        #expect(Self.parse("global_defs {\r\nrouter_id dos\r\n}\r\n").configuration.global.routerID == "dos")
    }
}
