// Tomcat's Manager for sessions that live in a store which several Tomcats share.
//
// A session is in this Tomcat's memory only while requests of this Tomcat have it in hand; SharedSessionValve fetches it
// before a request and puts it back before the response ends. Two requests for one session on one Tomcat share the
// object. On two Tomcats at the same moment the later write wins, but a request that changed nothing writes nothing.
// Listeners hear of sessions that are made and invalidated, not of those that time out: that happens in the store.

package baton.sessions;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.LifecycleState;
import org.apache.catalina.Session;
import org.apache.catalina.session.ManagerBase;
import org.apache.catalina.session.StandardSession;
import org.apache.catalina.util.CustomObjectInputStream;
import org.apache.juli.logging.Log;
import org.apache.juli.logging.LogFactory;

public abstract class SharedSessionManager extends ManagerBase {
    /** What a cookie may name: an id, and a jvmRoute. Nothing else ever becomes a key. */
    private static final Pattern ID = Pattern.compile("[0-9A-Za-z]{16,128}(\\.[0-9A-Za-z_-]{1,32})?");
    private static final int LONGEST_SECONDS = 30 * 24 * 3600;
    private final Log log = LogFactory.getLog(getClass());
    private final Object[] locks = new Object[64];
    private final SharedSessionValve valve = new SharedSessionValve(this);
    private SessionStore store;
    private Pattern ignored;
    /** Milliseconds. */
    private int timeout = 500;
    private int patience = 6000;

    SharedSessionManager() {
        Arrays.setAll(locks, index -> new Object());
    }

    abstract SessionStore openStore();

    // Attributes of <Manager>.

    /** Requests for such paths (a regular expression) have no session: pictures, style sheets. */
    public void setRequestUriIgnorePattern(String pattern) {
        ignored = Pattern.compile(pattern);
    }

    /** How long a server may take to connect and to answer, milliseconds. */
    public void setTimeout(int milliseconds) {
        timeout = milliseconds;
    }

    public int getTimeout() {
        return timeout;
    }

    /** How long a request waits for a store that changes hands before it fails, milliseconds. */
    public void setPatience(int milliseconds) {
        patience = milliseconds;
    }

    public int getPatience() {
        return patience;
    }

    // Tomcat's Manager.

    @Override
    protected synchronized void startInternal() throws LifecycleException {
        super.startInternal();
        // An attribute that cannot be stored is refused where it is set.
        getContext().setDistributable(true);
        store = openStore();
        getContext().getPipeline().addValve(valve);
        setState(LifecycleState.STARTING);
    }

    @Override
    protected synchronized void stopInternal() throws LifecycleException {
        setState(LifecycleState.STOPPING);
        getContext().getPipeline().removeValve(valve);
        store.close();
        super.stopInternal();
    }

    @Override
    public void load() {}

    @Override
    public void unload() {}

    @Override
    protected StandardSession getNewSession() {
        return new SharedSession(this);
    }

    // Called by the valve.

    boolean ignores(String path) {
        return ignored != null && ignored.matcher(path).matches();
    }

    /** The session of an id, fetched unless a request has it in hand; null if there is none. Goes with `release`. */
    SharedSession take(String id) throws StoreException {
        if (!ID.matcher(id).matches()) return null;
        synchronized (lock(id)) {
            SharedSession session = (SharedSession) sessions.get(id);
            // Nobody's: left behind by a request that made it and failed.
            if (session == null || session.users == 0) {
                session = fetch(id);
                if (session == null) return null;
                add(session);
            }
            session.users++;
            return session;
        }
    }

    /** After a request that had `former` (null: none) under this id: what it has now, null for no session. */
    void keep(String formerId, SharedSession former, SharedSession session) throws StoreException {
        boolean isSame = former == session && session != null && session.getIdInternal().equals(formerId);
        // Invalidated, or given another id at login.
        if (former != null && !isSame) store.remove(formerId, former.nextVersion(), seconds(former));
        if (session != null) put(session, isSame);
    }

    /** The request is done with the session that `take` gave or that it made itself. */
    void release(String id, SharedSession session) {
        synchronized (lock(id)) {
            session.users--;
            if (session.users <= 0) sessions.remove(session.getIdInternal(), session);
        }
    }

    private SharedSession fetch(String id) throws StoreException {
        byte[] octets = store.read(id);
        if (octets == null) return null;
        SharedSession session = (SharedSession) createEmptySession();
        ByteArrayInputStream data = new ByteArrayInputStream(octets, Long.BYTES, octets.length - Long.BYTES);
        try (CustomObjectInputStream in = new CustomObjectInputStream(
                data, getContext().getLoader().getClassLoader(), log,
                getSessionAttributeValueClassNamePattern(), getWarnOnSessionAttributeFilterFailure())) {
            session.readObjectData(in);
            session.version = SessionStore.version(octets);
            session.storedContents = session.contents();
        } catch (IOException | ClassNotFoundException error) {
            throw new StoreException("cannot read session " + id + ": " + error, error);
        }
        session.setNew(false);
        // How long it lives is up to the store: it was there.
        session.access();
        session.endAccess();
        return session;
    }

    private void put(SharedSession session, boolean isKnown) throws StoreException {
        synchronized (session) {
            String id = session.getIdInternal();
            try {
                byte[] contents = session.contents();
                if (isKnown && Arrays.equals(contents, session.storedContents)) {
                    store.renew(id, session.octets(), seconds(session));
                    return;
                }
                session.version = session.nextVersion();
                if (isKnown) store.update(id, session.octets(), seconds(session));
                else store.create(id, session.octets(), seconds(session));
                session.storedContents = contents;
            } catch (StoreException error) {
                throw error;
            } catch (IOException error) {
                throw new StoreException("cannot write session " + id + ": " + error, error);
            }
        }
    }

    /** How long a session lives from now. memcached takes more than 30 days for a date. */
    private static int seconds(SharedSession session) {
        int seconds = session.getMaxInactiveInterval();
        return seconds > 0 ? Math.min(seconds, LONGEST_SECONDS) : LONGEST_SECONDS;
    }

    private Object lock(String id) {
        return locks[Math.floorMod(id.hashCode(), locks.length)];
    }

    Log log() {
        return log;
    }
}
