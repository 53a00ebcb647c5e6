/// The claims that the pages for people make, against a real server on loopback.
@NullMarked
package dev.keyward.approvals.web;

import org.jspecify.annotations.NullMarked;
