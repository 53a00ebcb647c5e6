/// The tools that agents may call: YAML files in, immutable [Tool]s with a digest out.
///
/// The pipeline finds a tool here, checks the arguments against its schema, renders the request,
/// and cuts the answer down to the declared fields. Files are read and watched; nothing here opens
/// a socket, and nothing here ever holds a credential, only the name of one.
@NullMarked
package dev.keyward.catalog;

import org.jspecify.annotations.NullMarked;
