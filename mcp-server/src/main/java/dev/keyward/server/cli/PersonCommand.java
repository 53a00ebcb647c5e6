package dev.keyward.server.cli;

import dev.keyward.server.CannotStart;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// `person`: who owns agents and decides on calls.
@Command(
    name = "person",
    mixinStandardHelpOptions = true,
    description = "People who own agents and decide on calls",
    subcommands = {
      PersonCommand.Add.class,
      PersonCommand.Link.class,
      PersonCommand.Bind.class,
      PersonCommand.ForgetPasskey.class,
      PersonCommand.ListAll.class,
      PersonCommand.Remove.class,
      PersonCommand.Scope.class,
      PersonCommand.Email.class,
      PersonCommand.SessionList.class,
      PersonCommand.SignOut.class,
      PersonCommand.Lend.class,
      PersonCommand.Loans.class,
      PersonCommand.EndLoan.class
    },
    synopsisSubcommandLabel = "COMMAND")
final class PersonCommand {
  private PersonCommand() {}

  @Command(
      name = "add",
      mixinStandardHelpOptions = true,
      description = "Adds a person and prints a link that signs them in once")
  static final class Add extends HomeCommand {
    @Parameters(paramLabel = "NAME", description = "For example alice")
    private String name = "";

    @Option(
        names = "--role",
        paramLabel = "ROLE",
        description =
            "member (confirms calls of own agents), viewer (sees all requests), reviewer, auditor"
                + " (sees all and the record, decides on nothing), administrator (works the kill"
                + " switch), or break-glass (in an emergency approves alone); may be given again")
    private List<String> roles = new ArrayList<>();

    @Mixin private ReviewOptions reviews = new ReviewOptions();

    @Override
    public Integer call() throws CannotStart {
      var arguments = reviews.in(new Arguments().with("name", name).with("roles", roles));
      printLink(home, output, home.operate("person.add", arguments.json()));
      return 0;
    }
  }

  @Command(
      name = "link",
      mixinStandardHelpOptions = true,
      description = "Prints a new link that signs a person in once, within 15 minutes")
  static final class Link extends NamedCommand {
    @Override
    public Integer call() throws CannotStart {
      printLink(home, output, home.operate("person.link", named().json()));
      return 0;
    }
  }

  @Command(
      name = "bind",
      mixinStandardHelpOptions = true,
      description = "Says who a person is at the OpenID Connect provider of config.yaml")
  static final class Bind extends NamedCommand {
    @Option(
        names = "--subject",
        required = true,
        paramLabel = "SUBJECT",
        description = "The sub claim of the person's ID tokens")
    private String subject = "";

    @Override
    public Integer call() throws CannotStart {
      var arguments = named().with("subject", subject);
      output.print(home.operate("person.bind", arguments.json()), "");
      return 0;
    }
  }

  @Command(
      name = "forget-passkey",
      mixinStandardHelpOptions = true,
      description = "Forgets a person's passkey, which is lost or is to be another; sessions end")
  static final class ForgetPasskey extends NamedCommand {
    @Override
    public Integer call() throws CannotStart {
      var arguments = named();
      output.print(home.operate("person.forget_passkey", arguments.json()), "");
      return 0;
    }
  }

  @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists people and roles")
  static final class ListAll extends HomeCommand {
    @Override
    public Integer call() throws CannotStart {
      JsonNode people = home.operate("person.list", new Arguments().json());
      output.print(
          people,
          "No people yet; add one with: keyward person add NAME",
          "name",
          "roles",
          "passkey");
      return 0;
    }
  }

  @Command(
      name = "remove",
      mixinStandardHelpOptions = true,
      description = "Removes a person: sessions end, and decisions not yet used count no longer")
  static final class Remove extends NamedCommand {
    @Override
    public Integer call() throws CannotStart {
      JsonNode gone = home.operate("person.remove", named().json());
      output.print(gone, "");
      return 0;
    }
  }

  @Command(
      name = "scope",
      mixinStandardHelpOptions = true,
      description = "Says of which requests a reviewer is one; counts at once")
  static final class Scope extends NamedCommand {
    @Mixin private ReviewOptions reviews = new ReviewOptions();

    @Option(names = "--everything", description = "Of all requests again")
    private boolean everything;

    @Override
    public Integer call() throws CannotStart {
      var arguments = reviews.in(named().with("everything", everything));
      output.print(home.operate("person.scope", arguments.json()), "");
      return 0;
    }
  }

  @Command(
      name = "email",
      mixinStandardHelpOptions = true,
      description = "Says where a person is told by mail that something waits for them")
  static final class Email extends NamedCommand {
    @Parameters(paramLabel = "ADDRESS", arity = "0..1", description = "Without: nowhere any more")
    private @Nullable String address;

    @Override
    public Integer call() throws CannotStart {
      var arguments = named().with("address", address);
      output.print(home.operate("person.email", arguments.json()), "");
      return 0;
    }
  }

  @Command(
      name = "sessions",
      mixinStandardHelpOptions = true,
      description = "Lists where a person is signed in")
  static final class SessionList extends NamedCommand {
    @Override
    public Integer call() throws CannotStart {
      JsonNode open = home.operate("person.sessions", named().json());
      output.print(open, "Nowhere.", "session", "is", "started", "seen", "calls_itself");
      return 0;
    }
  }

  @Command(
      name = "sign-out",
      mixinStandardHelpOptions = true,
      description = "Ends the sessions of a person and what they have lent, or one session")
  static final class SignOut extends NamedCommand {
    @Option(names = "--session", paramLabel = "SESSION", description = "As sessions lists it")
    private @Nullable String session;

    @Override
    public Integer call() throws CannotStart {
      var arguments = named().with("session", session);
      output.print(home.operate("person.sign_out", arguments.json()), "");
      return 0;
    }
  }

  @Command(
      name = "lend",
      mixinStandardHelpOptions = true,
      description =
          "Lends a reviewer's place to somebody else for some days, from now; in place of what is"
              + " lent to them already")
  static final class Lend extends NamedCommand {
    @Option(names = "--to", required = true, paramLabel = "NAME", description = "To whom")
    private String to = "";

    @Option(names = "--days", paramLabel = "N", description = "1 to 14; default: ${DEFAULT-VALUE}")
    private int days = 1;

    @Override
    public Integer call() throws CannotStart {
      var arguments = named().with("to", to).with("days", days);
      printLoans(output, home.operate("person.lend", arguments.json()));
      return 0;
    }
  }

  @Command(
      name = "loans",
      mixinStandardHelpOptions = true,
      description = "Lists which reviewers have lent their place to whom")
  static final class Loans extends HomeCommand {
    @Override
    public Integer call() throws CannotStart {
      printLoans(output, home.operate("person.loans", new Arguments().json()));
      return 0;
    }
  }

  @Command(
      name = "end-loan",
      mixinStandardHelpOptions = true,
      description = "Ends a loan; what was approved in that place and not used counts no longer")
  static final class EndLoan extends NamedCommand {
    @Option(names = "--to", required = true, paramLabel = "NAME", description = "To whom")
    private String to = "";

    @Override
    public Integer call() throws CannotStart {
      var arguments = named().with("to", to);
      printLoans(output, home.operate("person.end_loan", arguments.json()));
      return 0;
    }
  }

  private static void printLoans(Output output, JsonNode loans) {
    output.print(loans, "Nobody has lent a place.", "lender", "to", "until", "instead_of_until");
  }

  private static void printLink(HomeOption home, Output output, JsonNode person) {
    if (output.isJson()) {
      output.print(person, "");
      return;
    }
    System.out.println(
        person.path("name").asString()
            + " can sign in once, until "
            + person.path("link_expires").asString()
            + ", with:");
    System.out.println(person.path("link").asString());
    System.err.println("Whoever has the link is this person: hand it to nobody else.");
    Output.warn(person);
    if (!home.brokerRuns()) {
      System.err.println("Nobody listens there yet; start the broker with: keyward serve");
    }
  }
}
