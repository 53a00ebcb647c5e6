package dev.keyward.demo.llm;

import dev.keyward.redaction.Secret;
import dev.keyward.redaction.TouchesSecret;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Which model to ask, as the environment names it.
///
/// @param endpoint the whole address of the chat completions
/// @param model as the endpoint calls it
/// @param key what opens the endpoint; many on this machine need none
public record LlmSettings(URI endpoint, String model, Optional<Secret> key) {
  /// The variable with the API's base, for example `http://127.0.0.1:11434/v1`.
  public static final String URL = "KEYWARD_LLM_URL";

  /// The variable with the model's name.
  public static final String MODEL = "KEYWARD_LLM_MODEL";

  /// The variable with the key.
  public static final String KEY = "KEYWARD_LLM_KEY";

  private static final String PATH = "/chat/completions";
  private static final Set<String> HERE = Set.of("127.0.0.1", "[::1]", "localhost");
  private static final Pattern VISIBLE = Pattern.compile("[!-~]{1,4096}");

  /// {@return what `environment` names; empty if it names no endpoint}
  ///
  /// @throws IllegalArgumentException if it names one that cannot be used; the message names the
  ///   variable and the rule, never a value
  public static Optional<LlmSettings> of(Map<String, String> environment) {
    String url = environment.getOrDefault(URL, "").strip();
    if (url.isEmpty()) {
      return Optional.empty();
    }
    String model = environment.getOrDefault(MODEL, "").strip();
    if (model.isEmpty()) {
      throw new IllegalArgumentException(MODEL + " must name the model, beside " + URL);
    }
    Optional<Secret> key = key(environment.getOrDefault(KEY, "").strip());
    return Optional.of(new LlmSettings(endpoint(url, key.isPresent()), model, key));
  }

  /// {@return `text` without the key, should the endpoint have repeated it}
  @TouchesSecret
  public String mask(String text) {
    return key.map(secret -> secret.<String>use(value -> text.replace(value, "[llm key]")))
        .orElse(text);
  }

  /// Adds the key, where there is one.
  @TouchesSecret
  void authorize(HttpRequest.Builder request) {
    key.ifPresent(
        secret -> secret.use(value -> request.setHeader("Authorization", "Bearer " + value)));
  }

  private static Optional<Secret> key(String text) {
    if (text.isEmpty()) {
      return Optional.empty();
    }
    if (!VISIBLE.matcher(text).matches()) {
      // Else the HTTP client would complain, and quote it.
      throw new IllegalArgumentException(KEY + " must be visible ASCII characters without spaces");
    }
    return Optional.of(Secret.of(text));
  }

  private static URI endpoint(String url, boolean withKey) {
    URI base = parsed(url);
    boolean usable =
        ("http".equals(base.getScheme()) || "https".equals(base.getScheme()))
            && base.getHost() != null
            && base.getRawUserInfo() == null
            && base.getRawFragment() == null
            && base.getRawQuery() == null;
    if (!usable) {
      throw new IllegalArgumentException(
          URL + " must be an http or https address such as http://127.0.0.1:11434/v1");
    }
    if (withKey && "http".equals(base.getScheme()) && !HERE.contains(base.getHost())) {
      throw new IllegalArgumentException(
          URL + " must be https where " + KEY + " is set, or on this machine");
    }
    String path = base.getRawPath().replaceAll("/+$", "");
    return base.resolve(path.endsWith(PATH) ? path : path + PATH);
  }

  private static URI parsed(String url) {
    try {
      return URI.create(url);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(URL + " must be an address"); // the cause quotes it
    }
  }
}
