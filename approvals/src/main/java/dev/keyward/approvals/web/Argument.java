package dev.keyward.approvals.web;

import java.util.List;

/// One argument of a call as a reviewer sees it: typed, complete, with nothing hidden.
///
/// @param name as the tool's schema names it
/// @param type the JSON type
/// @param size how much there is of it, for example `23 characters`; empty where that says nothing
/// @param value text as it is; objects and arrays as indented JSON
/// @param handles what is to be said of each handle in it: a sentence
/// @param hidden how many characters of name and value would not have been seen
record Argument(
    List<Piece> name,
    String type,
    String size,
    List<Piece> value,
    List<String> handles,
    int hidden) {}
