// Checks, and what their weights can do.

extension Explanations {
    static let tracking: [Explanation] = [
        Explanation(
            "not-defined",
            "A name refers to a script, file, process or instance that the file does not have.",
            then: "The line is ignored: what it should watch is not watched.",
            mend: "Define it, or take the suggestion; blocks may stand in any order."),
        Explanation(
            "no-script", "A vrrp_script has no script.",
            then: "It is not used, nor is what tracks it.", mend: "script with a path and arguments."),
        Explanation(
            "no-file", "A track_file names no file.", then: "It is not used.", mend: "file with a path."),
        Explanation(
            "no-process", "A vrrp_track_process names no process.", then: "It is not used.",
            mend: "process with a name."),
        Explanation(
            "duplicate-tracker", "The same thing is tracked twice in an instance.",
            then: "The line that the message names counts.", mend: "Remove one of them."),
        Explanation(
            "own-interface", "track_interface names the instance's own interface.",
            then: "It is tracked in any case, with weight 0; the line is not used.",
            mend: "Remove the line; dont_track_primary switches tracking off."),
        Explanation(
            "weight-of-owner", "Checks with weights on a priority of 255.",
            then: "An owner's priority never changes; these checks are not used.",
            mend: "A priority below 255, or a weight of 0, which is a fault."),
        Explanation(
            "weight-with-nopreempt", "Weights on an instance with nopreempt.",
            then:
                "The priority changes, but a backup with nopreempt never displaces a running master, be it ever so"
                + " bad.",
            mend: "A weight of 0: the failed host leaves, and the other one takes over."),
        Explanation(
            "weight-in-group", "Weights on a member of a sync group.",
            then: "They are not used: members whose priorities part could not be master together.",
            mend: "Track it in the vrrp_sync_group, or set sync_group_tracking_weight and know why."),
    ]
}
