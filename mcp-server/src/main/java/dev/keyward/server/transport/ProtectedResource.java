package dev.keyward.server.transport;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What clients are told of how to get a token for this listener (RFC 9728).
///
/// @param uri the listener as agents know it, path included
/// @param authorizationServers who issues tokens for it to agents that ask
record ProtectedResource(URI uri, List<String> authorizationServers) {
  /// Where the document is; the path of the resource may follow (RFC 9728, section 3.1).
  static final String PATH = "/.well-known/oauth-protected-resource";

  /// The scope that a client is to ask for.
  static final String SCOPE = "tools";

  ProtectedResource {
    authorizationServers = List.copyOf(authorizationServers);
  }

  /// {@return the value of `WWW-Authenticate` (RFC 6750, section 3; RFC 9728, section 5.1)}
  ///
  /// @param error the word for what is wrong with what was presented; empty if nothing was
  String challenge(String error) {
    return "Bearer "
        + (error.isEmpty() ? "" : "error=\"" + error + "\", ")
        + "scope=\""
        + SCOPE
        + "\", resource_metadata=\""
        + uri.resolve(PATH + uri.getRawPath())
        + "\"";
  }

  ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("resource", uri.toString());
    json.put("resource_name", "Keyward");
    var servers = json.putArray("authorization_servers");
    authorizationServers.forEach(servers::add);
    json.putArray("scopes_supported").add(SCOPE);
    json.putArray("bearer_methods_supported").add("header");
    return json;
  }

  /// `GET` of the document, under the resource's path and without it; needs no key.
  HttpServlet servlet() {
    return new Document(this);
  }

  @SuppressWarnings("serial") // servlets are not serialized
  private static final class Document extends HttpServlet {
    private final ProtectedResource resource;

    Document(ProtectedResource resource) {
      this.resource = resource;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      String suffix = request.getPathInfo();
      if (!request.getMethod().equals("GET")) {
        HttpProblem.READ_ONLY.write(response);
      } else if (suffix != null && !suffix.equals(resource.uri.getPath())) {
        HttpProblem.NOT_FOUND.write(response);
      } else {
        response.setContentType("application/json");
        response.setCharacterEncoding("UTF-8");
        response.getWriter().write(resource.json().toString());
      }
    }
  }
}
