/// People who sign in with OpenID Connect: where their browser is sent, and who comes back.
///
/// The pages ask it; it asks the provider. It decides nothing about requests and keeps nothing: who
/// the person is and what they may do is stored where people are.
@NullMarked
package dev.keyward.server.signin;

import org.jspecify.annotations.NullMarked;
