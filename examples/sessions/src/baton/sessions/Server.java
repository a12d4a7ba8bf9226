// One server of a store, and the connections to it that are not in use.

package baton.sessions;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ConcurrentLinkedDeque;

class Server {
    /** What is said over a connection. */
    interface Talk<T> {
        T with(Connection connection) throws IOException;
    }

    private final InetSocketAddress address;
    private final int timeout;
    private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();

    /** HOST:PORT; milliseconds for connecting and for each answer. */
    Server(String name, int timeout) {
        int colon = name.lastIndexOf(':');
        if (colon < 1) throw new IllegalArgumentException("not HOST:PORT: '" + name + "'");
        this.address = InetSocketAddress.createUnresolved(
            name.substring(0, colon), Integer.parseInt(name.substring(colon + 1)));
        this.timeout = timeout;
    }

    /** Talks once. After any failure nothing is known of the other connections either: all are closed. */
    <T> T talk(Talk<T> talk) throws IOException {
        Connection connection = idle.pollFirst();
        boolean isGood = false;
        try {
            if (connection == null) {
                connection = new Connection(address, timeout);
                greet(connection);
            }
            T result = talk.with(connection);
            isGood = true;
            return result;
        } finally {
            if (isGood) {
                idle.addFirst(connection);
            } else {
                if (connection != null) connection.close();
                close();
            }
        }
    }

    /** Called first on every new connection. */
    void greet(Connection connection) throws IOException {}

    void close() {
        for (Connection one = idle.pollFirst(); one != null; one = idle.pollFirst()) {
            try {
                one.close();
            } catch (IOException error) {
                // It is gone either way.
            }
        }
    }

    @Override
    public String toString() {
        return address.getHostString() + ":" + address.getPort();
    }
}
