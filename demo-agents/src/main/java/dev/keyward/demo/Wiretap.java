package dev.keyward.demo;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpClient;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;

/// Keeps a copy of every byte that an agent's HTTP client receives, below the MCP client: status,
/// headers and bodies, streams included. Any thread.
public final class Wiretap {
  private final List<ByteArrayOutputStream> answers = new CopyOnWriteArrayList<>();

  /// {@return a builder of clients that this tap listens to}
  public HttpClient.Builder clients() {
    return new TappedClient.Builder(this);
  }

  /// {@return all that was received so far, an answer after the other}
  public String heard() {
    var text = new StringBuilder();
    for (ByteArrayOutputStream answer : answers) {
      text.append(answer.toString(StandardCharsets.UTF_8)).append('\n');
    }
    return text.toString();
  }

  /// {@return how many answers were received so far}
  public int answers() {
    return answers.size();
  }

  <T> BodyHandler<T> tap(BodyHandler<T> handler) {
    return info -> new Tap<>(handler.apply(info), open(info));
  }

  private ByteArrayOutputStream open(ResponseInfo info) {
    var copy = new ByteArrayOutputStream();
    String head = info.statusCode() + " " + info.headers().map() + "\n";
    copy.writeBytes(head.getBytes(StandardCharsets.UTF_8));
    answers.add(copy);
    return copy;
  }

  /// Passes everything on unchanged.
  private record Tap<T>(BodySubscriber<T> target, ByteArrayOutputStream copy)
      implements BodySubscriber<T> {
    @Override
    public CompletionStage<T> getBody() {
      return target.getBody();
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      target.onSubscribe(subscription);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
      for (ByteBuffer buffer : buffers) {
        ByteBuffer view = buffer.asReadOnlyBuffer();
        byte[] bytes = new byte[view.remaining()];
        view.get(bytes);
        copy.writeBytes(bytes);
      }
      target.onNext(buffers);
    }

    @Override
    public void onError(Throwable broken) {
      target.onError(broken);
    }

    @Override
    public void onComplete() {
      target.onComplete();
    }
  }
}
