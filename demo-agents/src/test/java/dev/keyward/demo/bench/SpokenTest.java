package dev.keyward.demo.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
final class SpokenTest {
  @TempDir Path folder;

  @Test
  void everyWayOfCallingGetsTheRightAnswersWhileOthersWait() throws Exception {
    String key = BenchBroker.randomKey();
    List<String> keyward = ColdStart.java(List.of("-XX:+UseSerialGC"));
    try (Started upstream = Started.java(Upstream.class, key);
        BenchBroker broker =
            BenchBroker.start(
                "b",
                keyward,
                folder.resolve("home"),
                Optional.empty(),
                upstream.port(),
                key,
                1,
                70);
        Parked parked = Parked.open(broker, 70)) {
      for (Speech speech : Speech.values()) {
        try (Target.Line line = new Spoken(broker, keyward, speech).open(0)) {
          for (int i = 0; i < 3; i++) {
            assertTrue(line.call(), speech.word());
          }
        }
      }
      assertEquals(70, parked.waiting());
    }
  }
}
