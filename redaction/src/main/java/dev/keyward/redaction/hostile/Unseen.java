package dev.keyward.redaction.hostile;

import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Characters that a person does not see and a model reads, or that show text in another order than
/// it has: zero-width and format characters, tags, strewn variation selectors, bidirectional
/// controls.
///
/// What writing needs stays: joiners between letters beyond ASCII and in emoji, one selector after
/// such a character, the tags of a flag, marks of direction beside letters that run from right to
/// left.
public enum Unseen {
  /// They are left out.
  DROP,
  /// They are written as `[U+202E]`.
  SHOW,
  /// They stay.
  KEEP;

  private static final int FLAG = 0x1f3f4;
  private static final int CANCEL_TAG = 0xe007f;
  private static final int LONGEST_FLAG = 8;

  /// {@return `json` with every text and key of it seen to; itself if that changes nothing}
  public JsonNode in(JsonNode json) {
    return this == KEEP || !isIn(json) ? json : rewritten(json);
  }

  /// {@return `text`, seen to}
  public String in(String text) {
    if (this == KEEP || !isIn(text)) {
      return text;
    }
    var out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); ) {
      int flag = flag(text, i);
      if (flag > i) {
        out.append(text, i, flag);
        i = flag;
        continue;
      }
      int c = text.codePointAt(i);
      if (!isUnseen(c) || isNeeded(text, i, c)) {
        out.appendCodePoint(c);
      } else if (this == SHOW) {
        out.append(String.format(Locale.ROOT, "[U+%04X]", c));
      }
      i += Character.charCount(c);
    }
    return out.toString();
  }

  private static boolean isIn(JsonNode node) {
    if (node.isString()) {
      return isIn(node.stringValue());
    }
    for (var field : node.properties()) {
      if (isIn(field.getKey())) {
        return true;
      }
    }
    for (JsonNode child : node) {
      if (isIn(child)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isIn(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 0xad
          && (Character.isHighSurrogate(c) ? isUnseen(text.codePointAt(i)) : isUnseen(c))) {
        return true;
      }
    }
    return false;
  }

  private JsonNode rewritten(JsonNode node) {
    return switch (node.getNodeType()) {
      case STRING -> JsonNodeFactory.instance.stringNode(in(node.stringValue()));
      case OBJECT -> {
        ObjectNode out = JsonNodeFactory.instance.objectNode();
        for (var field : node.properties()) {
          String key = in(field.getKey());
          out.set(out.has(key) ? field.getKey() : key, rewritten(field.getValue()));
        }
        yield out;
      }
      case ARRAY -> {
        ArrayNode out = JsonNodeFactory.instance.arrayNode(node.size());
        node.forEach(item -> out.add(rewritten(item)));
        yield out;
      }
      case NUMBER, BOOLEAN, NULL, BINARY, MISSING, POJO -> node;
    };
  }

  private static boolean isUnseen(int c) {
    return switch (c) {
      case 0xad, 0x34f, 0x61c, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x180e, 0x3164, 0xfeff, 0xffa0 ->
          true;
      default ->
          (c >= 0x200b && c <= 0x200f)
              || (c >= 0x202a && c <= 0x202e)
              || (c >= 0x2060 && c <= 0x206f)
              || (c >= 0x180b && c <= 0x180d)
              || (c >= 0xfe00 && c <= 0xfe0f)
              || (c >= 0xfff0 && c <= 0xfffb)
              || (c >= 0x1d173 && c <= 0x1d17a)
              || (c >= 0xe0000 && c <= 0xe0fff);
    };
  }

  private static boolean isNeeded(String text, int at, int c) {
    int before = at > 0 ? text.codePointBefore(at) : 0;
    int next = at + Character.charCount(c);
    int after = next < text.length() ? text.codePointAt(next) : 0;
    return switch (c) {
      case 0x200c, 0x200d -> isWritten(before) && isWritten(after);
      case 0x200e, 0x200f, 0x61c -> isRightToLeft(before) || isRightToLeft(after);
      default -> (c >= 0xfe00 && c <= 0xfe0f) && isSelectable(before);
    };
  }

  /// A letter or picture beyond ASCII, or what belongs to one.
  private static boolean isWritten(int c) {
    return c > 127 && (!isUnseen(c) || (c >= 0xfe00 && c <= 0xfe0f));
  }

  /// Digits, `#` and `*` make keys as emoji.
  private static boolean isSelectable(int c) {
    return (c > 127 && !isUnseen(c)) || (c >= '0' && c <= '9') || c == '#' || c == '*';
  }

  private static boolean isRightToLeft(int c) {
    byte direction = Character.getDirectionality(c);
    return direction == Character.DIRECTIONALITY_RIGHT_TO_LEFT
        || direction == Character.DIRECTIONALITY_RIGHT_TO_LEFT_ARABIC;
  }

  /// {@return where a flag made of tags ends that starts at `at`, or `at`}
  private static int flag(String text, int at) {
    if (text.codePointAt(at) != FLAG) {
      return at;
    }
    int k = at + 2;
    for (int count = 0; count < LONGEST_FLAG && k < text.length(); count++) {
      int c = text.codePointAt(k);
      k += Character.charCount(c);
      if (c == CANCEL_TAG) {
        return k;
      }
      if (c < 0xe0030 || c > 0xe007a) {
        return at;
      }
    }
    return at;
  }
}
