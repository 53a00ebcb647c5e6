package dev.keyward.demo.company;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// Every request a company has answered, oldest first. Any thread may write and read.
public final class Journal {
  private final List<JournalEntry> entries = new CopyOnWriteArrayList<>();

  void add(JournalEntry entry) {
    entries.add(entry);
  }

  /// {@return how many requests were answered so far; a mark for [#since]}
  public int size() {
    return entries.size();
  }

  /// {@return all entries}
  public List<JournalEntry> entries() {
    return List.copyOf(entries);
  }

  /// {@return what was answered after `mark`, a former [#size]}
  public List<JournalEntry> since(int mark) {
    List<JournalEntry> all = List.copyOf(entries);
    return all.subList(Math.min(mark, all.size()), all.size());
  }
}
