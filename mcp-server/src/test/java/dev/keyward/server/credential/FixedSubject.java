package dev.keyward.server.credential;

import dev.keyward.call.Caller;
import dev.keyward.redaction.Secret;
import java.util.Collection;
import java.util.Optional;

/// Every run acts for the same person, or for nobody.
public record FixedSubject(Optional<Subject> subject) implements Subjects {
  /// For nobody.
  public FixedSubject() {
    this(Optional.empty());
  }

  @Override
  public Optional<Subject> of(Caller caller) {
    return subject;
  }

  @Override
  public Collection<Secret> held() {
    return subject.stream().map(Subject::token).toList();
  }

  @Override
  public void onChange(Runnable listener) {}
}
