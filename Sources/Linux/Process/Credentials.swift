// Whose rights a child process has, and the look-up of users and groups by name or number.
// The look-up may block (NSS modules); it is never called by the engine after its start.

import Glibc

/// The user and groups of a process.
package struct Credentials: Hashable, Sendable {
    package var uid: UInt32
    package var gid: UInt32
    package var supplementaryGroups: [UInt32]

    package init(uid: UInt32, gid: UInt32, supplementaryGroups: [UInt32] = []) {
        self.uid = uid
        self.gid = gid
        self.supplementaryGroups = supplementaryGroups
    }

    /// Those of the calling process.
    package static var current: Credentials {
        var groups = [gid_t](repeating: 0, count: max(0, Int(getgroups(0, nil))))
        let count = getgroups(Int32(groups.count), &groups)
        return Credentials(
            uid: geteuid(), gid: getegid(), supplementaryGroups: Array(groups.prefix(max(0, Int(count)))))
    }
}

/// Why a user or group cannot be used.
package enum UserDatabaseError: Error, Hashable, Sendable, CustomStringConvertible {
    case unknownUser(String)
    case unknownGroup(String)

    package var description: String {
        switch self {
        case .unknownUser(let name): "unknown user '\(name)'"
        case .unknownGroup(let name): "unknown group '\(name)'"
        }
    }
}

/// The system's users and groups.
package enum UserDatabase {
    /// The credentials of `user` (name or number), with `group` (name or number) instead of the user's
    /// own group if given. The user's supplementary groups are included. A number need not have an entry
    /// unless its group is needed from there.
    package static func lookUp(user: String, group: String? = nil) throws(UserDatabaseError) -> Credentials {
        let chosenGroup: UInt32?
        if let group {
            guard let number = groupNumber(group) else { throw .unknownGroup(group) }
            chosenGroup = number
        } else {
            chosenGroup = nil
        }
        if let entry = entry(of: user) {
            let gid = chosenGroup ?? entry.gid
            return Credentials(
                uid: entry.uid, gid: gid, supplementaryGroups: groups(of: entry.name, and: gid))
        }
        guard let uid = UInt32(user), uid != .max, let gid = chosenGroup else { throw .unknownUser(user) }
        return Credentials(uid: uid, gid: gid, supplementaryGroups: [gid])
    }

    /// The name of a user number, if it has one.
    package static func name(ofUser uid: UInt32) -> String? { entry(of: String(uid))?.name }

    private struct Entry {
        let name: String
        let uid: UInt32
        let gid: UInt32
    }

    private static func entry(of user: String) -> Entry? {
        withGrowingBuffer { buffer, size in
            var record = passwd()
            var found: UnsafeMutablePointer<passwd>?
            var status = getpwnam_r(user, &record, buffer, size, &found)
            if status == 0, found == nil, let uid = UInt32(user), uid != .max {
                status = getpwuid_r(uid, &record, buffer, size, &found)
            }
            guard found != nil, let name = record.pw_name else { return (status, nil) }
            return (0, Entry(name: String(cString: name), uid: record.pw_uid, gid: record.pw_gid))
        }
    }

    private static func groupNumber(_ name: String) -> UInt32? {
        let named: UInt32? = withGrowingBuffer { buffer, size in
            var record = group()
            var found: UnsafeMutablePointer<group>?
            let status = getgrnam_r(name, &record, buffer, size, &found)
            return (status, found == nil ? nil : record.gr_gid)
        }
        if let named { return named }
        guard let number = UInt32(name), number != .max else { return nil }
        return number
    }

    private static func groups(of user: String, and gid: UInt32) -> [UInt32] {
        var list = [gid_t](repeating: 0, count: 64)
        var count = Int32(list.count)
        if getgrouplist(user, gid, &list, &count) < 0 {
            list = [gid_t](repeating: 0, count: Int(max(count, 1)))
            count = Int32(list.count)
            guard getgrouplist(user, gid, &list, &count) >= 0 else { return [gid] }
        }
        return Array(list.prefix(Int(count)))
    }

    /// Calls `body` with larger and larger buffers (to 1 MiB) while it answers ERANGE.
    private static func withGrowingBuffer<Value>(
        _ body: (_ buffer: UnsafeMutablePointer<CChar>, _ size: Int) -> (status: Int32, value: Value?)
    ) -> Value? {
        var size = 1024
        while size <= 1 << 20 {
            let answer = withUnsafeTemporaryAllocation(of: CChar.self, capacity: size) { buffer in
                guard let base = buffer.baseAddress else { return (status: ENOMEM, value: Value?.none) }
                return body(base, size)
            }
            if answer.status != ERANGE { return answer.value }
            size *= 4
        }
        return nil
    }
}
