@NullMarked
package dev.keyward.demo.llm;

import org.jspecify.annotations.NullMarked;
