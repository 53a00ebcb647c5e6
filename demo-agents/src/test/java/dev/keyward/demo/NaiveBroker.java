package dev.keyward.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What one would write in an afternoon: it adds the key and passes everything on. It asks nobody,
/// scrubs nothing, shows every tool to every agent, checks no agent's key, and its page lets
/// anybody decide. The demo must find it out.
final class NaiveBroker implements BrokerDoor {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final List<String> TOOLS =
      List.of(
          "crm.search_tickets",
          "crm.read_ticket",
          "crm.add_note",
          "crm.read_page",
          "stripe.list_invoices",
          "stripe.read_customer",
          "stripe.create_refund");

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpClient http = HttpClient.newHttpClient();
  private final BrokerStart.Upstream crm;
  private final BrokerStart.Upstream payments;

  private NaiveBroker(HttpServer server, BrokerStart.Upstream crm, BrokerStart.Upstream payments) {
    this.server = server;
    this.crm = crm;
    this.payments = payments;
  }

  static NaiveBroker start(Path home, BrokerStart.Upstream crm, BrokerStart.Upstream payments)
      throws IOException {
    Files.createDirectories(home);
    Files.writeString(home.resolve("config"), "key: " + crm.key().reveal());
    var loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    var broker = new NaiveBroker(HttpServer.create(loopback, 0), crm, payments);
    broker.server.setExecutor(broker.threads);
    broker.server.createContext("/mcp", broker::mcp);
    broker.server.createContext("/", broker::page);
    broker.server.start();
    return broker;
  }

  @Override
  public URI agentsUrl() {
    return peopleUrl().resolve("/mcp");
  }

  @Override
  public URI peopleUrl() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  @Override
  public String addAgent(String name, String type, String owner, List<String> tools) {
    return "key-of-" + name;
  }

  @Override
  public String openRun(Map<String, Object> run) {
    return "run-of-" + run.get("agent");
  }

  @Override
  public void revokeAgent(String name) {}

  @Override
  public URI addReviewer(String name) {
    return peopleUrl().resolve("/sign-in/" + name);
  }

  @Override
  public List<Asked> askedBy(String agent) {
    return List.of();
  }

  @Override
  public AuditReport verifyAudit() {
    return new AuditReport(false, "there is none");
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
    http.close();
  }

  private void page(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    if (exchange.getRequestMethod().equals("POST")) {
      exchange.getResponseHeaders().set("Set-Cookie", "session=anybody");
      exchange.getResponseHeaders().set("Location", "/approvals");
      answer(exchange, 303, "text/plain", "");
      return;
    }
    String form = "<main><form method='post' action='/decide'><button>ok</button></form></main>";
    answer(exchange, 200, "text/html", form);
  }

  private void mcp(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    if (!exchange.getRequestMethod().equals("POST")) {
      answer(exchange, 405, "text/plain", "");
      return;
    }
    JsonNode message = JSON.readTree(body);
    if (!message.has("id")) {
      answer(exchange, 202, "text/plain", "");
      return;
    }
    ObjectNode reply = NODES.objectNode().put("jsonrpc", "2.0");
    reply.set("id", message.path("id"));
    reply.set("result", result(message.path("method").asString(""), message.path("params")));
    answer(exchange, 200, "application/json", reply.toString());
  }

  private JsonNode result(String method, JsonNode params) throws IOException {
    ObjectNode result = NODES.objectNode();
    switch (method) {
      case "initialize" -> {
        result.set("protocolVersion", params.path("protocolVersion"));
        result.putObject("capabilities").putObject("tools");
        result.putObject("serverInfo").put("name", "naive").put("version", "1");
      }
      case "tools/list" -> {
        var tools = result.putArray("tools");
        for (String tool : TOOLS) {
          tools.addObject().put("name", tool).putObject("inputSchema").put("type", "object");
        }
      }
      default -> {
        HttpResponse<String> answer =
            call(params.path("name").asString(""), params.path("arguments"));
        result.put("isError", answer.statusCode() >= 400);
        result.putArray("content").addObject().put("type", "text").put("text", answer.body());
      }
    }
    return result;
  }

  private HttpResponse<String> call(String tool, JsonNode arguments) throws IOException {
    return switch (tool) {
      case "crm.search_tickets" -> get(crm, "/api/tickets?query=charged%20twice");
      case "crm.read_ticket" -> get(crm, "/api/tickets/" + argument(arguments, "ticket_id"));
      case "crm.read_page" -> get(crm, "/pages/" + argument(arguments, "slug"));
      case "crm.add_note" ->
          send(
              crm,
              "/api/tickets/" + argument(arguments, "ticket_id") + "/notes",
              "application/json",
              arguments.toString());
      case "stripe.read_customer" ->
          get(payments, "/v1/customers/" + argument(arguments, "customer"));
      case "stripe.create_refund" -> send(payments, "/v1/refunds", FORM, form(arguments));
      default -> get(payments, "/v1/invoices?customer=" + argument(arguments, "customer"));
    };
  }

  private static final String FORM = "application/x-www-form-urlencoded";

  private static String form(JsonNode arguments) {
    List<String> fields = new ArrayList<>();
    for (Map.Entry<String, JsonNode> field : arguments.properties()) {
      fields.add(field.getKey() + "=" + field.getValue().asString());
    }
    return String.join("&", fields);
  }

  private static String argument(JsonNode arguments, String name) {
    return arguments.path(name).asString("").replaceAll("[^!-~]", "");
  }

  private HttpResponse<String> get(BrokerStart.Upstream company, String path) throws IOException {
    return exchange(request(company, path).GET());
  }

  private HttpResponse<String> send(
      BrokerStart.Upstream company, String path, String type, String body) throws IOException {
    return exchange(
        request(company, path).header("Content-Type", type).POST(BodyPublishers.ofString(body)));
  }

  private static HttpRequest.Builder request(BrokerStart.Upstream company, String path) {
    return HttpRequest.newBuilder(company.origin().resolve(path))
        .header("Authorization", "Bearer " + company.key().reveal());
  }

  private HttpResponse<String> exchange(HttpRequest.Builder request) throws IOException {
    try {
      return http.send(request.build(), BodyHandlers.ofString());
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", stopped);
    }
  }

  private static void answer(HttpExchange exchange, int status, String type, String body)
      throws IOException {
    try (exchange) {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", type);
      exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }
}
