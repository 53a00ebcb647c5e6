package dev.keyward.demo.bench;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What the upstream answers with: about 2 KB of JSON as a shop's or ticket system's API gives it.
final class Item {
  /// Stands in every answer.
  static final String MARK = "Dispatched from the second warehouse";

  /// Stands in a field that the catalog does not declare.
  static final String UNDECLARED = "margin-class-4";

  private static final int NOTES = 8;

  private Item() {}

  /// {@return the answer}
  ///
  /// @param note the text of one more note
  static String json(String note) {
    ObjectNode item = JsonNodeFactory.instance.objectNode();
    item.put("id", "item-0007").put("title", "Espresso grinder, stainless steel, 64 mm burrs");
    item.put("status", "in_stock").put("quantity", 42).put("price", 389.5).put("currency", "EUR");
    item.put("internal", UNDECLARED);
    item.putArray("tags").add("kitchen").add("coffee").add("grinder").add("returns-30-days");
    item.putObject("supplier")
        .put("name", "Molino & Figli")
        .put("country", "IT")
        .put("rating", 4.7);
    for (int i = 1; i <= NOTES; i++) {
      item.withArray("notes")
          .addObject()
          .put("at", "2026-11-" + (10 + i) + "T08:15:00Z")
          .put("author", "warehouse-" + i)
          .put(
              "text",
              MARK
                  + " on pallet "
                  + i
                  + "; the customer asked for a call before delivery,"
                  + " and for the box to be left with the neighbour if nobody is in.");
    }
    item.withArray("notes").addObject().put("text", note);
    return JsonMapper.shared().writeValueAsString(item);
  }
}
