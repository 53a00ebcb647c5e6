package dev.keyward.demo.company;

/// A person at a customer, as the CRM knows them.
///
/// @param id `con_` and a number
public record Contact(String id, String name, String email) {
  /// {@return what the person signs with}
  String firstName() {
    return name.substring(0, name.indexOf(' '));
  }
}
