// Sessions in two memcached servers that know nothing of each other: everything is written to both and read from both,
// and the newer copy counts.
//
// That a session is in neither of them counts only if one of those that say so is whole, which its mark tells: one that
// came back empty has none until memcached-mirror has made it whole.

package baton.sessions;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

final class MemcachedPair implements SessionStore {
    private final List<MemcachedServer> servers = new ArrayList<>();
    private final int patience;

    /** Something done to one server. */
    private interface Act<T> {
        T on(MemcachedServer server) throws IOException;
    }

    /** HOST:PORT of each server, with blanks between them. Milliseconds: for one answer, and for trying in all. */
    MemcachedPair(String servers, int timeout, int patience) {
        for (String name : servers.trim().split("\\s+")) this.servers.add(new MemcachedServer(name, timeout));
        this.patience = patience;
    }

    @Override
    public byte[] read(String id) throws StoreException {
        return Patience.retry("memcached, get", patience, () -> {
            Map<MemcachedServer, MemcachedServer.Found> answers = ask(server -> server.get(key(id)));
            byte[] newest = null;
            boolean isCertain = false;
            for (MemcachedServer.Found found : answers.values()) {
                isCertain |= found.isWhole();
                if (isNewer(found.octets(), newest)) newest = found.octets();
            }
            if (newest == null && !isCertain) throw new IOException("no server that is whole answers");
            for (Map.Entry<MemcachedServer, MemcachedServer.Found> entry : answers.entrySet()) {
                byte[] octets = entry.getValue().octets();
                if (octets != null && isNewer(newest, octets)) entry.getKey().miss();
            }
            return newest == null || MemcachedServer.isRemoved(newest) ? null : newest;
        });
    }

    @Override
    public void create(String id, byte[] octets, int seconds) throws StoreException {
        update(id, octets, seconds);
    }

    @Override
    public void update(String id, byte[] octets, int seconds) throws StoreException {
        tell("set", server -> {
            server.put(key(id), octets, seconds);
            return null;
        });
    }

    @Override
    public void renew(String id, byte[] octets, int seconds) throws StoreException {
        tell("touch", server -> {
            if (!server.touch(key(id), seconds)) server.put(key(id), octets, seconds);
            return null;
        });
    }

    @Override
    public void remove(String id, long version, int seconds) throws StoreException {
        update(id, ByteBuffer.allocate(Long.BYTES).putLong(version).array(), seconds);
    }

    @Override
    public void close() {
        for (MemcachedServer server : servers) server.close();
    }

    /** The answers of those that answer: one at least. */
    private <T> Map<MemcachedServer, T> ask(Act<T> act) throws IOException {
        Map<MemcachedServer, T> answers = new LinkedHashMap<>();
        IOException last = null;
        for (MemcachedServer server : servers) {
            try {
                answers.put(server, act.on(server));
            } catch (IOException error) {
                last = error;
            }
        }
        if (answers.isEmpty()) throw last;
        return answers;
    }

    /** Enough if one server has done it; the other has missed it then. */
    private void tell(String what, Act<Void> act) throws StoreException {
        Patience.retry("memcached, " + what, patience, () -> {
            Map<MemcachedServer, Void> done = ask(act);
            for (MemcachedServer server : servers) {
                if (!done.containsKey(server)) server.miss();
            }
            return null;
        });
    }

    private static boolean isNewer(byte[] octets, byte[] than) {
        if (octets == null || than == null) return octets != null;
        return SessionStore.version(octets) > SessionStore.version(than);
    }

    private static String key(String id) {
        return "session:" + id;
    }
}
