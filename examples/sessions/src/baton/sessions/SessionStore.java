// Where sessions live between two requests: octets by id, each for a time.

package baton.sessions;

import java.nio.ByteBuffer;

/**
 * A store outside of Tomcat. A method returns when the store has answered, and throws when it has not.
 *
 * <p>Octets begin with a version, eight octets with the highest first: of two copies of a session the larger is newer.
 */
interface SessionStore extends AutoCloseable {
    /** A session's octets; null only if the store says for certain that there is no such session. */
    byte[] read(String id) throws StoreException;

    /** Keeps a session that is new. Seconds: how long from now. */
    void create(String id, byte[] octets, int seconds) throws StoreException;

    /** Keeps a session that was read before. One that was removed meanwhile stays removed: somebody has logged out. */
    void update(String id, byte[] octets, int seconds) throws StoreException;

    /** A session that was read and not changed lives this long from now. */
    void renew(String id, byte[] octets, int seconds) throws StoreException;

    /** `version` is newer than what is removed, `seconds` what it had left at most. */
    void remove(String id, long version, int seconds) throws StoreException;

    @Override
    void close();

    /** The version that a session's octets begin with. */
    static long version(byte[] octets) {
        return ByteBuffer.wrap(octets).getLong();
    }
}
