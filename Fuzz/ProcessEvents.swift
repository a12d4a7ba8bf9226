// The kernel's process connector (linux/cn_proc.h): an event is only made of a whole one.

@testable import Linux

func fuzz(_ input: inout Input) {
    let body = input.remainder()
    guard ProcessMonitor.event(body[...]) != nil else { return }
    require(body.count >= 44, "an event of \(body.count) octets was accepted")
}
