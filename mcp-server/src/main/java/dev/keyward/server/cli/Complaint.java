package dev.keyward.server.cli;

import dev.keyward.server.CannotStart;
import dev.keyward.server.control.OperatorError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;

/// What went wrong, in a sentence for whoever typed the command; never a class's name.
final class Complaint {
  private static final String UNKNOWN =
      "the command failed in a way that it should not; please report what you did";

  private Complaint() {}

  static String of(Throwable problem) {
    return switch (problem) {
      case OperatorError e -> message(e);
      case CannotStart e -> message(e);
      case FileSystemException e -> of(e);
      case UncheckedIOException e when e.getCause() != null -> of(e.getCause());
      case IOException e -> message(e);
      case IllegalArgumentException e -> message(e);
      default -> UNKNOWN;
    };
  }

  private static String of(FileSystemException problem) {
    String what =
        switch (problem) {
          case NoSuchFileException _ -> "no such file";
          case AccessDeniedException _ -> "permission denied";
          case FileAlreadyExistsException _ -> "exists already";
          default -> "cannot be read";
        };
    return Optional.ofNullable(problem.getFile()).orElse("a file") + ": " + what;
  }

  private static String message(Throwable problem) {
    return Optional.ofNullable(problem.getMessage()).orElse(UNKNOWN);
  }
}
