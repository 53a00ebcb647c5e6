package dev.keyward.server.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/// Whose word on a server's certificate counts: the authorities of one file and no others, or the
/// JDK's.
public final class TrustedAuthorities {
  private TrustedAuthorities() {}

  /// {@return a context that trusts the certificates in `file`, or the JDK's where there is none}
  ///
  /// @param setting what names the file in the settings, for messages
  /// @throws IllegalArgumentException if the file cannot be read or holds anything but PEM
  ///   certificates
  public static SSLContext of(Optional<Path> file, String setting) {
    return of(file, setting, new KeyManager[0]);
  }

  /// {@return the same, which shows what `shown` has where a server asks for it}
  public static SSLContext of(Optional<Path> file, String setting, KeyManager[] shown) {
    try {
      var context = SSLContext.getInstance("TLS");
      if (file.isEmpty()) {
        context.init(shown, null, null);
        return context;
      }
      var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store(file.get(), setting));
      context.init(shown, factory.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has TLS", e);
    }
  }

  /// {@return what trusts the certificates in `file` and no others}
  ///
  /// @param setting as above
  /// @throws IllegalArgumentException as above
  public static X509TrustManager trust(Path file, String setting) {
    try {
      var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store(file, setting));
      return (X509TrustManager) factory.getTrustManagers()[0];
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has TLS", e);
    }
  }

  private static KeyStore store(Path file, String setting) throws GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    try {
      store.load(null, null);
      int number = 0;
      for (Certificate certificate : certificates(file, setting)) {
        store.setCertificateEntry("authority-" + number++, certificate);
      }
    } catch (IOException e) {
      throw new IllegalArgumentException(setting + " " + file + " cannot be read");
    }
    return store;
  }

  private static Collection<? extends Certificate> certificates(Path file, String setting)
      throws IOException, GeneralSecurityException {
    try (InputStream in = Files.newInputStream(file)) {
      var found = CertificateFactory.getInstance("X.509").generateCertificates(in);
      if (!found.isEmpty()) {
        return found;
      }
    } catch (java.security.cert.CertificateException e) {
      // said below
    }
    throw new IllegalArgumentException(setting + " " + file + " must hold PEM certificates");
  }
}
