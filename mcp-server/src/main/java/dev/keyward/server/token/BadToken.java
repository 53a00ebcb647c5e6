package dev.keyward.server.token;

/// A token that counts for nothing. The message is for the operator's log and holds nothing of the
/// token; whoever showed it is not told which reason it was.
@SuppressWarnings("serial") // never serialized
public final class BadToken extends RuntimeException {
  private final String issuer;
  private final Why why;

  /// What is wrong with a token.
  public enum Why {
    MALFORMED("it is no signed token, or too large"),
    ISSUER("its issuer is not in the settings"),
    TYPE("it is a token for another use"),
    ALGORITHM("its signature algorithm is not allowed"),
    NO_KEYS("the issuer's keys cannot be had"),
    UNKNOWN_KEY("the issuer has no such key"),
    SIGNATURE("its signature does not fit"),
    AUDIENCE("it is meant for somebody else"),
    EXPIRED("it has no end, or has ended"),
    NOT_YET("it does not count yet"),
    BOUND("it is bound to a key of its holder, which is not supported"),
    NO_SUBJECT("it names no subject"),
    NO_RULE("no rule fits it"),
    NO_PERSON("it names nobody in the claim that must name a person"),
    NONCE("it answers another question");

    private final String words;

    Why(String words) {
      this.words = words;
    }

    /// {@return the end of a sentence that begins with "a token was refused:"}
    public String words() {
      return words;
    }
  }

  /// A refusal of a token of `issuer`, which must be one of the settings, or empty.
  public BadToken(String issuer, Why why) {
    super(why.words(), null, false, false); // strangers cause it, so it must be cheap
    this.issuer = issuer;
    this.why = why;
  }

  /// {@return the issuer as the settings name it; empty if it is none of them}
  public String issuer() {
    return issuer;
  }

  /// {@return the reason}
  public Why why() {
    return why;
  }
}
