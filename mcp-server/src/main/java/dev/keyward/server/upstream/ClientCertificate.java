package dev.keyward.server.upstream;

import dev.keyward.redaction.Secret;
import dev.keyward.redaction.TouchesSecret;
import dev.keyward.server.credential.PrivateKeys;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;

/// Reads a certificate and its private key out of one text in PEM, in any order.
final class ClientCertificate {
  private static final Pattern KEY =
      Pattern.compile("-----BEGIN ((?:RSA )?PRIVATE KEY)-----[A-Za-z0-9+/=\\s]+-----END \\1-----");
  private static final char[] IN_MEMORY_ONLY = new char[0];

  private ClientCertificate() {}

  /// {@return what shows the certificate to servers that ask for one}
  ///
  /// @throws Unusable if it is not certificates and one private key, RSA or on an elliptic curve
  @TouchesSecret
  static KeyManager[] read(Secret pem) throws Unusable {
    Optional<KeyManager[]> read = pem.use(ClientCertificate::read);
    return read.orElseThrow(() -> new Unusable(Failure.CREDENTIAL_UNUSABLE));
  }

  private static Optional<KeyManager[]> read(String pem) {
    Matcher found = KEY.matcher(pem);
    Optional<PrivateKey> key = found.find() ? PrivateKeys.parse(found.group()) : Optional.empty();
    if (key.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(managers(key.get(), chain(found.replaceAll(""))));
    } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
      return Optional.empty(); // without the cause: it may quote the text
    }
  }

  private static Certificate[] chain(String pem) throws GeneralSecurityException {
    var text = new ByteArrayInputStream(pem.strip().getBytes(StandardCharsets.US_ASCII));
    return CertificateFactory.getInstance("X.509")
        .generateCertificates(text)
        .toArray(Certificate[]::new);
  }

  /// A key store takes no key without a certificate.
  private static KeyManager[] managers(PrivateKey key, Certificate[] chain)
      throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry("client", key, IN_MEMORY_ONLY, chain);
    var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, IN_MEMORY_ONLY);
    return factory.getKeyManagers();
  }
}
