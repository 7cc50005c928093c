//! From text to the tree of what was written: tokens, syntax tree, parser.
