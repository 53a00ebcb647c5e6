package dev.keyward.catalog;

import java.nio.file.Path;
import java.util.List;

/// A folder of catalog files (`*.yaml`, `*.yml`), watched for changes.
@SuppressWarnings("DoNotCallSuggester")
public final class CatalogFolder implements AutoCloseable {
  private CatalogFolder() {}

  /// Loads the folder and begins to watch it; never throws for what it finds there.
  public static CatalogFolder open(Path folder) {
    throw new UnsupportedOperationException("being built");
  }

  /// {@return the tools as of now; the same object until something changes}
  public ToolCatalog current() {
    throw new UnsupportedOperationException("being built");
  }

  /// {@return what is wrong as of now, by file and line; empty when all is well}
  public List<CatalogProblem> problems() {
    throw new UnsupportedOperationException("being built");
  }

  /// Calls `listener` after each settled change of tools or problems, on the watching thread.
  public void onChange(Runnable listener) {
    throw new UnsupportedOperationException("being built");
  }

  /// Looks at the folder now instead of waiting for the watcher.
  public void reload() {
    throw new UnsupportedOperationException("being built");
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException("being built");
  }
}
