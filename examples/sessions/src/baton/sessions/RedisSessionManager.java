package baton.sessions;

/** `<Manager className="baton.sessions.RedisSessionManager" host="…" …/>` */
public final class RedisSessionManager extends SharedSessionManager {
    private String host = "127.0.0.1";
    private int port = 6379;
    private String password = "";
    private int copies = 1;

    /** The address that the master of the pair holds. */
    public void setHost(String host) {
        this.host = host;
    }

    public void setPort(int port) {
        this.port = port;
    }

    public void setPassword(String password) {
        this.password = password;
    }

    /** 1: a write counts when the replica has it. 0: when the master has it. */
    public void setCopies(int copies) {
        this.copies = copies;
    }

    @Override
    SessionStore openStore() {
        return new RedisStore(host + ":" + port, password, copies, getTimeout(), getPatience());
    }

    @Override
    public String getName() {
        return "RedisSessionManager";
    }
}
