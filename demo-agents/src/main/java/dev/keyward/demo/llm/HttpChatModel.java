package dev.keyward.demo.llm;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/// A model behind a chat-completions endpoint.
///
/// Each answer is bounded in size and time, from the first byte to the last. What may pass (a busy
/// or broken server, a broken connection, an answer that makes no sense) is tried again, a few
/// times and with growing pauses; asking twice does nothing twice, since the model only proposes.
/// No redirect is followed, so the key goes where it was meant to go.
final class HttpChatModel implements ChatModel, AutoCloseable {
  private static final long MAX_BODY_BYTES = 4L << 20;
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Set<Integer> PASSING = Set.of(408, 409, 429, 500, 502, 503, 504, 529);
  private static final int OK = 200;

  private final LlmSettings settings;
  private final Patience patience;
  private final Consumer<String> sent;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(HttpClient.Redirect.NEVER)
          .connectTimeout(CONNECT)
          .build();

  /// How long to wait for what.
  ///
  /// @param tries how often to ask for one answer, at least once
  /// @param answer how long one answer may take as a whole
  /// @param first the first pause; each further one is twice as long
  /// @param longest the longest, also where the endpoint asks for a longer one
  /// @param pause waits
  record Patience(int tries, Duration answer, Duration first, Duration longest, Pause pause) {
    /// For endpoints of the real world: local models are slow, hosted ones limit rates.
    static final Patience USUAL =
        new Patience(
            5, Duration.ofMinutes(5), Duration.ofSeconds(1), Duration.ofMinutes(1), Thread::sleep);
  }

  /// Waits some time.
  @FunctionalInterface
  interface Pause {
    void take(Duration time) throws InterruptedException;
  }

  /// What one request came to.
  private sealed interface Attempt {
    record Answered(Reply reply) implements Attempt {}

    /// @param wanted the pause that the endpoint asks for
    record Again(String why, Optional<Duration> wanted) implements Attempt {}
  }

  /// @param sent is shown every request's body
  HttpChatModel(LlmSettings settings, Patience patience, Consumer<String> sent) {
    this.settings = settings;
    this.patience = patience;
    this.sent = sent;
  }

  @Override
  public Reply answer(List<Message> conversation, List<Offer> tools) throws ChatFailed {
    String body = ChatJson.request(settings.model(), conversation, tools);
    Duration pause = patience.first();
    String why = "";
    for (int tried = 0; tried < patience.tries(); tried++) {
      switch (attempt(body)) {
        case Attempt.Answered(var reply) -> {
          return reply;
        }
        case Attempt.Again(var reason, var wanted) -> {
          why = reason;
          if (tried + 1 < patience.tries()) {
            wait(shorter(wanted.orElse(pause), patience.longest()));
            pause = pause.multipliedBy(2);
          }
        }
      }
    }
    throw new ChatFailed(why + ", " + patience.tries() + " times in a row");
  }

  @Override
  public void close() {
    http.shutdownNow();
  }

  private Attempt attempt(String body) throws ChatFailed {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(settings.endpoint())
            .header("Content-Type", "application/json")
            .header("Accept", "application/json")
            .POST(BodyPublishers.ofString(body));
    settings.authorize(request);
    sent.accept(body);
    CompletableFuture<HttpResponse<String>> exchange =
        http.sendAsync(
            request.build(), BodyHandlers.limiting(BodyHandlers.ofString(UTF_8), MAX_BODY_BYTES));
    try {
      return read(exchange.get(patience.answer().toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException slow) {
      exchange.cancel(true);
      return new Attempt.Again("the endpoint did not answer in time", Optional.empty());
    } catch (ExecutionException broken) {
      return new Attempt.Again("the endpoint could not be reached, or broke off", Optional.empty());
    } catch (InterruptedException stopped) {
      exchange.cancel(true);
      throw interrupted();
    }
  }

  private static Attempt read(HttpResponse<String> answer) throws ChatFailed {
    int status = answer.statusCode();
    if (status == OK) {
      return ChatJson.reply(answer.body())
          .<Attempt>map(Attempt.Answered::new)
          .orElseGet(
              () ->
                  new Attempt.Again(
                      "the endpoint's answer was no chat completion", Optional.empty()));
    }
    if (PASSING.contains(status)) {
      return new Attempt.Again("the endpoint answered with status " + status, wanted(answer));
    }
    throw new ChatFailed(refused(status));
  }

  private static String refused(int status) {
    return "the endpoint answered with status "
        + status
        + switch (status) {
          case 401, 403 -> ": " + LlmSettings.KEY + " is missing, or not accepted";
          case 404 -> ": " + LlmSettings.URL + " or " + LlmSettings.MODEL + " is wrong";
          case 400, 413, 422 -> ": it does not take this request; does the model know tools?";
          default -> "";
        };
  }

  /// In seconds only; the form with a date is rare and not worth a clock.
  private static Optional<Duration> wanted(HttpResponse<String> answer) {
    return answer
        .headers()
        .firstValue("Retry-After")
        .filter(text -> text.matches("[0-9]{1,6}"))
        .map(text -> Duration.ofSeconds(Long.parseLong(text)));
  }

  private void wait(Duration time) throws ChatFailed {
    try {
      patience.pause().take(time);
    } catch (InterruptedException stopped) {
      throw interrupted();
    }
  }

  private static ChatFailed interrupted() {
    Thread.currentThread().interrupt();
    return new ChatFailed("waiting for the endpoint was interrupted");
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
