// What the runner is asked to do: scripts, mail, pipes, watches.

import Control

func fuzz(_ input: inout Input) {
    let cut = Int(input.integer(UInt16.self))
    Messages.check(input.remainder(), cutAt: cut, RunnerMessage.init(decoding:), \.encoded)
}
