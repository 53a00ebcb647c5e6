package dev.keyward.redaction.rules;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Finds many words in a text in one pass, whatever their case: Aho and Corasick's automaton as a
/// table, one look-up a character.
public final class Keywords {
  private static final int[] NOTHING = {};

  private final byte[] classes = new byte[0x10000]; // 0: a character of no word
  private final int[] lengths;
  private final int width;
  private final int[]
      next; // by state and class: where the next state starts, or ~its number if something ends
  // there
  private final int[][] ends; // by state: the numbers of the words that end there

  /// Numbers `words` as they stand; a word may stand more than once.
  public Keywords(List<String> words) {
    width = classify(words);
    lengths = words.stream().mapToInt(String::length).toArray();
    var tree = new ArrayList<int[]>();
    var found = new ArrayList<int[]>();
    tree.add(new int[width]);
    found.add(NOTHING);
    for (int number = 0; number < words.size(); number++) {
      int state = 0;
      String word = words.get(number);
      for (int i = 0; i < word.length(); i++) {
        int kind = classes[word.charAt(i)] & 0xff;
        if (tree.get(state)[kind] == 0) {
          tree.get(state)[kind] = tree.size();
          tree.add(new int[width]);
          found.add(NOTHING);
        }
        state = tree.get(state)[kind];
      }
      found.set(state, append(found.get(state), number));
    }
    complete(tree, found);
    ends = found.toArray(int[][]::new);
    next = new int[tree.size() * width];
    for (int state = 0; state < tree.size(); state++) {
      for (int kind = 0; kind < width; kind++) {
        int to = tree.get(state)[kind];
        next[state * width + kind] = ends[to].length > 0 ? ~to : to * width;
      }
    }
  }

  /// {@return how long a word is}
  public int length(int number) {
    return lengths[number];
  }

  private int classify(List<String> words) {
    Map<Character, Integer> seen = new HashMap<>();
    for (String word : words) {
      for (int i = 0; i < word.length(); i++) {
        char lower = Character.toLowerCase(word.charAt(i));
        int kind = seen.computeIfAbsent(lower, k -> seen.size() + 1);
        if (kind > 255) {
          throw new IllegalArgumentException("keywords have more than 255 different characters");
        }
        classes[lower] = (byte) kind;
        classes[Character.toUpperCase(lower)] = (byte) kind;
      }
    }
    return seen.size() + 1;
  }

  /// Fills in where to go on when a word breaks off, and which shorter words end with longer ones.
  private void complete(List<int[]> tree, List<int[]> found) {
    var fail = new int[tree.size()];
    var queue = new ArrayDeque<Integer>();
    for (int to : tree.getFirst()) {
      if (to != 0) {
        queue.add(to);
      }
    }
    while (!queue.isEmpty()) {
      int state = queue.remove();
      for (int number : found.get(fail[state])) {
        found.set(state, append(found.get(state), number));
      }
      for (int kind = 1; kind < width; kind++) {
        int to = tree.get(state)[kind];
        int other = tree.get(fail[state])[kind];
        if (to == 0) {
          tree.get(state)[kind] = other;
        } else {
          fail[to] = other;
          queue.add(to);
        }
      }
    }
  }

  private static int[] append(int[] numbers, int number) {
    int[] longer = Arrays.copyOf(numbers, numbers.length + 1);
    longer[numbers.length] = number;
    return longer;
  }

  /// {@return whether there is any word in the first `length` characters}
  boolean stand(char[] text, int length) {
    int state = 0;
    for (int i = 0; i < length && state >= 0; i++) {
      state = next[state + (classes[text[i]] & 0xff)];
    }
    return state < 0;
  }

  /// Reads the first `length` characters and tells `each` of every word in them.
  public void search(char[] text, int length, Each each) {
    int state = 0;
    for (int i = 0; i < length; i++) {
      state = next[state + (classes[text[i]] & 0xff)];
      if (state < 0) {
        for (int number : ends[~state]) {
          each.word(number, i + 1);
        }
        state = ~state * width;
      }
    }
  }

  /// Takes one word.
  @FunctionalInterface
  public interface Each {
    /// Called with the word's number and the place after it.
    void word(int number, int end);
  }
}
