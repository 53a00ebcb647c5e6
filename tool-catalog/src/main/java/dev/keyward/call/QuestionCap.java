package dev.keyward.call;

import java.util.Locale;

/// One bound on how much people are asked, and what to say to an agent that has come to it.
public enum QuestionCap {
  AGENT_OPEN("as many of this agent's questions wait for people as may"),
  PERSON_OPEN("as many questions wait as may on account of the person that this agent works for"),
  AGENT_RATE("this agent has asked people too often of late"),
  PERSON_RATE("too much has been asked of late on account of the person that this agent works for"),
  COOL_DOWN("a person has refused this tool for a while");

  private final String words;

  QuestionCap(String words) {
    this.words = words;
  }

  /// {@return the word for machines}
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// {@return why nobody is asked now}
  public String words() {
    return words;
  }
}
