//! The table of diagnostic codes: code, phase, default severity, title, and why a code is never reported where that is
//! so. The only home of these facts.
//!
//! Codes are those of the language's published registry and are never reused. Each code that the compiler reports has a
//! page in `docs/diagnostics`; each other row says in its last column why there is none.

use super::Severity;

/// The stage that reports a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Reading the text.
    Parse,
    /// Names, types, effects.
    Check,
    /// Contracts.
    Verify,
    /// Making WebAssembly.
    Codegen,
    /// Generated tests.
    Test,
}

macro_rules! codes {
    (@never) => { None };
    (@never $why:literal) => { Some($why) };
    ($($code:ident $phase:ident $severity:ident $title:literal $(never $why:literal)?;)*) => {
        /// A code of the registry.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = concat!("`", $title, "`")] $code,)*
        }

        impl Code {
            /// Every code, in the order of the registry.
            pub const ALL: &[Code] = &[$(Code::$code),*];

            /// The code as written, such as `E130`.
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$code => stringify!($code),)* }
            }

            /// What the code is about, in a few words.
            pub fn title(self) -> &'static str {
                match self { $(Code::$code => $title,)* }
            }

            /// The stage that reports it.
            pub fn phase(self) -> Phase {
                match self { $(Code::$code => Phase::$phase,)* }
            }

            /// Why the code is not reported for any program, and so has no page; `None` for one that is.
            pub fn never(self) -> Option<&'static str> {
                match self { $(Code::$code => codes!(@never $($why)?),)* }
            }

            /// How serious it is unless the reporting stage says otherwise.
            pub fn severity(self) -> Severity {
                match self { $(Code::$code => Severity::$severity,)* }
            }
        }
    };
}

codes! {
    E001 Parse Error "Missing contract block";
    E002 Parse Error "Missing effect clause";
    E003 Parse Error "Malformed slot reference";
    E004 Parse Error "Missing closing brace";
    E005 Parse Error "Unexpected token";
    E006 Parse Error "Unexpected character";
    E007 Parse Error "Internal parser error"
        never "What the parser does not understand is E005.";
    E008 Parse Error "Module-qualified call uses dot instead of ::";
    E009 Parse Error "Invalid string escape sequence";
    E010 Parse Error "Unhandled grammar rule"
        never "Trees are made while parsing, so no rule of the grammar is without one.";
    E011 Parse Error "Circular import detected";
    E012 Parse Error "Cannot resolve import (no file found)";
    E013 Parse Error "Error parsing imported module";
    E020 Parse Error "Unterminated block comment";
    E021 Parse Error "Unterminated annotation comment";
    E023 Parse Error "Annotation comments do not nest";
    E030 Parse Error "old() argument is not an effect reference";
    E031 Parse Error "new() argument is not an effect reference";
    E032 Parse Error "Contract clause after the effects clause";
    E040 Parse Error "Pipe's right operand is not a call";
    E120 Check Error "Data invariant not Bool";
    E121 Check Error "Function body type mismatch";
    E122 Check Error "Pure function performs effects";
    E123 Check Error "Precondition predicate not Bool";
    E124 Check Error "Postcondition predicate not Bool";
    E125 Check Error "Call-site effect mismatch";
    E126 Check Error "Refinement predicate not Bool";
    E127 Check Error "Decreases measure not well-founded";
    E128 Check Error "Quantifier bound not an integer";
    E129 Check Error "Non-regular recursion in a data declaration";
    E130 Check Error "Unresolved slot reference";
    E131 Check Error "Result ref outside ensures";
    E132 Check Error "Cyclic type alias";
    E133 Check Error "Type alias arity mismatch";
    E134 Check Error "Type does not take type arguments";
    E135 Check Error "Array/Map/Set with a zero-size element, key, or value type";
    E136 Check Error "Unknown type name";
    E137 Check Error "Recursive function declares neither decreases nor Diverge";
    E138 Check Error "Contract calls back into its own function";
    E140 Check Error "Arithmetic requires numeric operands";
    E141 Check Error "Arithmetic requires matching numeric types";
    E142 Check Error "Cannot compare incompatible types";
    E143 Check Error "Ordering requires orderable operands";
    E144 Check Error "Logical operand not Bool (left)";
    E145 Check Error "Logical operand not Bool (right)";
    E146 Check Error "Unary not requires Bool";
    E147 Check Error "Unary negate requires numeric";
    E148 Check Error "Non-convertible type in string interpolation";
    E149 Check Error "Integer literal out of range for its target type";
    E150 Check Error "Cannot import private declaration";
    E151 Check Error "Function redefines a built-in";
    E152 Check Error "Effect redeclares a built-in effect";
    E153 Check Error "Function name is reserved";
    E154 Check Error "Name is reserved for the prelude";
    E155 Check Error "Bare function name supplied by two imports";
    E156 Check Error "Bare data type name supplied by two imports";
    E157 Check Error "Bare constructor name supplied by two imports";
    E158 Check Error "Declaration takes a reserved built-in type name";
    E159 Check Error "Two data declarations share a constructor name";
    E160 Check Error "Array index must be Int or Nat";
    E161 Check Error "Cannot index non-array type";
    E162 Check Error "Array literal element type mismatch";
    E163 Check Error "Result reference does not name the return type";
    E170 Check Error "Let binding type mismatch";
    E171 Check Error "Anonymous function body type mismatch";
    E172 Check Error "Assert requires Bool";
    E173 Check Error "Assume requires Bool";
    E174 Check Error "old() outside ensures";
    E175 Check Error "new() outside ensures";
    E176 Check Error "Unknown expression type"
        never "Every expression has a type, or a mistake in it that is reported under its own code.";
    E177 Check Error "old()/new() names an effect the row does not declare";
    E178 Check Error "Bare call to a where-helper from outside its parent";
    E179 Check Error "Quantifier predicate is not a function of the index to Bool";
    E180 Check Error "Unknown ability in constraint";
    E181 Check Error "Constraint references undeclared type variable";
    E182 Check Error "Slot reference to a zero-size type";
    E183 Check Error "Let binding of a zero-size type";
    E184 Check Error "Name declared twice in one namespace";
    E185 Check Error "Declaration takes a built-in ability's name or operation";
    E186 Check Error "Quantifier index type is not Int or Nat";
    E187 Check Error "Contract predicate performs an effect";
    E200 Check Error "Unresolved function";
    E201 Check Error "Wrong argument count";
    E202 Check Error "Argument type mismatch";
    E203 Check Error "Effect operation wrong argument count";
    E204 Check Error "Effect operation argument type mismatch";
    E205 Check Error "Conflicting type argument inference";
    E206 Check Error "Generic type parameter instantiated at Unit";
    E207 Check Error "Non-literal SQL argument";
    E208 Check Error "SQL placeholder count mismatch";
    E209 Check Error "Unsupported SQL placeholder syntax";
    E210 Check Error "Unknown constructor";
    E211 Check Error "Constructor is nullary";
    E212 Check Error "Constructor wrong field count";
    E213 Check Error "Constructor field type mismatch";
    E214 Check Error "Unknown nullary constructor";
    E215 Check Error "Constructor requires arguments";
    E216 Check Error "Empty tuple type";
    E217 Check Error "Bare effect operation must be qualified or handled";
    E220 Check Error "Unresolved qualified call";
    E230 Check Error "Module not found";
    E231 Check Error "Function not imported from module";
    E232 Check Error "Function is private in module";
    E233 Check Error "Function not found in module";
    E240 Check Error "Ability operation wrong argument count";
    E241 Check Error "Ability operation argument type mismatch";
    E242 Check Error "Ord ability operation on non-orderable type";
    E243 Check Error "Eq ability operation on non-Eq-derivable type";
    E300 Check Error "If condition not Bool";
    E301 Check Error "If branches incompatible types";
    E302 Check Error "Match arm type mismatch";
    E310 Check Warning "Unreachable match arm";
    E311 Check Error "Non-exhaustive match (ADT)";
    E312 Check Error "Non-exhaustive match (Bool)";
    E313 Check Error "Non-exhaustive match (infinite type)";
    E314 Check Error "Pattern cannot match the scrutinee's type";
    E320 Check Error "Unknown constructor in pattern";
    E321 Check Error "Pattern constructor wrong arity";
    E322 Check Error "Unknown nullary constructor in pattern";
    E323 Check Error "Empty tuple pattern"
        never "The grammar has no pattern with empty parentheses: that is E005.";
    E330 Check Error "Unknown effect in handler";
    E331 Check Error "Handler state type mismatch";
    E332 Check Error "Effect has no such operation";
    E333 Check Error "Handler with-state but no state declaration";
    E334 Check Error "State update type name mismatch";
    E335 Check Error "State update expression type mismatch";
    E336 Check Error "Handler state diverges from the State<T> cell type";
    E337 Check Error "Builtin effect handler type-argument arity";
    E338 Check Error "Unknown effect in an effect row";
    E339 Check Error "Handler-clause State operation code generation cannot lower"
        never "An operation in the clause of a handler is an operation like any other.";
    E340 Check Error "Code generation cannot lower this construct";
    E500 Verify Error "Postcondition verified false"
        never "Contracts are checked when the program runs; verification is not part of this compiler.";
    E501 Verify Error "Call-site precondition violation"
        never "Contracts are checked when the program runs; verification is not part of this compiler.";
    E502 Verify Error "@Nat subtraction underflow obligation not discharged"
        never "Contracts are checked when the program runs; verification is not part of this compiler.";
    E503 Verify Error "@Nat binding-site narrowing may be negative"
        never "Contracts are checked when the program runs; verification is not part of this compiler.";
    E504 Verify Warning "@Nat narrowing unverified and not runtime-guarded"
        never "Contracts are checked when the program runs; verification is not part of this compiler.";
    E505 Verify Error "Refinement predicate may be violated at narrowing site"
        never "Contracts are checked when the program runs; verification is not part of this compiler.";
    E506 Verify Warning "Refinement narrowing not statically verified (Tier-3)"
        never "Contracts are checked when the program runs; verification is not part of this compiler.";
    E507 Verify Error "Assertion verified false"
        never "Contracts are checked when the program runs; verification is not part of this compiler.";
    E520 Verify Warning "Cannot verify contract (generic function with no concrete instantiation)"
        never "Contracts are checked when the program runs; verification is not part of this compiler.";
    E521 Verify Warning "Cannot verify precondition (undecidable)"
        never "Contracts are checked when the program runs; verification is not part of this compiler.";
    E522 Verify Warning "Cannot verify postcondition (body undecidable)"
        never "Contracts are checked when the program runs; verification is not part of this compiler.";
    E523 Verify Warning "Cannot verify postcondition (expression undecidable)"
        never "Contracts are checked when the program runs; verification is not part of this compiler.";
    E524 Verify Warning "Cannot verify postcondition (timeout)"
        never "Contracts are checked when the program runs; verification is not part of this compiler.";
    E525 Verify Warning "Cannot verify termination metric"
        never "Contracts are checked when the program runs; verification is not part of this compiler.";
    E526 Verify Error "Division or modulo by zero"
        never "Contracts are checked when the program runs; verification is not part of this compiler.";
    E527 Verify Error "Array index out of bounds"
        never "Contracts are checked when the program runs; verification is not part of this compiler.";
    E528 Verify Error "Arithmetic overflow"
        never "Contracts are checked when the program runs; verification is not part of this compiler.";
    E529 Verify Error "Float-to-integer truncation domain (NaN, infinity, or out of i64 range)"
        never "Contracts are checked when the program runs; verification is not part of this compiler.";
    E532 Verify Warning "Cannot verify call-site precondition (undecidable)"
        never "Contracts are checked when the program runs; verification is not part of this compiler.";
    E533 Verify Error "Instantiated handler state diverges from the State<T> cell type"
        never "Contracts are checked when the program runs; verification is not part of this compiler.";
    E534 Verify Warning "Contract holds only from a disclosed fact"
        never "Contracts are checked when the program runs; verification is not part of this compiler.";
    E535 Verify Warning "Cannot statically verify assertion (runtime-checked)"
        never "Contracts are checked when the program runs; verification is not part of this compiler.";
    E538 Verify Error "Premise set unsatisfiable (no call can reach the body)"
        never "Contracts are checked when the program runs; verification is not part of this compiler.";
    E539 Verify Warning "Premise set contradictory beyond the author's premises"
        never "Contracts are checked when the program runs; verification is not part of this compiler.";
    E540 Verify Warning "Premise satisfiability not established (Tier 1 withheld)"
        never "Contracts are checked when the program runs; verification is not part of this compiler.";
    E541 Verify Error "Runtime-check claim not matched by an emitted check"
        never "Obligations and run-time checks are made from one tree, so they cannot differ.";
    E600 Codegen Error "Unsupported parameter type"
        never "Parameters of every type are compiled.";
    E601 Codegen Error "Unsupported return type"
        never "Results of every type are compiled.";
    E602 Codegen Error "Unsupported body expression type";
    E604 Codegen Error "Unsupported state effect type"
        never "A state that cannot be compiled is E607, whatever its type.";
    E605 Codegen Error "Unsupported state type parameter"
        never "A state that cannot be compiled is E607, whatever its type.";
    E607 Codegen Error "State with unsupported operations";
    E612 Codegen Error "Exn with unsupported type";
    E613 Codegen Error "Type does not satisfy ability constraint";
    E614 Codegen Error "Program contains typed holes";
    E615 Codegen Error "Cannot interpolate value of unknown type"
        never "The type of every value in a string is known to the checker, which reports E148.";
    E616 Codegen Error "Cannot infer closure return type for call_indirect"
        never "The checker knows the type of every function value.";
    E617 Codegen Error "Refinement predicate not compilable to runtime guard"
        never "Every predicate that the checker accepts is compiled.";
    E618 Codegen Error "Nested refinement base unsupported"
        never "The predicates of a refined refinement are all checked.";
    E619 Codegen Error "Cannot infer type argument for ability-constrained parameter"
        never "The type arguments of a call are found by the checker.";
    E620 Codegen Error "Function dropped: skipped callee or no function table"
        never "No function is left out: what cannot be compiled is an error.";
    E622 Codegen Error "Cannot infer a generic call's type argument";
    E699 Codegen Error "Internal compiler error"
        never "It would be a mistake of the compiler, not of the program. Please report it.";
    E700 Test Error "Contract violation during testing"
        never "Tests made from contracts are not part of this compiler.";
    E701 Test Warning "Cannot generate test inputs"
        never "Tests made from contracts are not part of this compiler.";
    E702 Test Warning "Test execution error"
        never "Tests made from contracts are not part of this compiler.";
    E703 Test Error "Tier 1 proof refuted by a test run"
        never "Tests made from contracts are not part of this compiler.";
    W001 Check Warning "Typed hole";
    W002 Check Warning "Async argument evaluates eagerly";
    W003 Check Warning "Unverified assumption (assume statement)";
    W004 Check Warning "Emitted runtime check not matched by an obligation record"
        never "Obligations and run-time checks are made from one tree, so they cannot differ.";
    W005 Check Warning "Runtime checks not reconciled: the program holds typed holes"
        never "Obligations and run-time checks are made from one tree, so they cannot differ.";
}
