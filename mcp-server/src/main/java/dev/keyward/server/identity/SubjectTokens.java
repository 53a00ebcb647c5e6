package dev.keyward.server.identity;

import dev.keyward.call.RunId;
import dev.keyward.store.Tx;

/// Takes the tokens that say for whom runs act. Safe for all threads.
public interface SubjectTokens {
  /// Needs none of them.
  SubjectTokens NONE =
      new SubjectTokens() {
        @Override
        public void opened(Tx tx, RunId run, SubjectToken token) {}

        @Override
        public void shown(RunId run, SubjectToken token) {}
      };

  /// `run` is opened by whoever has shown `token`.
  void opened(Tx tx, RunId run, SubjectToken token);

  /// `token` was shown for `run`, which goes on with it from now on.
  void shown(RunId run, SubjectToken token);
}
