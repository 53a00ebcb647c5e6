package dev.keyward.demo.llm;

/// The model cannot be asked any more. The message is a sentence for people, without anything that
/// the endpoint wrote.
@SuppressWarnings("serial") // never serialized
final class ChatFailed extends Exception {
  ChatFailed(String message) {
    super(message);
  }
}
