/// Two companies as real HTTP servers on loopback: a CRM, and a payments API in the shape of
/// Stripe's.
///
/// Their data is generated from a seed and holds together across both. They check keys in earnest
/// and have the bad habits of real systems: errors, debug fields and pages that give away the key
/// they were called with. The demo and its tests open them; they know nothing of a broker, never
/// listen beyond loopback, and their journal never keeps a key.
@NullMarked
package dev.keyward.demo.company;

import org.jspecify.annotations.NullMarked;
