package baton.sessions;

/** `<Manager className="baton.sessions.MemcachedSessionManager" servers="… …"/>` */
public final class MemcachedSessionManager extends SharedSessionManager {
    private String servers = "";

    /** HOST:PORT of each server, with blanks between them. */
    public void setServers(String servers) {
        this.servers = servers;
    }

    @Override
    SessionStore openStore() {
        return new MemcachedPair(servers, getTimeout(), getPatience());
    }

    @Override
    public String getName() {
        return "MemcachedSessionManager";
    }
}
