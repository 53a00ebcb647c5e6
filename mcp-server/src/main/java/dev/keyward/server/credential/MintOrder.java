package dev.keyward.server.credential;

import dev.keyward.call.Caller;
import dev.keyward.catalog.CredentialRef;
import dev.keyward.catalog.CredentialUse;
import java.util.function.Function;

/// A call's wish for a minted credential.
///
/// @param use which one, and how much of it
/// @param caller for whom
/// @param durable waits until the call's intent is on disk; nothing is asked of anybody before. It
///   throws where that failed
/// @param base looks up what a mint shows to be given something, for example a client's secret; the
///   redactor knows it when this returns
public record MintOrder(
    CredentialUse use, Caller caller, Runnable durable, Function<CredentialRef, Lookup> base) {}
