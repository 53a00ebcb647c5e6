package dev.keyward.demo.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// A server that is measured: how to call it, and what a right answer is.
interface Target extends AutoCloseable {
  /// {@return what tables call it}
  String name();

  /// {@return the process whose time and memory count}
  Started process();

  /// Opens one more connection, ready for calls.
  ///
  /// @param number of the connection, from 0
  Line open(int number) throws IOException;

  @Override
  void close();

  /// A connection, and what is asked over it again and again. Used by one thread.
  interface Line extends AutoCloseable {
    /// Makes one call and waits for its answer.
    ///
    /// @return whether the answer is right
    boolean call() throws IOException;

    @Override
    void close() throws IOException;
  }

  /// A server that is called with a plain GET.
  record Plain(String name, Started process, String authorization) implements Target {
    @Override
    public Line open(int number) throws IOException {
      String request =
          "GET /items/item-0007 HTTP/1.1\r\nHost: 127.0.0.1:" + process.port() + "\r\n";
      byte[] bytes = (request + authorization + "\r\n").getBytes(StandardCharsets.US_ASCII);
      byte[] mark = Item.MARK.getBytes(StandardCharsets.UTF_8);
      var wire = new Wire(process.port());
      return new Line() {
        @Override
        public boolean call() throws IOException {
          return wire.ask(bytes) == 200 && wire.holds(mark);
        }

        @Override
        public void close() throws IOException {
          wire.close();
        }
      };
    }

    @Override
    public void close() {
      process.close();
    }
  }
}
