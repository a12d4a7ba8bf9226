// What the guard tells the engine.

import Control

func fuzz(_ input: inout Input) {
    let cut = Int(input.integer(UInt16.self))
    Messages.check(input.remainder(), cutAt: cut, GuardMessage.init(decoding:), \.encoded)
}
