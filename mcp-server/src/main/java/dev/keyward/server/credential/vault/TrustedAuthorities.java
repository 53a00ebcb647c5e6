package dev.keyward.server.credential.vault;

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
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// Whose word on Vault's certificate counts: the authorities of one file and no others, or the
/// JDK's.
///
/// Made here since the driver's own TLS settings know neither TLS 1.3 nor a file with more than one
/// certificate.
final class TrustedAuthorities {
  private TrustedAuthorities() {}

  /// {@return a context that trusts the certificates in `file`, or the JDK's where there is none}
  ///
  /// @throws IllegalArgumentException if the file cannot be read or holds anything but PEM
  ///   certificates
  static SSLContext of(Optional<Path> file) {
    try {
      var context = SSLContext.getInstance("TLS");
      if (file.isEmpty()) {
        context.init(null, null, null);
        return context;
      }
      var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store(file.get()));
      context.init(null, factory.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has TLS", e);
    }
  }

  private static KeyStore store(Path file) throws GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    try {
      store.load(null, null);
      int number = 0;
      for (Certificate certificate : certificates(file)) {
        store.setCertificateEntry("authority-" + number++, certificate);
      }
    } catch (IOException e) {
      throw new IllegalArgumentException("vault.ca_file " + file + " cannot be read");
    }
    return store;
  }

  private static Collection<? extends Certificate> certificates(Path file)
      throws IOException, GeneralSecurityException {
    try (InputStream in = Files.newInputStream(file)) {
      var found = CertificateFactory.getInstance("X.509").generateCertificates(in);
      if (!found.isEmpty()) {
        return found;
      }
    } catch (java.security.cert.CertificateException e) {
      // said below
    }
    throw new IllegalArgumentException("vault.ca_file " + file + " must hold PEM certificates");
  }
}
