package dev.keyward.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/// A part of a catalog file, and where it stands in it.
///
/// @param json a missing node where the file does not have it
/// @param at JSON Pointer
record Part(JsonNode json, String at) {

  boolean present() {
    return !json.isMissingNode();
  }

  Part get(String name) {
    return new Part(json.path(name), Pointer.child(at, name));
  }

  /// {@return this field here, or else there}
  Part getOr(String name, Part fallback) {
    return json.has(name) ? get(name) : fallback.get(name);
  }

  String text() {
    return json.stringValue();
  }

  String textOr(String fallback) {
    return present() ? text() : fallback;
  }

  /// {@return the items of a list; none if it is not there}
  List<Part> items() {
    List<Part> items = new ArrayList<>();
    for (int i = 0; i < json.size(); i++) {
      items.add(new Part(json.get(i), Pointer.child(at, i)));
    }
    return items;
  }

  List<String> texts() {
    return items().stream().map(Part::text).toList();
  }

  /// {@return the fields of an object; none if it is not there}
  List<Part> fields() {
    return json.propertyNames().stream().map(this::get).toList();
  }

  /// {@return the types of a property's schema}
  static Set<String> types(JsonNode property) {
    Set<String> types = new TreeSet<>();
    JsonNode type = property.path("type");
    if (type.isString()) {
      types.add(type.stringValue());
    }
    type.forEach(one -> types.add(one.stringValue()));
    return types;
  }
}
