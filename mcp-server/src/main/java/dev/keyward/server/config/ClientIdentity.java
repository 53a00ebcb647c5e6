package dev.keyward.server.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;

/// What the broker shows of itself on a TLS connection: a certificate of its own, and the key to
/// it, both in PEM. They are read when the connection's client is made, at the start.
///
/// @param certificate the file of the certificate, with those between it and its authority after it
/// @param key the file of the private key in PKCS #8, which nobody but its owner may open
public record ClientIdentity(Path certificate, Path key) {
  private static final Pattern KEY =
      Pattern.compile(
          "\\s*-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----\\s*");

  private static final Set<PosixFilePermission> OWNERS =
      EnumSet.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE);

  /// {@return what shows the certificate to whoever asks for one}
  ///
  /// @param section where the files are named in the settings, for messages
  /// @throws IllegalArgumentException if a file cannot be read, holds something else, or others may
  ///   open the key; the message holds nothing of it
  public KeyManager[] keyManagers(String section) {
    String keyField = section + ".client_key_file " + key;
    try {
      PrivateKey secret = key(keyField);
      Certificate[] chain = chain(section + ".client_cert_file " + certificate);
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      char[] none = new char[0];
      store.setKeyEntry("keyward", secret, none, chain);
      var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      factory.init(store, none);
      return factory.getKeyManagers();
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalArgumentException(keyField + " does not go with the certificate");
    }
  }

  private PrivateKey key(String field) {
    try {
      if (!OWNERS.containsAll(Files.getPosixFilePermissions(key))) {
        throw new IllegalArgumentException(field + " is open to others; close it with chmod 600");
      }
      Matcher pem = KEY.matcher(Files.readString(key));
      if (pem.matches()) {
        return parsed(Base64.getMimeDecoder().decode(pem.group(1)), field);
      }
    } catch (IOException e) {
      throw new IllegalArgumentException(field + " cannot be read");
    }
    throw noKey(field);
  }

  private static PrivateKey parsed(byte[] pkcs8, String field) {
    for (String algorithm : List.of("EC", "RSA", "EdDSA")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
      } catch (GeneralSecurityException e) {
        // the next one
      }
    }
    throw noKey(field);
  }

  private static IllegalArgumentException noKey(String field) {
    return new IllegalArgumentException(
        field + " must hold one private key in PKCS #8, as openssl pkcs8 -topk8 -nocrypt makes it");
  }

  private Certificate[] chain(String field) {
    try (InputStream in = Files.newInputStream(certificate)) {
      var found = CertificateFactory.getInstance("X.509").generateCertificates(in);
      if (!found.isEmpty()) {
        return found.toArray(Certificate[]::new);
      }
    } catch (IOException e) {
      throw new IllegalArgumentException(field + " cannot be read");
    } catch (CertificateException e) {
      // said below
    }
    throw new IllegalArgumentException(field + " must hold PEM certificates");
  }
}
