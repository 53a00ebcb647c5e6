package dev.keyward.store;

import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/// The database could not do its work: disk full, file gone, closed. Nothing of it happened.
@SuppressWarnings("serial") // never serialized
public final class StoreUnavailable extends RuntimeException {
  private static final String POSTGRES_DISK_FULL = "53100";

  /// For a database that did not get to ask its engine.
  public StoreUnavailable(String message) {
    super(message);
  }

  /// Keeps the engine's own exception for the operator's log. The message says so if the disk is
  /// full.
  public StoreUnavailable(String message, Throwable cause) {
    super(diskFull(cause) ? message + ": the disk is full" : message, cause);
  }

  private static boolean diskFull(Throwable cause) {
    for (Throwable at = cause; at != null; at = at.getCause()) {
      boolean full =
          switch (at) {
            case SQLiteException sqlite -> sqlite.getResultCode() == SQLiteErrorCode.SQLITE_FULL;
            case SQLException sql -> POSTGRES_DISK_FULL.equals(sql.getSQLState());
            default -> false;
          };
      if (full) {
        return true;
      }
    }
    return false;
  }
}
