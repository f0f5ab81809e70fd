//! Arithmetic of the engine's hot loops, and nothing but arithmetic.
