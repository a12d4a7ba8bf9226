// One memcached of the pair (its text protocol), and whether it has missed something.

package baton.sessions;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

final class MemcachedServer extends Server {
    /** Under this key stands "whole" while a server has every session. It dies with the server's memory. */
    static final String MARK = "baton:whole";
    private static final long REST_NANOSECONDS = 1_000_000_000L;
    private static final int TRIES = 5;

    /** What a server has under a key (null: nothing), by which number it knows that, and whether it is whole. */
    record Found(byte[] octets, String unique, boolean isWhole) {}

    private volatile long restsUntil = System.nanoTime();
    private volatile boolean hasMissed;

    MemcachedServer(String name, int timeout) {
        super(name, timeout);
    }

    /** A server that failed is left alone for a second, so that not every request waits for it. */
    @Override
    <T> T talk(Talk<T> talk) throws IOException {
        if (System.nanoTime() - restsUntil < 0) throw new IOException(this + " has just failed");
        try {
            return super.talk(connection -> {
                if (hasMissed) {
                    command(connection, "delete " + MARK, null);
                    hasMissed = false;
                }
                return talk.with(connection);
            });
        } catch (IOException error) {
            restsUntil = System.nanoTime() + REST_NANOSECONDS;
            throw new IOException(this + ": " + error.getMessage(), error);
        }
    }

    /** The other server has a write that this one has not: the mark is taken away as soon as it can be reached. */
    void miss() {
        hasMissed = true;
    }

    Found get(String key) throws IOException {
        return talk(connection -> find(connection, key));
    }

    /** Keeps the octets unless there is something newer, or the session was removed. */
    void put(String key, byte[] octets, int seconds) throws IOException {
        talk(connection -> {
            String rest = " " + key + " 0 " + seconds + " " + octets.length;
            for (int left = TRIES; left > 0; left--) {
                Found found = find(connection, key);
                if (found.octets != null && !isReplacedBy(octets, found.octets)) return null;
                String line = found.octets == null ? "add" + rest : "cas" + rest + " " + found.unique;
                if (command(connection, line, octets).equals("STORED")) return null;
            }
            throw new IOException("others write to " + key + " all the time");
        });
    }

    /** Whether there was such a session. */
    boolean touch(String key, int seconds) throws IOException {
        return talk(connection -> command(connection, "touch " + key + " " + seconds, null).equals("TOUCHED"));
    }

    /** A session that was removed leaves its version alone, so that no old copy of it is taken for living. */
    static boolean isRemoved(byte[] octets) {
        return octets.length == Long.BYTES;
    }

    private static boolean isReplacedBy(byte[] octets, byte[] former) {
        return !isRemoved(former) && SessionStore.version(octets) > SessionStore.version(former);
    }

    private static Found find(Connection connection, String key) throws IOException {
        connection.write("gets " + MARK + " " + key + "\r\n");
        connection.flush();
        boolean isWhole = false;
        byte[] octets = null;
        String unique = null;
        for (String line = connection.line(); !line.equals("END"); line = connection.line()) {
            String[] words = line.split(" ");
            if (words.length != 5 || !words[0].equals("VALUE")) throw new IOException(line);
            byte[] value = connection.octets(Integer.parseInt(words[3]));
            if (words[1].equals(MARK)) {
                isWhole = new String(value, StandardCharsets.US_ASCII).equals("whole");
            } else {
                if (value.length < Long.BYTES) throw new IOException("no session under " + key);
                octets = value;
                unique = words[4];
            }
        }
        return new Found(octets, unique, isWhole);
    }

    /** Sends a command and gives its answer, unless that is an error. */
    private static String command(Connection connection, String line, byte[] octets) throws IOException {
        connection.write(line + "\r\n");
        if (octets != null) connection.write(octets);
        connection.flush();
        String answer = connection.line();
        switch (answer) {
            case "STORED", "TOUCHED", "DELETED", "NOT_STORED", "NOT_FOUND", "EXISTS":
                return answer;
            default:
                throw new IOException(answer);
        }
    }
}
