// What libFuzzer calls: hands the octets to the `fuzz` of the one file beside which this one is built. Run by
// scripts/fuzz, never part of the package.

import Glibc

/// libFuzzer's entry point; `start` MUST be readable for `count` octets.
@c(LLVMFuzzerTestOneInput)
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var input = Input(Array(UnsafeBufferPointer(start: start, count: count)))
    fuzz(&input)
    return 0
}

/// Ends the run as a finding unless `condition` holds.
func require(_ condition: Bool, _ property: @autoclosure () -> String) {
    guard !condition else { return }
    let text = Array("broken property: \(property())\n".utf8)
    _ = write(STDERR_FILENO, text, text.count)
    abort()
}
