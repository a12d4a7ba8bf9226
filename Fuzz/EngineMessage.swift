// What the engine tells the guard, last wills among it.

import Control

func fuzz(_ input: inout Input) {
    let cut = Int(input.integer(UInt16.self))
    Messages.check(input.remainder(), cutAt: cut, EngineMessage.init(decoding:), \.encoded)
}
