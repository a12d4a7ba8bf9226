// Sessions in a replicated pair of Redis servers behind one address (protocol: RESP2).
//
// A write counts when the replica has it as well (WAIT), or when the master has no replica: the pair has lost one
// of its two hosts and goes on alone. A master whose replica is connected but silent acknowledges nothing.

package baton.sessions;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

final class RedisStore implements SessionStore {
    /** How long a replica may take for one attempt, milliseconds. */
    private static final int REPLICA_MILLISECONDS = 100;
    private final Server server;
    private final int copies;
    private final int patience;

    /** `copies`: replicas that must have a write, 0 or 1. Milliseconds: for one answer, and for trying in all. */
    RedisStore(String address, String password, int copies, int timeout, int patience) {
        this.copies = copies;
        this.patience = patience;
        server = new Server(address, timeout) {
            @Override
            void greet(Connection connection) throws IOException {
                if (!password.isEmpty()) command(connection, text("AUTH"), text(password));
            }
        };
    }

    /** GETEX counts as a write: unlike GET, only a master answers it, and never a host that still has the address. */
    @Override
    public byte[] read(String id) throws StoreException {
        return retry("GETEX", connection -> (byte[]) command(connection, text("GETEX"), key(id)));
    }

    @Override
    public void create(String id, byte[] octets, int seconds) throws StoreException {
        retry("SET", connection -> {
            command(connection, text("SET"), key(id), octets, text("EX"), text(seconds));
            return confirm(connection);
        });
    }

    @Override
    public void update(String id, byte[] octets, int seconds) throws StoreException {
        retry("SET", connection -> {
            command(connection, text("SET"), key(id), octets, text("EX"), text(seconds), text("XX"));
            return confirm(connection);
        });
    }

    /** Not waited for: what is lost with a renewal is some of the time that the session has left. */
    @Override
    public void renew(String id, byte[] octets, int seconds) throws StoreException {
        retry("EXPIRE", connection -> command(connection, text("EXPIRE"), key(id), text(seconds)));
    }

    @Override
    public void remove(String id, long version, int seconds) throws StoreException {
        retry("DEL", connection -> {
            command(connection, text("DEL"), key(id));
            return confirm(connection);
        });
    }

    @Override
    public void close() {
        server.close();
    }

    private <T> T retry(String what, Server.Talk<T> talk) throws StoreException {
        return Patience.retry("Redis at " + server + ", " + what, patience, () -> server.talk(talk));
    }

    /** Everything written over this connection is on the replica, or there is none. */
    private Void confirm(Connection connection) throws IOException {
        if (copies == 0) return null;
        Object have = command(connection, text("WAIT"), text(copies), text(REPLICA_MILLISECONDS));
        if ((Long) have >= copies) return null;
        List<?> role = (List<?>) command(connection, text("ROLE"));
        boolean isAloneMaster = role.size() == 3 && role.get(2) instanceof List<?> replicas && replicas.isEmpty();
        if (!isAloneMaster) throw new IOException("the replica has not confirmed the write");
        return null;
    }

    private static byte[] key(String id) {
        return text("session:" + id);
    }

    private static byte[] text(Object value) {
        return value.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Sends a command and reads its answer; an answer that is an error is thrown. */
    private static Object command(Connection connection, byte[]... words) throws IOException {
        connection.write("*" + words.length + "\r\n");
        for (byte[] word : words) {
            connection.write("$" + word.length + "\r\n");
            connection.write(word);
        }
        connection.flush();
        return answer(connection);
    }

    /** A String, a Long, octets, a List of such, or null. */
    private static Object answer(Connection connection) throws IOException {
        String line = connection.line();
        if (line.isEmpty()) throw new IOException("an empty line where an answer begins");
        String rest = line.substring(1);
        switch (line.charAt(0)) {
            case '+':
                return rest;
            case '-':
                throw new IOException(rest);
            case ':':
                return Long.valueOf(rest);
            case '$': {
                int count = Integer.parseInt(rest);
                return count < 0 ? null : connection.octets(count);
            }
            case '*': {
                List<Object> list = new ArrayList<>();
                for (int left = Integer.parseInt(rest); left > 0; left--) list.add(answer(connection));
                return list;
            }
            default:
                throw new IOException("no answer of Redis: " + line);
        }
    }
}
