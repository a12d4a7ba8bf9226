// The comparison of two stories: what must be the same, what may differ, and that it is noticed.

import Lab
import Simulation
import Testing

@Suite struct StoryTests {
    private static let simulation = [
        "0.000  -  start a", "0.000  -  start b", "0.041  a  V1 BACKUP", "0.047  b  V1 BACKUP",
        "3.455  a  address 192.168.50.88 added", "3.455  a  V1 MASTER", "6.000  -  kill -9 a",
        "8.775  a  lease of 192.168.50.88 ends", "9.064  b  address 192.168.50.88 added",
        "9.064  b  V1 MASTER", "9.064  -  expect b master within 3.7s: yes, after 3.064s",
    ]

    private func differences(_ lab: [String]) -> [String] {
        StoryComparison(simulation: Story(Self.simulation), lab: Story(lab)).differences
    }

    private func changed(_ line: String, to other: String?) -> [String] {
        Self.simulation.flatMap { $0 == line ? [other].compactMap { $0 } : [$0] }
    }

    @Test func aStoryIsItself() { #expect(differences(Self.simulation) == []) }

    /// Acts and expectations that come later by more than the tolerance take all that follows along.
    @Test func timesCountFromTheLastAct() {
        let lab = [
            "0.000  -  start a", "0.030  -  start b", "0.080  a  V1 BACKUP", "0.090  b  V1 BACKUP",
            "3.500  a  V1 MASTER", "3.501  a  address 192.168.50.88 added", "6.900  -  kill -9 a",
            "9.300  a  address 192.168.50.88 removed", "9.900  b  V1 MASTER",
            "9.901  b  address 192.168.50.88 added",
            "9.910  -  expect b master within 3.7s: yes, after 3.010s",
        ]
        #expect(differences(lab) == [])
    }

    @Test func aChangeThatIsMissing() {
        #expect(
            differences(changed("3.455  a  V1 MASTER", to: nil)) == [
                "a V1: BACKUP 0.041, MASTER 3.455; in the lab BACKUP 0.041"
            ])
    }

    @Test func aChangeThatIsTooMuch() {
        #expect(
            differences(Self.simulation + ["5.000  b  V1 FAULT"]).first?.hasPrefix(
                "b V1: BACKUP 0.047, MASTER 9.064; in the lab BACKUP 0.047, MASTER 9.064, FAULT 5.000")
                == true)
    }

    @Test func aStrangerInTheStory() {
        #expect(
            differences(Self.simulation + ["5.000  c  V1 FAULT"]) == ["c V1: ; in the lab FAULT 5.000"])
    }

    @Test(arguments: [("3.705", true), ("3.706", false), ("3.205", true), ("3.204", false)])
    func aChangeThatIsLateOrEarly(time: String, isSame: Bool) {
        let found = differences(changed("3.455  a  V1 MASTER", to: "\(time)  a  V1 MASTER"))
        #expect(
            found == (isSame ? [] : ["a V1 MASTER: 3.455, in the lab \(time) (\(time))"]))
    }

    @Test(arguments: [("9.375", true), ("9.376", false)])
    func anEndOfALeaseMayBeLater(time: String, isSame: Bool) {
        let line = "\(time)  a  address 192.168.50.88 removed"
        var lab = changed("8.775  a  lease of 192.168.50.88 ends", to: nil)
        lab.insert(line, at: 7)
        #expect(differences(lab).isEmpty == isSame)
    }

    @Test func anotherState() {
        #expect(
            differences(changed("3.455  a  V1 MASTER", to: "3.455  a  V1 FAULT")) == [
                "a V1: BACKUP 0.041, MASTER 3.455; in the lab BACKUP 0.041, FAULT 3.455"
            ])
    }

    /// Each is within the tolerance, but they have changed places.
    @Test func anotherOrder() {
        let simulation = ["0.000  -  start a", "1.000  a  V1 BACKUP", "1.400  b  V1 BACKUP"]
        let lab = ["0.000  -  start a", "1.200  b  V1 BACKUP", "1.220  a  V1 BACKUP"]
        let found = StoryComparison(simulation: Story(simulation), lab: Story(lab)).differences
        #expect(found == ["in the lab b V1 BACKUP comes before a V1 BACKUP"])
    }

    @Test func anExpectationThatDoesNotHold() {
        let line = "9.064  -  expect b master within 3.7s: yes, after 3.064s"
        #expect(
            differences(changed(line, to: "9.064  -  expect b master within 3.7s: NO")) == [
                "9.064: 'expect b master within 3.7s: yes', in the lab 'expect b master within 3.7s: NO'"
            ])
    }

    /// The story has ended when the last line is written; what is done at that moment need not be in both.
    @Test func whatHappensAtTheEnd() {
        #expect(differences(Self.simulation + ["9.065  a  V1 INIT"]) == [])
        #expect(differences(changed("9.064  b  V1 MASTER", to: nil)) == [])
    }

    @Test func onlySomeSayThatTheyStop() {
        let simulation = Self.simulation + ["12.000  -  stop b", "12.000  b  V1 INIT", "13.000  -  stop a"]
        let lab = Story(simulation.filter { !$0.hasSuffix("INIT") })
        #expect(
            StoryComparison(simulation: Story(simulation), lab: lab, silent: ["b"]).differences == [])
        #expect(StoryComparison(simulation: Story(simulation), lab: lab).differences.count == 1)
    }
}
