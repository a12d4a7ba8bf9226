// All rules together.

import Configuration

extension World {
    var routerCount: Int { hosts.map(\.configuration.instances.count).max() ?? 0 }

    /// Lets every checker look on from now on.
    package func judge() {
        checkers = [
            SingleMaster(self), Served(self), PriorityWins(self), AdvertisementRate(self),
            GroupsMoveAsOne(self),
            LeaseBound(self), AddressNeedsMaster(self), ClientIsAnswered(self),
            NotificationsTellTheTruth(self), PriorityIsItsLedger(self),
        ]
    }
}
