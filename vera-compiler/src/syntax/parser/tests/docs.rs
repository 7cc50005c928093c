//! Comment text that belongs to declarations.

use super::read_correct;
use crate::syntax::ast::Decl;

#[test]
fn text_directly_above_is_documentation() {
    let cases = [
        ("-- One.\n--   Two.\n--\n-- Three.\ntype A = Int;", Some("One.\n  Two.\n\nThree.")),
        ("-- Header.\n\n-- Text.\ntype A = Int;", Some("Text.")),
        ("-- Header.\n\ntype A = Int;", None),
        ("type B = Int; -- trailing\ntype A = Int;", None),
        ("type B = Int; -- trailing\n-- Text.\ntype A = Int;", Some("Text.")),
        ("type B = Int;\n-- Text.\r\n-- More.\r\ntype A = Int;", Some("Text.\nMore.")),
        ("{- One.\n   Two.\n     Three.\n-}\ntype A = Int;", Some("One.\nTwo.\n  Three.")),
        ("{-\n  é One.\n Two.\n-} type A = Int;", Some(" é One.\nTwo.")),
        ("----------\n-- Text.\n-- ======\ntype A = Int;", Some("Text.")),
        ("/* label */\ntype A = Int;", None),
        ("-- far\n/* label */\ntype A = Int;", None),
        ("--\ntype A = Int;", None),
        ("type A = Int;", None),
    ];
    for (text, docs) in cases {
        let program = read_correct(text);
        let decl = program.decls.iter().find(|decl| decl.name().as_str() == "A").unwrap();
        assert_eq!(decl.docs(), docs, "{text}");
    }
}

#[test]
fn parts_of_declarations_have_documentation() {
    let text = "-- Data.\nprivate data D {\n  -- First.\n  A, -- not this\n  -- Second.\n  B\n}\neffect E {\n  -- Op.\n  op f(Int -> Int);\n}\n\
                -- Fn.\npublic forall<T> fn f(@T -> @Int)\n  requires(true)\n  effects(pure)\n{\n  1\n}\nwhere {\n  -- Helper.\n  fn g(-> @Int) requires(true) effects(pure) { 1 }\n}\n";
    let program = read_correct(text);
    let [Decl::Data(data), Decl::Effect(effect), Decl::Fn(f)] = &program.decls[..] else { panic!("{program:?}") };
    assert_eq!(data.docs.as_deref(), Some("Data."));
    assert_eq!(data.constructors[0].docs.as_deref(), Some("First."));
    assert_eq!(data.constructors[1].docs.as_deref(), Some("Second."));
    assert_eq!(effect.docs, None);
    assert_eq!(effect.ops[0].docs.as_deref(), Some("Op."));
    assert_eq!(f.docs.as_deref(), Some("Fn."));
    assert_eq!(f.where_fns[0].docs.as_deref(), Some("Helper."));
}
