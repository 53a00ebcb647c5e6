package dev.keyward.approvals;

import dev.keyward.call.ApprovalKind;
import dev.keyward.call.Arguments;
import dev.keyward.call.CallDigest;
import dev.keyward.call.CanonicalJson;
import dev.keyward.call.Tier;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Which calls may be allowed further ones, and which calls those are.
///
/// Arguments with something in them that nobody sees, a handle's value or a secret that was left
/// out, are like no others.
final class Likeness {
  private Likeness() {}

  /// {@return why this very allowance cannot be, where one can, as a sentence}
  static Optional<String> objection(ApprovalRequest request, Allowance wanted) {
    Set<String> names = names(arguments(request.subject()));
    if (!names.containsAll(wanted.free())) {
      return Optional.of("The call has no such argument.");
    }
    boolean nothingStays = !names.isEmpty() && wanted.free().containsAll(names);
    return nothingStays
        ? Optional.of("At least one argument has to stay as it is.")
        : Optional.empty();
  }

  /// {@return why there can be no allowance at all with an approval of this, as a sentence}
  static Optional<String> objection(ApprovalRequest request) {
    return switch (request.subject()) {
      case Subject.Grant _ -> Optional.of("Only calls can be allowed again.");
      case Subject.Call call ->
          oneByOne(request, call)
              .or(
                  () ->
                      isPlain(call, request.digest())
                          ? Optional.empty()
                          : Optional.of(
                              "The call holds something that nobody sees, so it is approved one by"
                                  + " one."));
    };
  }

  /// {@return why these cannot be approved with one answer for all, as a sentence}
  static Optional<String> objectionToTogether(List<ApprovalRequest> requests) {
    long kinds =
        requests.stream()
            .map(ApprovalRequest::shown)
            .map(
                call ->
                    List.of(
                        call.tool(),
                        call.system(),
                        call.origin(),
                        call.caller().workspace(),
                        call.caller().owner(),
                        call.caller().delegator()))
            .distinct()
            .count();
    return kinds > 1
        ? Optional.of(
            "Only calls of one tool on one system, for the same person, are approved together.")
        : requests.stream().flatMap(request -> aloneOnly(request).stream()).findFirst();
  }

  private static Optional<String> aloneOnly(ApprovalRequest request) {
    return switch (request.subject()) {
      case Subject.Grant _ -> Optional.of("More access for a run is approved on its own.");
      case Subject.Call call -> oneByOne(request, call);
    };
  }

  /// {@return why an approval of this call stands for no other, whatever its arguments are}
  private static Optional<String> oneByOne(ApprovalRequest request, Subject.Call call) {
    if (request.edit().isPresent()) {
      return Optional.of("A call that people have changed is approved on its own.");
    }
    if (call.tier() == Tier.DANGEROUS_WRITE) {
      return Optional.of("A dangerous write is approved one by one.");
    }
    return request.kind() == ApprovalKind.DUAL
        ? Optional.of("What two people have to agree to is approved one by one.")
        : Optional.empty();
  }

  /// {@return why nobody can change the arguments of this, as a sentence}
  static Optional<String> objectionToEdit(ApprovalRequest request) {
    return switch (request.subject()) {
      case Subject.Grant _ -> Optional.of("Only calls can be changed.");
      case Subject.Call call when call.tier() == Tier.DANGEROUS_WRITE && alone(request) ->
          Optional.of("A dangerous write is changed only where somebody else has to agree.");
      case Subject.Call call when !isPlain(call, request.digest()) ->
          Optional.of("The call holds something that nobody sees, so it runs as asked or not.");
      case Subject.Call _ -> Optional.empty();
    };
  }

  /// Whether the one who changes the call could be the only one who agrees to it.
  private static boolean alone(ApprovalRequest request) {
    return switch (request.kind()) {
      case CONFIRM -> true;
      case REVIEW -> request.singleOperator();
      case DUAL -> false;
    };
  }

  /// {@return whether what is asked differs from what was approved in nothing but `free` arguments}
  static boolean holds(ApprovalRequest approved, Set<String> free, Ask ask) {
    Subject was = approved.subject();
    if (!(ask.subject() instanceof Subject.Call call)
        || !isPlain(call, ask.digest())
        || !call.caller().equals(was.caller())
        || !call.tool().equals(was.tool())) {
      return false;
    }
    JsonNode then = arguments(was);
    JsonNode now = arguments(call);
    return names(then).equals(names(now))
        && names(then).stream()
            .filter(name -> !free.contains(name))
            .allMatch(
                name ->
                    CanonicalJson.write(then.get(name)).equals(CanonicalJson.write(now.get(name))));
  }

  /// Whether the stored arguments are the whole of what the digest is of.
  private static boolean isPlain(Subject.Call call, CallDigest digest) {
    var stored = Arguments.of(arguments(call));
    return call.handles().isEmpty()
        && CallDigest.of(call.caller(), call.tool(), stored).equals(digest);
  }

  private static JsonNode arguments(Subject subject) {
    return JsonMapper.shared().readTree(subject.shown().argumentsJson());
  }

  private static Set<String> names(JsonNode arguments) {
    return Set.copyOf(arguments.propertyNames());
  }
}
