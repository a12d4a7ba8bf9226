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
        let named = entry { getpwnam_r(user, $0, $1, $2, $3) }
        if let named { return named.credentials }
        // The highest number means "leave it as it is" to the kernel.
        guard let uid = UInt32(user), uid != .max else { return nil }
        return entry { getpwuid_r(uid, $0, $1, $2, $3) }?.credentials ?? Credentials(uid: uid, gid: uid)
    }

    private static func lookUp(group name: String) -> UInt32? {
        let gid: gid_t? = withGrowingBuffer { buffer, size in
            var entry = group()
            var found: UnsafeMutablePointer<group>?
            let status = getgrnam_r(name, &entry, buffer, size, &found)
            return (status, found?.pointee.gr_gid)
        }
        if let gid { return gid }
        guard let number = UInt32(name), number != .max else { return nil }
        return number
    }

    /// The name of the user that this process runs as, or its number.
    package static var ownName: String {
        let uid = geteuid()
        return entry { getpwuid_r(uid, $0, $1, $2, $3) }?.name ?? String(uid)
    }

    private struct Entry {
        let name: String
        let credentials: Credentials
    }

    private typealias Found = UnsafeMutablePointer<UnsafeMutablePointer<passwd>?>

    private static func entry(
        _ look: (UnsafeMutablePointer<passwd>, UnsafeMutablePointer<CChar>, Int, Found) -> Int32
    ) -> Entry? {
        withGrowingBuffer { buffer, size in
            var record = passwd()
            var found: UnsafeMutablePointer<passwd>?
            let status = look(&record, buffer, size, &found)
            guard found != nil, let name = record.pw_name else { return (status, nil) }
            let credentials = Credentials(uid: record.pw_uid, gid: record.pw_gid)
            return (0, Entry(name: String(cString: name), credentials: credentials))
        }
    }

    /// Calls `body` with larger and larger buffers, up to 1 MiB, while it answers ERANGE: a group's entry holds
    /// all its members.
    private static func withGrowingBuffer<Value>(
        _ body: (_ buffer: UnsafeMutablePointer<CChar>, _ size: Int) -> (status: Int32, value: Value?)
    ) -> Value? {
        var size = 4096
        while size <= 1 << 20 {
            var buffer = [CChar](repeating: 0, count: size)
            let answer = buffer.withUnsafeMutableBufferPointer { bytes -> (status: Int32, value: Value?) in
                guard let start = bytes.baseAddress else { return (ENOMEM, nil) }
                return body(start, size)
            }
            if answer.status != ERANGE { return answer.value }
            size *= 4
        }
        return nil
    }
}
