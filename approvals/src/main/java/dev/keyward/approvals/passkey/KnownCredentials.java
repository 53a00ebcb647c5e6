package dev.keyward.approvals.passkey;

import com.yubico.webauthn.CredentialRepository;
import com.yubico.webauthn.RegisteredCredential;
import com.yubico.webauthn.data.ByteArray;
import com.yubico.webauthn.data.PublicKeyCredentialDescriptor;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The passkey that one answer is checked against, or none, as the library wants to look it up.
///
/// @param handle names the person to authenticators
record KnownCredentials(String person, ByteArray handle, Set<RegisteredCredential> credentials)
    implements CredentialRepository {
  static final KnownCredentials NONE =
      new KnownCredentials("", new ByteArray(new byte[0]), Set.of());

  static KnownCredentials of(String person, ByteArray handle, Passkey key) {
    RegisteredCredential credential =
        RegisteredCredential.builder()
            .credentialId(PasskeySite.decoded(key.credential()))
            .userHandle(handle)
            .publicKeyCose(PasskeySite.decoded(key.publicKey()))
            .build();
    return new KnownCredentials(person, handle, Set.of(credential));
  }

  @Override
  public Set<PublicKeyCredentialDescriptor> getCredentialIdsForUsername(String username) {
    return credentials.stream()
        .map(known -> PublicKeyCredentialDescriptor.builder().id(known.getCredentialId()).build())
        .collect(Collectors.toSet());
  }

  @Override
  public Optional<ByteArray> getUserHandleForUsername(String username) {
    return username.equals(person) ? Optional.of(handle) : Optional.empty();
  }

  @Override
  public Optional<String> getUsernameForUserHandle(ByteArray userHandle) {
    return userHandle.equals(handle) ? Optional.of(person) : Optional.empty();
  }

  @Override
  public Optional<RegisteredCredential> lookup(ByteArray credentialId, ByteArray userHandle) {
    return credentials.stream()
        .filter(known -> known.getCredentialId().equals(credentialId))
        .filter(known -> known.getUserHandle().equals(userHandle))
        .findFirst();
  }

  @Override
  public Set<RegisteredCredential> lookupAll(ByteArray credentialId) {
    return credentials.stream()
        .filter(known -> known.getCredentialId().equals(credentialId))
        .collect(Collectors.toSet());
  }
}
