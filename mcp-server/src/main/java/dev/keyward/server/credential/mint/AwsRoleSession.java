package dev.keyward.server.credential.mint;

import dev.keyward.catalog.CredentialRef;
import dev.keyward.redaction.Secret;
import dev.keyward.redaction.TouchesSecret;
import dev.keyward.server.config.MintSettings.AwsRole;
import dev.keyward.server.upstream.Enquiry;
import dev.keyward.server.upstream.SigV4;
import java.net.URI;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import tools.jackson.databind.JsonNode;

/// A session of an AWS role: STS's AssumeRole, signed, with what a session policy leaves of it. The
/// value is `id:secret:session`, which a tool's `sigv4` takes.
final class AwsRoleSession implements MintKind {
  private static final String VERSION = "2011-06-15";
  private static final String NAME = "keyward-";
  private static final int NAME_BYTES = 8;

  private final Issuer issuer;
  private final AwsRole settings;
  private final RandomGenerator random;

  AwsRoleSession(Issuer issuer, AwsRole settings, RandomGenerator random) {
    this.issuer = issuer;
    this.settings = settings;
    this.random = random;
  }

  @Override
  public Fresh make(Making making) throws MintFault {
    byte[] name = new byte[NAME_BYTES];
    random.nextBytes(name);
    Enquiry.Content form =
        new Form()
            .add("Action", "AssumeRole")
            .add("Version", VERSION)
            .add("RoleArn", settings.role())
            .add("RoleSessionName", NAME + HexFormat.of().formatHex(name))
            .add("DurationSeconds", Long.toString(settings.duration().toSeconds()))
            .add("Policy", settings.policy())
            .content();
    JsonNode given =
        issuer
            .ask(new Enquiry("POST", url(), signed(form, making), Optional.of(form)))
            .at("/AssumeRoleResponse/AssumeRoleResult/Credentials");
    Secret secret = TokenAnswer.token(given.path("SecretAccessKey"));
    Secret session = TokenAnswer.token(given.path("SessionToken"));
    return new Fresh(
        joined(TokenAnswer.token(given.path("AccessKeyId")), secret, session),
        List.of(secret, session),
        Optional.of(TokenAnswer.at(expires(given), making.now())),
        Optional.empty());
  }

  private URI url() {
    return settings.endpoint().resolve("/");
  }

  @TouchesSecret
  private Map<String, Secret> signed(Enquiry.Content form, Making making) throws MintFault {
    String body = form.text().use(text -> text);
    return new SigV4("sts", settings.region())
        .sign(
            new SigV4.Signed("POST", url().getRawAuthority(), "/", "", body),
            making.secret(settings.key()),
            making.now())
        .orElseThrow(
            () -> MintFault.lasting("needs an access key, id:secret, and what is stored is none"));
  }

  @TouchesSecret
  private static Secret joined(Secret id, Secret secret, Secret session) {
    return Secret.of(
        id.<String>use(text -> text)
            + ":"
            + secret.<String>use(text -> text)
            + ":"
            + session.<String>use(text -> text));
  }

  /// STS writes seconds since 1970 in its JSON.
  private static Instant expires(JsonNode given) throws MintFault {
    JsonNode at = given.path("Expiration");
    if (!at.isNumber()) {
      throw MintFault.passing("cannot be used: its issuer does not say when it ends");
    }
    return Instant.ofEpochSecond(at.asLong());
  }

  @Override
  public Optional<CredentialRef> base() {
    return Optional.of(settings.key());
  }
}
