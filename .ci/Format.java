import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Checks (`check DIR`) or rewrites (`write DIR`) the Java sources under a folder with
/// google-java-format.
///
/// The build runs it on JDK 25, since the formatter parses with the compiler of the JDK it runs on.
void main(String[] arguments) throws Exception {
  boolean write = arguments[0].equals("write");
  Formatter formatter = new Formatter(JavaFormatterOptions.defaultOptions());
  int wrong = 0;
  for (Path file : sources(Path.of(arguments[1]))) {
    String found = Files.readString(file);
    String wanted =
        formatter.formatSource(
            RemoveUnusedImports.removeUnusedImports(
                ImportOrderer.reorderImports(found, JavaFormatterOptions.Style.GOOGLE)));
    if (found.equals(wanted)) {
      continue;
    }
    wrong++;
    if (write) {
      Files.writeString(file, wanted);
    }
    IO.println((write ? "formatted " : "not formatted: ") + file);
  }
  if (wrong > 0 && !write) {
    IO.println(wrong + " files are not formatted; run: mvn -N validate -Dformat=write");
    System.exit(1);
  }
}

List<Path> sources(Path root) throws IOException {
  try (var files = Files.walk(root)) {
    return files
        .filter(file -> file.toString().endsWith(".java"))
        .filter(file -> !root.relativize(file).toString().contains("target/"))
        .sorted()
        .toList();
  }
}
