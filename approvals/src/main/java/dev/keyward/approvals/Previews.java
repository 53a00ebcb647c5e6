package dev.keyward.approvals;

import dev.keyward.call.ApprovalId;
import dev.keyward.call.CallId;
import dev.keyward.call.RunId;
import dev.keyward.call.Seal;
import dev.keyward.call.ToolName;
import dev.keyward.store.Database;
import dev.keyward.store.Tx;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// What was read, for the people who decide on a call, of how things are before it.
///
/// Read once for each request, and kept only if nobody has answered by then: who has agreed has
/// agreed to what they saw. It is sealed, and erased when the run ends. Thread-safe.
public final class Previews {
  private static final String READ = "ok";

  private final Database database;
  private final InstantSource clock;
  private final Seal seal;
  private final ApprovalListener listener;

  Previews(Database database, InstantSource clock, Seal seal, ApprovalListener listener) {
    this.database = database;
    this.clock = clock;
    this.seal = seal;
    this.listener = listener;
  }

  /// {@return whether whoever asks is the one to read it: nobody has begun to, at any broker, and
  /// nobody has answered}
  public boolean begin(ApprovalId id, ToolName tool) {
    boolean begun = database.read(tx -> code(tx, id).isPresent());
    return !begun && database.write(tx -> begin(tx, id, tool));
  }

  private boolean begin(Tx tx, ApprovalId id, ToolName tool) {
    return isPending(tx, id).isPresent()
        && tx.sql()
                .execute(
                    "INSERT INTO approval_previews (approval, tool, read_at, code)"
                        + " VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                    id.value(),
                    tool.value(),
                    clock.millis(),
                    Preview.Unread.NOT_READ)
            == 1;
  }

  /// Notes what came of a reading that was begun; does nothing if somebody has answered meanwhile.
  ///
  /// @param call by which it was read; empty where none was made
  public void end(ApprovalId id, Preview preview, Optional<CallId> call) {
    database.write(
        tx -> {
          isPending(tx, id).ifPresent(request -> end(tx, request, preview, call));
          return id;
        });
  }

  private void end(Tx tx, ApprovalRequest request, Preview preview, Optional<CallId> call) {
    String code = preview instanceof Preview.Unread unread ? unread.code() : READ;
    int noted =
        tx.sql()
            .execute(
                "UPDATE approval_previews SET code = ?, read_at = ?, content = ?"
                    + " WHERE approval = ? AND code = ?",
                code,
                preview.at().toEpochMilli(),
                preview instanceof Preview.Read read ? sealed(request.id(), read) : null,
                request.id().value(),
                Preview.Unread.NOT_READ);
    if (noted == 1) {
      listener.append(tx, new ApprovalEvent.Previewed(request, preview.at(), call, code));
    }
  }

  /// {@return how things were before this call, as far as that is known; empty where its tool does
  /// not say by what to read it}
  public Optional<Preview> of(ApprovalRequest request) {
    return database.read(
        tx ->
            tx.sql()
                .select("SELECT * FROM approval_previews WHERE approval = ?", request.id().value())
                .map((row, _) -> preview(request, row))
                .findFirst());
  }

  /// Erases what was read for the requests of a run, in the transaction of its end.
  void erase(Tx tx, RunId run) {
    tx.sql()
        .execute(
            "UPDATE approval_previews SET code = ?, content = NULL WHERE content IS NOT NULL"
                + " AND approval IN (SELECT id FROM approvals WHERE run = ?)",
            Preview.Unread.ERASED,
            run.value());
  }

  private Preview preview(ApprovalRequest request, ResultSet row) throws SQLException {
    var tool = new ToolName(row.getString("tool"));
    Instant at = Instant.ofEpochMilli(row.getLong("read_at"));
    String code = row.getString("code");
    String content = row.getString("content");
    if (content == null) {
      return new Preview.Unread(tool, at, code);
    }
    return seal.open(bound(request.id()), content)
        .map(plain -> PreviewJson.read(tool, at, new String(plain, StandardCharsets.UTF_8)))
        .map(read -> stillOf(request, read))
        .orElseGet(() -> new Preview.Unread(tool, at, Preview.Unread.DAMAGED));
  }

  /// It was read by what was asked for; with other arguments the call may change something else.
  private static Preview stillOf(ApprovalRequest request, Preview.Read read) {
    String asked = request.subject().shown().argumentsJson();
    String running = request.shown().argumentsJson();
    return PreviewJson.only(read.names(), asked).equals(PreviewJson.only(read.names(), running))
        ? read
        : new Preview.Unread(read.tool(), read.at(), Preview.Unread.EDITED);
  }

  private String sealed(ApprovalId id, Preview.Read read) {
    return seal.seal(bound(id), PreviewJson.write(read).getBytes(StandardCharsets.UTF_8));
  }

  private static List<String> bound(ApprovalId id) {
    return List.of("preview", id.value());
  }

  private static Optional<ApprovalRequest> isPending(Tx tx, ApprovalId id) {
    return Approvals.locked(tx, id).filter(request -> request.state() == ApprovalState.PENDING);
  }

  private static Optional<String> code(Tx tx, ApprovalId id) {
    return tx.sql()
        .select("SELECT code FROM approval_previews WHERE approval = ?", id.value())
        .mapTo(String.class)
        .findFirst();
  }
}
