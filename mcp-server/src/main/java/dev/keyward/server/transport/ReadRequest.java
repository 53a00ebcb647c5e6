package dev.keyward.server.transport;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// A request whose body has been read, and can be read again.
final class ReadRequest extends HttpServletRequestWrapper {
  private final byte[] body;

  private ReadRequest(HttpServletRequest request, byte[] body) {
    super(request);
    this.body = body;
  }

  /// Reads the body of an admitted request.
  ///
  /// A body without a length is read until it is too long; one with a length was looked at before.
  ///
  /// @return empty if it is larger than `maxBytes`
  static Optional<ReadRequest> of(HttpServletRequest request, int maxBytes) throws IOException {
    int length = request.getContentLength();
    byte[] body = request.getInputStream().readNBytes(length < 0 ? maxBytes + 1 : length);
    AgentGate.share(request).shrink(body.length);
    return body.length > maxBytes ? Optional.empty() : Optional.of(new ReadRequest(request, body));
  }

  /// {@return the body, which is UTF-8 whatever the request calls it}
  String text() throws BadMessage {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException e) {
      throw BadMessage.notJson();
    }
  }

  /// JSON is UTF-8; a `charset` beside it means nothing (RFC 8259, 8.1 and 11).
  @Override
  public String getCharacterEncoding() {
    return StandardCharsets.UTF_8.name();
  }

  @Override
  public ServletInputStream getInputStream() {
    return new Replay(new ByteArrayInputStream(body));
  }

  private static final class Replay extends ServletInputStream {
    private final ByteArrayInputStream body;

    Replay(ByteArrayInputStream body) {
      this.body = body;
    }

    @Override
    public int read() {
      return body.read();
    }

    @Override
    public int read(byte[] bytes, int from, int count) {
      return body.read(bytes, from, count);
    }

    @Override
    public boolean isFinished() {
      return body.available() == 0;
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void setReadListener(ReadListener listener) {
      throw new UnsupportedOperationException("the body is here already");
    }
  }
}
