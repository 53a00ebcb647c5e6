package dev.keyward.catalog;

/// How a tool's arguments become a request to its system.
public sealed interface Binding permits HttpBinding, SqlBinding {}
