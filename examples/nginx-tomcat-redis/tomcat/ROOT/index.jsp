<%@ page contentType="text/plain; charset=UTF-8" %><%
    // The session page: which session, which Tomcat, and something that the session remembers.
    Integer visits = (Integer) session.getAttribute("visits");
    visits = visits == null ? 1 : visits + 1;
    session.setAttribute("visits", visits);
%>sessionID= <%= session.getId() %>
visits= <%= visits %>
served by <%= java.net.InetAddress.getLocalHost().getHostName() %>
