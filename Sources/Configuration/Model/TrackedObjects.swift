// What instances and groups may track: check scripts, files and processes, each defined once at the root.

import Election

/// `vrrp_script`: a program that is run again and again; exit status 0 is a success.
package struct CheckScript: Sendable, Equatable {
    package var name: String
    package var command: ScriptCommand
    /// At least 1 ms.
    package var interval: Duration = .seconds(1)
    /// A run that takes longer has failed; nil: the interval.
    package var timeout: Duration?
    /// -253...253, used where an instance names no weight of its own.
    package var weight = 0
    package var isReversed = false
    /// Successes and failures in a row that change the verdict, at least 1.
    package var rise = 1
    package var fall = 1
    /// `init_fail`: failed until the first success.
    package var startsFailed = false
    package var location: SourceLocation

    package init(name: String, command: ScriptCommand, location: SourceLocation) {
        self.name = name
        self.command = command
        self.location = location
    }
}

/// `track_file`: a number in a file; it is multiplied by the weight and added to the priority.
package struct TrackedFile: Sendable, Equatable {
    package var name: String
    package var path: String
    /// -254...254.
    package var weight = 1
    package var isReversed = false
    /// `init_file`: what is written at start.
    package var initialValue: Int32?
    /// Also if the file is there already.
    package var overwrites = false
    package var location: SourceLocation

    package init(name: String, path: String, location: SourceLocation) {
        self.name = name
        self.path = path
        self.location = location
    }
}

/// `vrrp_track_process`: processes of a name.
package struct TrackedProcess: Sendable, Equatable {
    /// `param_match`: how parameters are compared.
    package enum ParameterMatch: String, Sendable, Equatable {
        case ignored, exact, partial, initial
    }
    package var name: String
    /// The process, then parameters.
    package var words: [String]
    package var parameterMatch: ParameterMatch = .ignored
    package var comparesFullCommand = false
    /// -254...254.
    package var weight = 0
    package var isReversed = false
    /// 1...65535.
    package var quorum = 1
    /// Nil: no limit.
    package var quorumMaximum: Int?
    package var forkDelay: Duration = .zero
    package var terminateDelay: Duration = .zero
    package var location: SourceLocation

    package init(name: String, words: [String], location: SourceLocation) {
        self.name = name
        self.words = words
        self.location = location
    }
}

/// `vrrp_sync_group`: instances that share one state.
package struct SyncGroupConfiguration: Sendable, Equatable {
    package var name: String
    /// Names of instances, in the order of the file; each is there.
    package var members: [String] = []
    /// What all members track.
    package var trackers: [TrackerSettings] = []
    package var notify = NotifyScripts()
    package var sendsMail = false
    /// `notify_priority_changes`
    package var reportsPriorityChanges = false
    /// `sync_group_tracking_weight`: members may have trackers with weights of their own.
    package var allowsMemberWeights = false
    /// Statements that have no effect in this release.
    package var inert: [InertStatement] = []
    package var location: SourceLocation

    package init(name: String, location: SourceLocation) {
        self.name = name
        self.location = location
    }
}
