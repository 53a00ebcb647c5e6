package dev.keyward.catalog;

import dev.keyward.call.Tier;
import dev.keyward.call.ToolName;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// One catalogued action, with all defaults of its file resolved.
///
/// @param name the canonical name, for example `crm.read_ticket`
/// @param title a few words for people, from the catalog
/// @param description what the tool does, for the agent
/// @param input what the arguments must look like
/// @param outputSchema JSON Schema 2020-12 of the answer as agents get it, an object; not to be
///   changed
/// @param tier how much harm it can do
/// @param target the system and the only origin that it may reach
/// @param binding how arguments become a request
/// @param credential which credential goes where; absent for a system that needs none
/// @param projection which fields of an answer leave
/// @param handles which of these fields the agent gets as handles
/// @param care what is done about the texts of results beyond secrets
/// @param summary the line that a reviewer reads
/// @param preview the read that shows a reviewer how things are before a call
/// @param limits time, size and concurrency
/// @param digest SHA-256 over all of the above in canonical JSON, 64 lower-case hexadecimal digits;
///   comments, file names and the order of keys do not count
public record Tool(
    ToolName name,
    String title,
    String description,
    InputSchema input,
    Optional<JsonNode> outputSchema,
    Tier tier,
    Target target,
    Binding binding,
    Optional<CredentialUse> credential,
    Projection projection,
    ToolHandles handles,
    ResultCare care,
    Summary summary,
    Optional<PreviewRead> preview,
    Limits limits,
    String digest) {

  /// {@return all of it but the digest, in the form over which that is taken; not to be changed}
  public JsonNode document() {
    return CatalogJson.document(this);
  }

  /// {@return the same tool with this digest}
  Tool withDigest(String value) {
    return new Tool(
        name,
        title,
        description,
        input,
        outputSchema,
        tier,
        target,
        binding,
        credential,
        projection,
        handles,
        care,
        summary,
        preview,
        limits,
        value);
  }
}
