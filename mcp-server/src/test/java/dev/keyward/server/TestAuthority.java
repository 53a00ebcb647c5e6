package dev.keyward.server;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/// A certificate authority of a test's own, made with the JDK's `keytool`.
public final class TestAuthority {
  private static final String PASSWORD = "for-tests";

  private final Path keys;

  /// Makes the authority, with its keys in `folder`.
  public TestAuthority(Path folder) throws Exception {
    keys = folder.resolve("keys.p12");
    keytool("-genkeypair", "-alias", "authority", "-dname", "CN=test authority", "-ext", "bc:c");
  }

  /// {@return the authority's certificate, as PEM}
  public String pem() throws GeneralSecurityException, IOException {
    return pem("CERTIFICATE", store().getCertificate("authority").getEncoded());
  }

  /// {@return what a server needs that shows a certificate for `name`, for example `ip:127.0.0.1`}
  public SSLContext serverFor(String name) throws Exception {
    return server(name, null);
  }

  /// {@return the same for a server that takes the certificates of this authority from its clients}
  public SSLContext serverThatAsks(String name) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("authority", store().getCertificate("authority"));
    var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(trusted);
    return server(name, factory.getTrustManagers());
  }

  private SSLContext server(String name, TrustManager @Nullable [] trusted) throws Exception {
    certify(name);
    KeyStore store = store();
    store.deleteEntry("authority");
    var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, PASSWORD.toCharArray());
    var context = SSLContext.getInstance("TLS");
    context.init(factory.getKeyManagers(), trusted, null);
    return context;
  }

  /// Writes what a server needs that is not Java, both in PEM, mode 0600.
  public void serverFor(String name, Path certificate, Path key) throws Exception {
    certify(name);
    KeyStore store = store();
    write(certificate, pem("CERTIFICATE", store.getCertificate("server").getEncoded()));
    write(key, pem("PRIVATE KEY", store.getKey("server", PASSWORD.toCharArray()).getEncoded()));
  }

  private void certify(String name) throws Exception {
    if (store().containsAlias("server")) {
      keytool("-delete", "-alias", "server");
    }
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
  }

  /// {@return a certificate for the client `name`, and its private key after it, in PEM}
  public String clientPem(String name) throws Exception {
    keytool(
        "-genkeypair",
        "-alias",
        name,
        "-dname",
        "CN=" + name,
        "-ext",
        "eku=clientAuth",
        "-signer",
        "authority");
    KeyStore store = store();
    return pem("CERTIFICATE", store.getCertificate(name).getEncoded())
        + pem("PRIVATE KEY", store.getKey(name, PASSWORD.toCharArray()).getEncoded());
  }

  private static String pem(String what, byte[] content) {
    return "-----BEGIN "
        + what
        + "-----\n"
        + Base64.getMimeEncoder().encodeToString(content)
        + "\n-----END "
        + what
        + "-----\n";
  }

  private static void write(Path file, String text) throws IOException {
    var ownerOnly =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    Files.createFile(file, ownerOnly);
    Files.writeString(file, text);
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
    command.addAll(List.of("-keystore", keys.toString(), "-storepass", PASSWORD));
    if (words[0].equals("-genkeypair")) {
      command.addAll(List.of("-keyalg", "EC"));
    }
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
