//! What a compiled Vera module and its host agree on: layouts, names, traps, interface.
