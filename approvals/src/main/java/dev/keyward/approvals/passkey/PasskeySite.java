package dev.keyward.approvals.passkey;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.yubico.webauthn.AssertionRequest;
import com.yubico.webauthn.AssertionResult;
import com.yubico.webauthn.FinishAssertionOptions;
import com.yubico.webauthn.FinishRegistrationOptions;
import com.yubico.webauthn.RegistrationResult;
import com.yubico.webauthn.RelyingParty;
import com.yubico.webauthn.data.AttestationConveyancePreference;
import com.yubico.webauthn.data.AuthenticatorAttestationResponse;
import com.yubico.webauthn.data.AuthenticatorSelectionCriteria;
import com.yubico.webauthn.data.ByteArray;
import com.yubico.webauthn.data.ClientRegistrationExtensionOutputs;
import com.yubico.webauthn.data.PublicKeyCredential;
import com.yubico.webauthn.data.PublicKeyCredentialCreationOptions;
import com.yubico.webauthn.data.PublicKeyCredentialDescriptor;
import com.yubico.webauthn.data.PublicKeyCredentialParameters;
import com.yubico.webauthn.data.PublicKeyCredentialRequestOptions;
import com.yubico.webauthn.data.RelyingPartyIdentity;
import com.yubico.webauthn.data.ResidentKeyRequirement;
import com.yubico.webauthn.data.UserIdentity;
import com.yubico.webauthn.data.UserVerificationRequirement;
import com.yubico.webauthn.data.exception.Base64UrlException;
import com.yubico.webauthn.exception.AssertionFailedException;
import com.yubico.webauthn.exception.RegistrationFailedException;
import dev.keyward.call.Hashes;
import dev.keyward.call.PersonId;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// The site that passkeys are made for, and the rules for what comes back from a browser.
///
/// Of every answer it demands that the person was verified, by finger, face or PIN, and that the
/// browser stood on this very origin. Counters of signatures are not looked at, since passkeys that
/// are shared between somebody's devices have none.
///
/// @param origin as browsers have it, for example `https://approve.example`
public record PasskeySite(URI origin) {
  private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|\\[.*]|.*:.*");
  private static final Set<String> FORMATS = Set.of("none", "packed");

  /// {@return whether browsers make passkeys here: for a name, not an address, and over https or on
  /// localhost}
  public boolean usable() {
    String host = origin.getHost();
    boolean secure = "https".equals(origin.getScheme()) || host.equals("localhost");
    return secure && !ADDRESS.matcher(host).matches();
  }

  /// {@return what a browser needs to make a passkey: the JSON of a `CredentialCreationOptions`}
  public String making(PersonId person, byte[] challenge) {
    try {
      return creation(person, challenge).toCredentialsCreateJson();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("options of our own could not be written", e);
    }
  }

  /// {@return the passkey that a browser has made}
  ///
  /// @param answer the JSON of its `PublicKeyCredential`
  /// @throws PasskeyRefused if it is not one made for this person here, with this challenge
  public Passkey made(PersonId person, byte[] challenge, String answer) throws PasskeyRefused {
    try {
      PublicKeyCredential<AuthenticatorAttestationResponse, ClientRegistrationExtensionOutputs>
          made = PublicKeyCredential.parseRegistrationResponseJson(answer);
      if (!FORMATS.contains(made.getResponse().getAttestation().getFormat())) {
        throw new PasskeyRefused("The browser attested a device, which nobody had asked for.");
      }
      RegistrationResult result =
          party(KnownCredentials.NONE)
              .finishRegistration(
                  FinishRegistrationOptions.builder()
                      .request(creation(person, challenge))
                      .response(made)
                      .build());
      return new Passkey(
          result.getKeyId().getId().getBase64Url(), result.getPublicKeyCose().getBase64Url());
    } catch (IOException | RegistrationFailedException | RuntimeException e) {
      throw new PasskeyRefused("What the browser sent is no passkey made here and now.", e);
    }
  }

  /// {@return what a browser needs to have a challenge signed: the JSON of a
  /// `CredentialRequestOptions`}
  public String asking(Passkey key, byte[] challenge) {
    try {
      return request("", key, challenge).toCredentialsGetJson();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("options of our own could not be written", e);
    }
  }

  /// {@return what a browser needs to have a challenge signed by a passkey of whoever is there: the
  /// JSON of a `CredentialRequestOptions`, which names no passkey}
  public String asking(byte[] challenge) {
    try {
      return request(challenge).toCredentialsGetJson();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("options of our own could not be written", e);
    }
  }

  /// {@return the name of the passkey that a browser says has signed, base64url; nothing of it is
  /// verified yet}
  ///
  /// @throws PasskeyRefused if this is no such answer
  public static String credential(String answer) throws PasskeyRefused {
    try {
      return PublicKeyCredential.parseAssertionResponseJson(answer).getId().getBase64Url();
    } catch (IOException | RuntimeException e) {
      throw new PasskeyRefused("What the browser sent is no answer of a passkey.", e);
    }
  }

  /// Demands that the passkey has signed the challenge here.
  ///
  /// @param answer the JSON of the browser's `PublicKeyCredential`
  /// @throws PasskeyRefused if it has not
  public void requireSigned(PersonId person, Passkey key, byte[] challenge, String answer)
      throws PasskeyRefused {
    require(request(person.value(), key, challenge), person, key, answer);
  }

  /// Demands that the passkey has signed the challenge here, and says itself that it is this
  /// person's.
  ///
  /// @param answer the JSON of the browser's `PublicKeyCredential`
  /// @throws PasskeyRefused if it has not
  public void requireSignedIn(PersonId person, Passkey key, byte[] challenge, String answer)
      throws PasskeyRefused {
    require(request(challenge), person, key, answer);
  }

  private void require(AssertionRequest request, PersonId person, Passkey key, String answer)
      throws PasskeyRefused {
    try {
      AssertionResult result =
          party(KnownCredentials.of(person.value(), handle(person), key))
              .finishAssertion(
                  FinishAssertionOptions.builder()
                      .request(request)
                      .response(PublicKeyCredential.parseAssertionResponseJson(answer))
                      .build());
      if (!result.isSuccess() || !result.isUserVerified()) {
        throw new PasskeyRefused("The passkey did not verify the person.");
      }
    } catch (IOException | AssertionFailedException | RuntimeException e) {
      throw new PasskeyRefused("This was not signed by your passkey, here, for what is shown.", e);
    }
  }

  private RelyingParty party(KnownCredentials known) {
    return RelyingParty.builder()
        .identity(identity())
        .credentialRepository(known)
        .origins(Set.of(origin.toString()))
        .attestationConveyancePreference(AttestationConveyancePreference.NONE)
        .validateSignatureCounter(false)
        .build();
  }

  private RelyingPartyIdentity identity() {
    return RelyingPartyIdentity.builder().id(origin.getHost()).name("Keyward").build();
  }

  private PublicKeyCredentialCreationOptions creation(PersonId person, byte[] challenge) {
    return PublicKeyCredentialCreationOptions.builder()
        .rp(identity())
        .user(
            UserIdentity.builder()
                .name(person.value())
                .displayName(person.value())
                .id(handle(person))
                .build())
        .challenge(new ByteArray(challenge))
        .pubKeyCredParams(
            List.of(
                PublicKeyCredentialParameters.ES256,
                PublicKeyCredentialParameters.EdDSA,
                PublicKeyCredentialParameters.RS256))
        .authenticatorSelection(
            AuthenticatorSelectionCriteria.builder()
                .residentKey(ResidentKeyRequirement.PREFERRED)
                .userVerification(UserVerificationRequirement.REQUIRED)
                .build())
        .attestation(AttestationConveyancePreference.NONE)
        .build();
  }

  private AssertionRequest request(String person, Passkey key, byte[] challenge) {
    return AssertionRequest.builder()
        .publicKeyCredentialRequestOptions(
            PublicKeyCredentialRequestOptions.builder()
                .challenge(new ByteArray(challenge))
                .rpId(origin.getHost())
                .allowCredentials(
                    List.of(
                        PublicKeyCredentialDescriptor.builder()
                            .id(decoded(key.credential()))
                            .build()))
                .userVerification(UserVerificationRequirement.REQUIRED)
                .build())
        .username(person)
        .build();
  }

  private AssertionRequest request(byte[] challenge) {
    return AssertionRequest.builder()
        .publicKeyCredentialRequestOptions(
            PublicKeyCredentialRequestOptions.builder()
                .challenge(new ByteArray(challenge))
                .rpId(origin.getHost())
                .userVerification(UserVerificationRequirement.REQUIRED)
                .build())
        .build();
  }

  static ByteArray decoded(String base64url) {
    try {
      return ByteArray.fromBase64Url(base64url);
    } catch (Base64UrlException e) {
      throw new IllegalArgumentException("a passkey must be written in base64url", e);
    }
  }

  /// Says nothing about the person to who reads the authenticator, and stays the same for ever.
  private static ByteArray handle(PersonId person) {
    byte[] name = ("keyward person\n" + person.value()).getBytes(StandardCharsets.UTF_8);
    return new ByteArray(Hashes.sha256(name));
  }
}
