package dev.keyward.demo.llm;

import java.util.List;

/// A language model that answers conversations.
@FunctionalInterface
interface ChatModel {
  /// {@return the model's answer to all that was said so far}
  ///
  /// @throws ChatFailed if there is none, and asking again would not help
  Reply answer(List<Message> conversation, List<Offer> tools) throws ChatFailed;
}
