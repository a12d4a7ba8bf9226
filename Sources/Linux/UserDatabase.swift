// Users and groups by name or number.

import CLinux
import Glibc

/// Looks users up in the system's database. May block (name services): not for the engine.
package enum UserDatabase {
    /// Nil: there is no such user, or no such group. The supplementary groups are left empty, as
    /// keepalived runs scripts.
    package static func lookUp(user: String, group: String?) -> Credentials? {
        guard var credentials = lookUp(user: user) else { return nil }
        if let group {
            guard let gid = lookUp(group: group) else { return nil }
            credentials.gid = gid
        }
        return credentials
    }

    private static func lookUp(user: String) -> Credentials? {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16384)
        if let uid = UInt32(user) {
            getpwuid_r(uid, &entry, &buffer, buffer.count, &found)
            return Credentials(uid: uid, gid: found?.pointee.pw_gid ?? uid)
        }
        getpwnam_r(user, &entry, &buffer, buffer.count, &found)
        return found.map { Credentials(uid: $0.pointee.pw_uid, gid: $0.pointee.pw_gid) }
    }

    private static func lookUp(group name: String) -> UInt32? {
        if let gid = UInt32(name) { return gid }
        var entry = group()
        var found: UnsafeMutablePointer<group>?
        var buffer = [CChar](repeating: 0, count: 16384)
        getgrnam_r(name, &entry, &buffer, buffer.count, &found)
        return found?.pointee.gr_gid
    }

    /// The name of the user that this process runs as, or its number.
    package static var ownName: String {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16384)
        getpwuid_r(geteuid(), &entry, &buffer, buffer.count, &found)
        guard let name = found?.pointee.pw_name else { return String(geteuid()) }
        return String(cString: name)
    }
}
