package dev.keyward.server.cli;

import dev.keyward.redaction.KnownSecrets;
import dev.keyward.redaction.Redactor;
import dev.keyward.redaction.Secret;
import dev.keyward.redaction.TouchesSecret;
import dev.keyward.redaction.rules.Rules;
import dev.keyward.server.config.RulesFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `redact`: takes secrets out of files or standard input. It needs no home folder and no broker.
@Command(
    name = "redact",
    mixinStandardHelpOptions = true,
    description = {
      "Takes secrets out of files, or of standard input, and writes the rest unchanged.",
      "It needs no home folder and no broker. Text is read in pieces, so a stream may be endless.",
      "Exit codes: 0 done; 1 something could not be read, or had to be withheld; 4 with --check,"
          + " something was found."
    })
final class RedactCommand implements Callable<Integer> {
  /// How the input is read.
  enum Format {
    /// Line after line, whatever it is; the output is the same beside what is taken out.
    TEXT,
    /// Text, with settings under names.
    YAML,
    /// Text whose first line names the columns of all others.
    CSV,
    /// As a page, whole.
    HTML,
    /// As a document, whole.
    XML,
    /// As a tree: names and values are read together, and the output is written anew.
    JSON;

    boolean isWhole() {
      return this == HTML || this == XML || this == JSON;
    }

    /// {@return what a file's name says; JSON stays text, so that it is not written anew}
    static Format of(String file) {
      String end = file.substring(file.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
      return switch (end) {
        case "csv", "tsv" -> CSV;
        case "yaml", "yml" -> YAML;
        case "html", "htm" -> HTML;
        case "xml" -> XML;
        default -> TEXT;
      };
    }
  }

  @Parameters(paramLabel = "FILE", description = "Default: standard input")
  private List<Path> files = new ArrayList<>();

  @Option(
      names = "--format",
      description =
          "text, yaml, csv, html, xml or json; default: what a file's name says, else text")
  private @Nullable Format format;

  @Option(
      names = "--live",
      description =
          "Write whole lines as soon as no more comes, as for `tail -f`; what is cut by the pause"
              + " may then be missed")
  private boolean live;

  @Option(
      names = "--jsonl",
      description = "Read one JSON object a line ({id, text, secrets?}) and answer one a line")
  private boolean jsonl;

  @Option(
      names = "--explain",
      description = "Say on standard error which rule fired where; never the value")
  private boolean explain;

  @Option(names = "--check", description = "Write no text; exit code 4 if something is found")
  private boolean check;

  @Option(
      names = "--rules",
      paramLabel = "FILE",
      description = "YAML or JSON that adds to, tunes or switches off the standard rules")
  private @Nullable Path rules;

  @Option(
      names = "--personal",
      paramLabel = "TYPE",
      split = ",",
      description = "Take out personal data of these types too, or all")
  private Set<String> personal = Set.of();

  @Option(
      names = "--known",
      paramLabel = "FILE",
      description = "Take out these secrets too, one a line, in every spelling")
  private @Nullable Path known;

  @Spec private @Nullable CommandSpec spec;

  private final Writer out = new OutputStreamWriter(System.out, StandardCharsets.UTF_8);
  private final PrintStream err = System.err;
  private int found;
  private boolean withheld;

  @Override
  public Integer call() throws IOException {
    Rules by = rules == null ? Rules.standard() : RulesFile.read(rules);
    Rules all = by.withPersonal(personal);
    List<Secret> named = named();
    KnownSecrets secrets = compiled(named);
    if (jsonl) {
      lines(new RedactLines(all, named, out));
      return 0;
    }
    var redactor = new Redactor(() -> secrets, () -> all);
    for (Path file : files) {
      try (Reader in = reader(Files.newInputStream(file))) {
        redact(redactor, in, file.toString());
      }
    }
    if (files.isEmpty()) {
      redact(redactor, standardInput(), "stdin");
    }
    out.flush();
    return withheld ? Main.NOT_DONE : check && found > 0 ? Main.FOUND_SOMETHING : 0;
  }

  private void lines(RedactLines redactor) throws IOException {
    if (check || explain || live || format != null) {
      throw new CommandLine.ParameterException(
          Objects.requireNonNull(spec).commandLine(),
          "--jsonl answers with findings of its own; leave out --check, --explain, --live and"
              + " --format");
    }
    for (Path file : files) {
      try (BufferedReader in = reader(Files.newInputStream(file))) {
        redactor.run(in);
      }
    }
    if (files.isEmpty()) {
      redactor.run(standardInput());
    }
  }

  private static BufferedReader standardInput() {
    return reader(System.in);
  }

  /// What is not UTF-8 becomes a replacement character.
  private static BufferedReader reader(InputStream in) {
    return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
  }

  private List<Secret> named() throws IOException {
    var all = new ArrayList<Secret>();
    if (known != null) {
      Files.readAllLines(known).stream()
          .filter(line -> !line.isBlank())
          .map(Secret::of)
          .forEach(all::add);
    }
    return all;
  }

  @TouchesSecret
  private static KnownSecrets compiled(List<Secret> secrets) {
    return KnownSecrets.of(secrets);
  }

  private void redact(Redactor redactor, Reader in, String name) throws IOException {
    var pieces = new RedactPieces(redactor, in, format == null ? Format.of(name) : format, live);
    try {
      for (var piece = pieces.next(); piece.isPresent(); piece = pieces.next()) {
        took(piece.get(), name);
      }
    } catch (IOException unreadable) {
      String why = String.valueOf(unreadable.getMessage());
      throw new IOException(name + (why.startsWith(":") ? "" : ": ") + why, unreadable);
    }
  }

  private void took(RedactPieces.Piece piece, String name) throws IOException {
    withheld |= piece.withheld();
    if (piece.withheld()) {
      err.println(
          "keyward: "
              + name
              + ":"
              + piece.line()
              + ": withheld, for its end could not be reached within the limits");
    }
    for (RedactPieces.Taken taken : piece.taken()) {
      found++;
      if (explain) {
        err.println(name + ":" + taken.place() + " " + taken.rule() + " " + taken.type());
      }
    }
    if (!check) {
      out.write(piece.text());
      out.flush();
    }
  }
}
