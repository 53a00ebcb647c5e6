@NullMarked
package dev.keyward.approvals;

import org.jspecify.annotations.NullMarked;
