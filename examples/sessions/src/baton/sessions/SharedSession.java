package baton.sessions;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.TreeMap;
import org.apache.catalina.Manager;
import org.apache.catalina.session.StandardSession;

/** A session while requests have it in hand. */
final class SharedSession extends StandardSession {
    private static final long serialVersionUID = 1L;

    /** Requests of this Tomcat that have it in hand. Guarded by the manager's lock for its id. */
    transient int users;
    /** Of what the store has; 0 before it was ever stored. */
    transient long version;
    /** What `contents` gave when the store had the same; null before it was ever stored. */
    transient byte[] storedContents;

    SharedSession(Manager manager) {
        super(manager);
    }

    /** What an application can change, but no times: equal octets mean that nothing needs to be written. */
    byte[] contents() throws IOException {
        TreeMap<String, Object> kept = new TreeMap<>();
        attributes.forEach((name, value) -> {
            if (value instanceof Serializable) kept.put(name, value);
        });
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(octets)) {
            out.writeInt(maxInactiveInterval);
            out.writeObject(authType);
            out.writeObject(kept);
        }
        return octets.toByteArray();
    }

    /** The number for another state of this session: larger than the last, on whichever Tomcat that was given. */
    long nextVersion() {
        return Math.max(version + 1, System.currentTimeMillis());
    }

    /** The version, and all of the session as Tomcat's own stores write it. */
    byte[] octets() throws IOException {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        DataOutputStream head = new DataOutputStream(octets);
        head.writeLong(version);
        head.flush();
        try (ObjectOutputStream out = new ObjectOutputStream(octets)) {
            writeObjectData(out);
        }
        return octets.toByteArray();
    }
}
