// What the runner's watches found.

import Control

func fuzz(_ input: inout Input) {
    let cut = Int(input.integer(UInt16.self))
    Messages.check(input.remainder(), cutAt: cut, WatchResult.init(decoding:), \.encoded)
}
