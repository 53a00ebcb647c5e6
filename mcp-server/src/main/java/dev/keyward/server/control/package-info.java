/// How the operator's commands reach a running broker: a Unix socket in the home folder.
///
/// The folder's mode 0700 is the authorization: who may open the socket may read the files too. A
/// decision on an approval is not among the commands; that needs a signed-in person.
@NullMarked
package dev.keyward.server.control;

import org.jspecify.annotations.NullMarked;
