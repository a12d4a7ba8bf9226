// A connection to Redis or memcached: both speak in lines and counted octets, each ended by CR LF.

package baton.sessions;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

final class Connection implements Closeable {
    private static final int LONGEST_LINE = 8192;
    private final Socket socket = new Socket();
    private final InputStream in;
    private final OutputStream out;

    /** Connecting, and each wait for an answer, may take so many milliseconds. */
    Connection(InetSocketAddress server, int timeout) throws IOException {
        try {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(timeout);
            // By its text, so that a name is looked up anew.
            socket.connect(new InetSocketAddress(server.getHostString(), server.getPort()), timeout);
            in = new BufferedInputStream(socket.getInputStream());
            out = new BufferedOutputStream(socket.getOutputStream());
        } catch (IOException error) {
            socket.close();
            throw error;
        }
    }

    /** Text of ASCII characters, its line ends included. Nothing leaves before flush(). */
    void write(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Octets, and the line end behind them. */
    void write(byte[] octets) throws IOException {
        out.write(octets);
        out.write('\r');
        out.write('\n');
    }

    void flush() throws IOException {
        out.flush();
    }

    /** A line without its end. */
    String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) throw new EOFException("the server has closed the connection");
            if (line.length() > LONGEST_LINE) throw new IOException("the server sends no line ends");
            line.append((char) next);
        }
        int length = line.length();
        if (length == 0 || line.charAt(length - 1) != '\r') throw new IOException("a line without CR: " + line);
        return line.substring(0, length - 1);
    }

    /** So many octets, and the line end behind them. */
    byte[] octets(int count) throws IOException {
        byte[] octets = in.readNBytes(count);
        if (octets.length < count) throw new EOFException("the server has closed the connection");
        if (!line().isEmpty()) throw new IOException("more octets than announced");
        return octets;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
