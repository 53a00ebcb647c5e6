package dev.keyward.redaction.exact;

import java.util.Arrays;
import java.util.Optional;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// One search of bytes that are no text: of what is readable in them, and of what is compressed in
/// them (gzip, zlib, ZIP entries), in steps of bounded memory.
///
/// What a picture shows and a sound says is not read, nor is what is encrypted or compressed in
/// another way.
final class ByteSearch {
  private static final int DEEP = 3;
  private static final int STEP = 1 << 20;
  private static final int OVERLAP = 64 << 10;
  private static final int ATTEMPT = 64; // what trying to inflate costs, in bytes
  private static final View NOWHERE = View.of(" ");

  private final GramIndex index;
  private final Guarded guarded;
  private final Effort effort;
  private final Spans found = new Spans();
  private final byte[][] steps = new byte[DEEP][0];

  ByteSearch(GramIndex index, Guarded guarded, Effort effort) {
    this.index = index;
    this.guarded = guarded;
    this.effort = effort;
  }

  /// {@return whether `bytes` hold a secret or a telling part of one}
  ///
  /// @throws Effort.Exhausted if a limit was reached before that was known
  boolean finds(byte[] bytes) {
    for (int from = 0; from == 0 || from + OVERLAP < bytes.length; from += STEP - OVERLAP) {
      int to = Math.min(bytes.length, from + STEP);
      if (shows(Arrays.copyOfRange(bytes, from, to), to - from)) {
        return true;
      }
    }
    return inflates(bytes, bytes.length, 0);
  }

  private boolean shows(byte[] bytes, int length) {
    effort.spend(length);
    Optional<View> readable = new Unpacked(bytes, length, NOWHERE, _ -> 0, _ -> 0).readable(0);
    readable.ifPresent(view -> new Search(index, guarded, Amount.PART, effort, found).deep(view));
    return !found.isEmpty();
  }

  private boolean inflates(byte[] bytes, int length, int deep) {
    int i = 0;
    while (deep < DEEP && i + 1 < length && found.isEmpty()) {
      int end = i;
      if (Compressed.isZlib(bytes, length, i)) {
        end = inflate(bytes, length, i, false, deep);
      } else if (Compressed.isGzip(bytes, length, i)) {
        end = inflate(bytes, length, Compressed.afterGzip(bytes, length, i), true, deep);
      } else if (Compressed.isZipEntry(bytes, length, i)) {
        end = inflate(bytes, length, Compressed.afterZipEntry(bytes, length, i), true, deep);
      }
      i = Math.max(i + 1, end);
    }
    return !found.isEmpty();
  }

  /// Looks at what is inflated, step by step.
  ///
  /// @return where the compressed data ends, if it comes to its end
  private int inflate(byte[] bytes, int length, int start, boolean bare, int deep) {
    effort.spend(ATTEMPT);
    byte[] step = step(deep);
    int kept = 0;
    int end = 0;
    try (var inflater = new Inflater(bare)) {
      inflater.setInput(bytes, Math.min(start, length), Math.max(0, length - start));
      for (int read = 1; read > 0 && found.isEmpty(); kept += read) {
        kept = kept == STEP ? looked(step, deep) : kept;
        read = inflater.inflate(step, kept, STEP - kept);
        effort.spend(read);
      }
      end = inflater.finished() ? start + Math.toIntExact(inflater.getBytesRead()) : 0;
    } catch (DataFormatException broken) {
      // what was read before it broke is looked at
    }
    look(step, kept, deep);
    return end;
  }

  private byte[] step(int deep) {
    if (steps[deep].length == 0) {
      steps[deep] = new byte[STEP];
    }
    return steps[deep];
  }

  /// Looks at a full step, and keeps its end for the next.
  private int looked(byte[] step, int deep) {
    look(step, STEP, deep);
    System.arraycopy(step, STEP - OVERLAP, step, 0, OVERLAP);
    return OVERLAP;
  }

  private void look(byte[] bytes, int length, int deep) {
    if (found.isEmpty() && !shows(bytes, length)) {
      inflates(bytes, length, deep + 1);
    }
  }
}
