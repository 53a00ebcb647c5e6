package dev.keyward.server.credential.vault;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// A certificate authority of a test's own, made with the JDK's `keytool`.
final class TestAuthority {
  private static final String PASSWORD = "for-tests";

  private final Path keys;

  /// Makes the authority, with its keys in `folder`.
  TestAuthority(Path folder) throws Exception {
    keys = folder.resolve("keys.p12");
    keytool("-genkeypair", "-alias", "authority", "-dname", "CN=test authority", "-ext", "bc:c");
  }

  /// {@return the authority's certificate, as PEM}
  String pem() throws GeneralSecurityException, IOException {
    byte[] certificate = store().getCertificate("authority").getEncoded();
    return "-----BEGIN CERTIFICATE-----\n"
        + Base64.getMimeEncoder().encodeToString(certificate)
        + "\n-----END CERTIFICATE-----\n";
  }

  /// {@return what a server needs that shows a certificate for `name`, for example `ip:127.0.0.1`}
  SSLContext serverFor(String name) throws Exception {
    keytool(
        "-genkeypair",
        "-alias",
        "server",
        "-dname",
        "CN=vault",
        "-ext",
        "san=" + name,
        "-signer",
        "authority");
    KeyStore store = store();
    store.deleteEntry("authority");
    var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, PASSWORD.toCharArray());
    var context = SSLContext.getInstance("TLS");
    context.init(factory.getKeyManagers(), null, null);
    return context;
  }

  private KeyStore store() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(keys)) {
      store.load(in, PASSWORD.toCharArray());
    }
    return store;
  }

  private void keytool(String... words) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(words));
    command.addAll(List.of("-keystore", keys.toString(), "-storepass", PASSWORD, "-keyalg", "EC"));
    Process made =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (made.waitFor() != 0) {
      throw new IllegalStateException("keytool failed");
    }
  }
}
