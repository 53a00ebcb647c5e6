/// The broker whole: a home folder, a real upstream, real clients and people with browsers.
@NullMarked
package dev.keyward.server;

import org.jspecify.annotations.NullMarked;
