// Fetches the session before a request and puts it back before the response ends: whoever has the answer has a session
// that is in the store. Where the store fails, the answer is 503, and never a new, empty session.
// Asynchronous servlets are refused by Tomcat behind this valve, as their end would not be seen here.

package baton.sessions;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;

final class SharedSessionValve extends ValveBase {
    private final SharedSessionManager manager;

    SharedSessionValve(SharedSessionManager manager) {
        super(false);
        this.manager = manager;
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        if (manager.ignores(request.getRequestURI())) {
            getNext().invoke(request, response);
            return;
        }
        String id = request.getRequestedSessionId();
        SharedSession former = null;
        try {
            former = id == null ? null : manager.take(id);
            getNext().invoke(request, response);
            SharedSession session = (SharedSession) request.getSessionInternal(false);
            try {
                manager.keep(id, former, session);
            } finally {
                if (session != null && session != former) manager.release(session.getIdInternal(), session);
            }
        } catch (StoreException error) {
            manager.log().error("the session's store fails: " + error.getMessage());
            // Too late for another answer: Tomcat breaks the connection, so that this one is not taken for whole.
            if (response.isCommitted()) throw error;
            response.reset();
            response.sendError(HttpServletResponse.SC_SERVICE_UNAVAILABLE, "The session store does not answer.");
        } finally {
            if (former != null) manager.release(id, former);
        }
    }
}
