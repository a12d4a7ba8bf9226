// The daemon: see Daemon/Batond.swift.

import Daemon
import Glibc

exit(Batond.main(Array(CommandLine.arguments.dropFirst())))
