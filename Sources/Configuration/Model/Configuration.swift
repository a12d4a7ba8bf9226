// The typed model: what a keepalived.conf says, after defaults and inheritance from global_defs.
// Values only; nothing here knows files, the kernel or the running state.

import Election
import Wire

/// A whole configuration.
package struct Configuration: Sendable, Equatable {
    package var global = GlobalDefinitions()
    /// In the order of the file.
    package var instances: [InstanceConfiguration] = []
    package var groups: [SyncGroupConfiguration] = []
    package var scripts: [CheckScript] = []
    package var files: [TrackedFile] = []
    package var processes: [TrackedProcess] = []
    /// `garp_group`
    package var announcementGroups: [AnnouncementGroup] = []
    /// `interface_up_down_delays`, in the order of the file.
    package var interfaceDelays: [InterfaceDelay] = []
    package var process = ProcessIdentity()
    package var permanent = PermanentEntries()
    package var trackGroups: [TrackGroup] = []
    /// Statements at the root that have no effect in this release.
    package var inert: [InertStatement] = []
    /// Every interface that must exist, in no order.
    package var interfaceUses: [InterfaceUse] = []

    package init() {}
}
