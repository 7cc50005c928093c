//! The table of diagnostic codes: code, phase, default severity, title, the release of the language that introduced it,
//! and the reason if it is never reported. These facts are only here.
//!
//! Codes are those of the language's published registry and are never reused. Each code that the compiler reports has a
//! page in `docs/diagnostics`. The last column of each other row says why it has none.

use super::Severity;

/// The stage that reports a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Parsing.
    Parse,
    /// Checking of names, types, effects.
    Check,
    /// Verification of contracts.
    Verify,
    /// Generation of WebAssembly.
    Codegen,
    /// Generated tests.
    Test,
}

macro_rules! codes {
    (@never) => { None };
    (@never $why:literal) => { Some($why) };
    ($($code:ident $phase:ident $severity:ident $title:literal since $since:literal $(never $why:literal)?;)*) => {
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

            /// Its title.
            pub fn title(self) -> &'static str {
                match self { $(Code::$code => $title,)* }
            }

            /// The release of the language that introduced it.
            pub fn since(self) -> &'static str {
                match self { $(Code::$code => $since,)* }
            }

            /// The stage that reports it.
            pub fn phase(self) -> Phase {
                match self { $(Code::$code => Phase::$phase,)* }
            }

            /// Why no program gets this code, so that it has no page; `None` for a code that is reported.
            pub fn never(self) -> Option<&'static str> {
                match self { $(Code::$code => codes!(@never $($why)?),)* }
            }

            /// Its default severity.
            pub fn severity(self) -> Severity {
                match self { $(Code::$code => Severity::$severity,)* }
            }
        }
    };
}

codes! {
    E001 Parse Error "Missing contract block" since "0.0.43";
    E002 Parse Error "Missing effect clause" since "0.0.43";
    E003 Parse Error "Malformed slot reference" since "0.0.43";
    E004 Parse Error "Missing closing brace" since "0.0.43";
    E005 Parse Error "Unexpected token" since "0.0.43";
    E006 Parse Error "Unexpected character" since "0.0.43";
    E007 Parse Error "Internal parser error" since "0.0.43"
        never "What the parser does not understand is E005.";
    E008 Parse Error "Module-qualified call uses dot instead of ::" since "0.0.44";
    E009 Parse Error "Invalid string escape sequence" since "0.0.67";
    E010 Parse Error "Unhandled grammar rule" since "0.0.43"
        never "Trees are made while parsing, so no rule of the grammar is without one.";
    E011 Parse Error "Circular import detected" since "0.0.184";
    E012 Parse Error "Cannot resolve import (no file found)" since "0.0.184";
    E013 Parse Error "Error parsing imported module" since "0.0.184";
    E020 Parse Error "Unterminated block comment" since "0.1.6";
    E021 Parse Error "Unterminated annotation comment" since "0.1.6";
    E023 Parse Error "Annotation comments do not nest" since "0.1.6";
    E030 Parse Error "old() argument is not an effect reference" since "0.1.9";
    E031 Parse Error "new() argument is not an effect reference" since "0.1.9";
    E032 Parse Error "Contract clause after the effects clause" since "0.2.0";
    E040 Parse Error "Pipe's right operand is not a call" since "0.2.1";
    E120 Check Error "Data invariant not Bool" since "0.0.43";
    E121 Check Error "Function body type mismatch" since "0.0.43";
    E122 Check Error "Pure function performs effects" since "0.0.43";
    E123 Check Error "Precondition predicate not Bool" since "0.0.43";
    E124 Check Error "Postcondition predicate not Bool" since "0.0.43";
    E125 Check Error "Call-site effect mismatch" since "0.0.54";
    E126 Check Error "Refinement predicate not Bool" since "0.1.0";
    E127 Check Error "Decreases measure not well-founded" since "0.1.9";
    E128 Check Error "Quantifier bound not an integer" since "0.1.10";
    E129 Check Error "Non-regular recursion in a data declaration" since "0.2.0";
    E130 Check Error "Unresolved slot reference" since "0.0.43";
    E131 Check Error "Result ref outside ensures" since "0.0.43";
    E132 Check Error "Cyclic type alias" since "0.0.149";
    E133 Check Error "Type alias arity mismatch" since "0.0.148";
    E134 Check Error "Type does not take type arguments" since "0.0.188";
    E135 Check Error "Array/Map/Set with a zero-size element, key, or value type" since "0.1.0";
    E136 Check Error "Unknown type name" since "0.2.0";
    E137 Check Error "Recursive function declares neither decreases nor Diverge" since "0.2.0";
    E138 Check Error "Contract calls back into its own function" since "0.2.0";
    E140 Check Error "Arithmetic requires numeric operands" since "0.0.43";
    E141 Check Error "Arithmetic requires matching numeric types" since "0.0.43";
    E142 Check Error "Cannot compare incompatible types" since "0.0.43";
    E143 Check Error "Ordering requires orderable operands" since "0.0.43";
    E144 Check Error "Logical operand not Bool (left)" since "0.0.43";
    E145 Check Error "Logical operand not Bool (right)" since "0.0.43";
    E146 Check Error "Unary not requires Bool" since "0.0.43";
    E147 Check Error "Unary negate requires numeric" since "0.0.43";
    E148 Check Error "Non-convertible type in string interpolation" since "0.0.76";
    E149 Check Error "Integer literal out of range for its target type" since "0.0.183";
    E150 Check Error "Cannot import private declaration" since "0.0.184";
    E151 Check Error "Function redefines a built-in" since "0.0.185";
    E152 Check Error "Effect redeclares a built-in effect" since "0.1.9";
    E153 Check Error "Function name is reserved" since "0.1.9";
    E154 Check Error "Name is reserved for the prelude" since "0.1.9";
    E155 Check Error "Bare function name supplied by two imports" since "0.1.12";
    E156 Check Error "Bare data type name supplied by two imports" since "0.1.12";
    E157 Check Error "Bare constructor name supplied by two imports" since "0.1.12";
    E158 Check Error "Declaration takes a reserved built-in type name" since "0.2.0";
    E159 Check Error "Two data declarations share a constructor name" since "0.2.0";
    E160 Check Error "Array index must be Int or Nat" since "0.0.43";
    E161 Check Error "Cannot index non-array type" since "0.0.43";
    E162 Check Error "Array literal element type mismatch" since "0.2.3";
    E163 Check Error "Result reference does not name the return type" since "0.2.3";
    E170 Check Error "Let binding type mismatch" since "0.0.43";
    E171 Check Error "Anonymous function body type mismatch" since "0.0.43";
    E172 Check Error "Assert requires Bool" since "0.0.43";
    E173 Check Error "Assume requires Bool" since "0.0.43";
    E174 Check Error "old() outside ensures" since "0.0.43";
    E175 Check Error "new() outside ensures" since "0.0.43";
    E176 Check Error "Unknown expression type" since "0.0.43"
        never "Every expression has a type, or a mistake in it that is reported under its own code.";
    E177 Check Error "old()/new() names an effect the row does not declare" since "0.2.0";
    E178 Check Error "Bare call to a where-helper from outside its parent" since "0.2.0";
    E179 Check Error "Quantifier predicate is not a function of the index to Bool" since "0.2.0";
    E180 Check Error "Unknown ability in constraint" since "0.0.90";
    E181 Check Error "Constraint references undeclared type variable" since "0.0.90";
    E182 Check Error "Slot reference to a zero-size type" since "0.1.5";
    E183 Check Error "Let binding of a zero-size type" since "0.1.5";
    E184 Check Error "Name declared twice in one namespace" since "0.2.0";
    E185 Check Error "Declaration takes a built-in ability's name or operation" since "0.2.0";
    E186 Check Error "Quantifier index type is not Int or Nat" since "0.2.0";
    E187 Check Error "Contract predicate performs an effect" since "0.2.5";
    E200 Check Error "Unresolved function" since "0.0.43";
    E201 Check Error "Wrong argument count" since "0.0.43";
    E202 Check Error "Argument type mismatch" since "0.0.43";
    E203 Check Error "Effect operation wrong argument count" since "0.0.43";
    E204 Check Error "Effect operation argument type mismatch" since "0.0.43";
    E205 Check Error "Conflicting type argument inference" since "0.1.0";
    E206 Check Error "Generic type parameter instantiated at Unit" since "0.1.0";
    E207 Check Error "Non-literal SQL argument" since "0.1.7";
    E208 Check Error "SQL placeholder count mismatch" since "0.1.7";
    E209 Check Error "Unsupported SQL placeholder syntax" since "0.1.7";
    E210 Check Error "Unknown constructor" since "0.0.43";
    E211 Check Error "Constructor is nullary" since "0.0.43";
    E212 Check Error "Constructor wrong field count" since "0.0.43";
    E213 Check Error "Constructor field type mismatch" since "0.0.43";
    E214 Check Error "Unknown nullary constructor" since "0.0.43";
    E215 Check Error "Constructor requires arguments" since "0.0.43";
    E216 Check Error "Empty tuple type" since "0.0.188";
    E217 Check Error "Bare effect operation must be qualified or handled" since "0.1.7";
    E220 Check Error "Unresolved qualified call" since "0.0.43";
    E230 Check Error "Module not found" since "0.0.43";
    E231 Check Error "Function not imported from module" since "0.0.43";
    E232 Check Error "Function is private in module" since "0.0.43";
    E233 Check Error "Function not found in module" since "0.0.43";
    E240 Check Error "Ability operation wrong argument count" since "0.0.90";
    E241 Check Error "Ability operation argument type mismatch" since "0.0.90";
    E242 Check Error "Ord ability operation on non-orderable type" since "0.1.0";
    E243 Check Error "Eq ability operation on non-Eq-derivable type" since "0.1.0";
    E300 Check Error "If condition not Bool" since "0.0.43";
    E301 Check Error "If branches incompatible types" since "0.0.43";
    E302 Check Error "Match arm type mismatch" since "0.0.43";
    E310 Check Warning "Unreachable match arm" since "0.0.43";
    E311 Check Error "Non-exhaustive match (ADT)" since "0.0.43";
    E312 Check Error "Non-exhaustive match (Bool)" since "0.0.43";
    E313 Check Error "Non-exhaustive match (infinite type)" since "0.0.43";
    E314 Check Error "Pattern cannot match the scrutinee's type" since "0.2.0";
    E320 Check Error "Unknown constructor in pattern" since "0.0.43";
    E321 Check Error "Pattern constructor wrong arity" since "0.0.43";
    E322 Check Error "Unknown nullary constructor in pattern" since "0.0.43";
    E323 Check Error "Empty tuple pattern" since "0.0.188"
        never "The grammar has no pattern with empty parentheses: that is E005.";
    E330 Check Error "Unknown effect in handler" since "0.0.43";
    E331 Check Error "Handler state type mismatch" since "0.0.43";
    E332 Check Error "Effect has no such operation" since "0.0.43";
    E333 Check Error "Handler with-state but no state declaration" since "0.0.43";
    E334 Check Error "State update type name mismatch" since "0.0.43";
    E335 Check Error "State update expression type mismatch" since "0.0.43";
    E336 Check Error "Handler state diverges from the State<T> cell type" since "0.1.10";
    E337 Check Error "Builtin effect handler type-argument arity" since "0.1.10";
    E338 Check Error "Unknown effect in an effect row" since "0.2.0";
    E339 Check Error "Handler-clause State operation code generation cannot lower" since "0.2.0"
        never "An operation in the clause of a handler is an operation like any other.";
    E340 Check Error "Code generation cannot lower this construct" since "0.2.3";
    E500 Verify Error "Postcondition verified false" since "0.0.43";
    E501 Verify Error "Call-site precondition violation" since "0.0.43";
    E502 Verify Error "@Nat subtraction underflow obligation not discharged" since "0.0.127";
    E503 Verify Error "@Nat binding-site narrowing may be negative" since "0.0.172";
    E504 Verify Warning "@Nat narrowing unverified and not runtime-guarded" since "0.0.172"
        never "Every conversion to `Nat` that is not proved is checked at run time.";
    E505 Verify Error "Refinement predicate may be violated at narrowing site" since "0.0.174";
    E506 Verify Warning "Refinement narrowing not statically verified (Tier-3)" since "0.0.174";
    E507 Verify Error "Assertion verified false" since "0.0.179";
    E520 Verify Warning "Cannot verify contract (generic function with no concrete instantiation)" since "0.0.43"
        never "Generic functions are verified once, whatever types they are used at.";
    E521 Verify Warning "Cannot verify precondition (undecidable)" since "0.0.43"
        never "A precondition is relied on in its function and has to be shown where the function is called.";
    E522 Verify Warning "Cannot verify postcondition (body undecidable)" since "0.0.43";
    E523 Verify Warning "Cannot verify postcondition (expression undecidable)" since "0.0.43"
        never "A postcondition is an expression like those of bodies, and E522 says that it is not proved.";
    E524 Verify Warning "Cannot verify postcondition (timeout)" since "0.0.43";
    E525 Verify Warning "Cannot verify termination metric" since "0.0.43";
    E526 Verify Error "Division or modulo by zero" since "0.0.177";
    E527 Verify Error "Array index out of bounds" since "0.0.177";
    E528 Verify Error "Arithmetic overflow" since "0.0.181";
    E529 Verify Error "Float-to-integer truncation domain (NaN, infinity, or out of i64 range)" since "0.0.183";
    E532 Verify Warning "Cannot verify call-site precondition (undecidable)" since "0.1.0";
    E533 Verify Error "Instantiated handler state diverges from the State<T> cell type" since "0.1.10"
        never "Handlers are checked before functions are made concrete, and their types stay what they are.";
    E534 Verify Warning "Contract holds only from a disclosed fact" since "0.2.0";
    E535 Verify Warning "Cannot statically verify assertion (runtime-checked)" since "0.2.0";
    E538 Verify Error "Premise set unsatisfiable (no call can reach the body)" since "0.2.0";
    E539 Verify Warning "Premise set contradictory beyond the author's premises" since "0.2.0"
        never "Premises that contradict each other are E538, wherever they come from.";
    E540 Verify Warning "Premise satisfiability not established (Tier 1 withheld)" since "0.2.0"
        never "A proof does not depend on whether its premises can be met; premises that contradict each other are E538.";
    E541 Verify Error "Runtime-check claim not matched by an emitted check" since "0.2.1"
        never "Obligations and run-time checks are made from one tree, so they cannot differ.";
    E600 Codegen Error "Unsupported parameter type" since "0.0.43"
        never "Parameters of every type are compiled.";
    E601 Codegen Error "Unsupported return type" since "0.0.43"
        never "Results of every type are compiled.";
    E602 Codegen Error "Unsupported body expression type" since "0.0.43";
    E604 Codegen Error "Unsupported state effect type" since "0.0.43"
        never "States of every type are compiled.";
    E605 Codegen Error "Unsupported state type parameter" since "0.0.43"
        never "States of every type are compiled.";
    E607 Codegen Error "State with unsupported operations" since "0.0.43"
        never "Handlers are compiled whatever their clauses do.";
    E612 Codegen Error "Exn with unsupported type" since "0.0.62"
        never "Exceptions of every type are compiled.";
    E613 Codegen Error "Type does not satisfy ability constraint" since "0.0.90";
    E614 Codegen Error "Program contains typed holes" since "0.0.105";
    E615 Codegen Error "Cannot interpolate value of unknown type" since "0.0.142"
        never "The type of every value in a string is known to the checker, which reports E148.";
    E616 Codegen Error "Cannot infer closure return type for call_indirect" since "0.0.142"
        never "The checker knows the type of every function value.";
    E617 Codegen Error "Refinement predicate not compilable to runtime guard" since "0.0.174"
        never "Every predicate that the checker accepts is compiled.";
    E618 Codegen Error "Nested refinement base unsupported" since "0.0.188"
        never "The predicates of a refined refinement are all checked.";
    E619 Codegen Error "Cannot infer type argument for ability-constrained parameter" since "0.1.0"
        never "The type arguments of a call are found by the checker.";
    E620 Codegen Error "Function dropped: skipped callee or no function table" since "0.1.9"
        never "No function is left out: what cannot be compiled is an error.";
    E622 Codegen Error "Cannot infer a generic call's type argument" since "0.2.0";
    E699 Codegen Error "Internal compiler error" since "0.0.145"
        never "It would be a mistake of the compiler, not of the program. Please report it.";
    E700 Test Error "Contract violation during testing" since "0.0.47"
        never "`vera test` reports failures in its own form, without a code.";
    E701 Test Warning "Cannot generate test inputs" since "0.0.47"
        never "`vera test` reports failures in its own form, without a code.";
    E702 Test Warning "Test execution error" since "0.0.47"
        never "`vera test` reports failures in its own form, without a code.";
    E703 Test Error "Tier 1 proof refuted by a test run" since "0.2.1"
        never "`vera test` reports failures in its own form, without a code.";
    W001 Check Warning "Typed hole" since "0.0.105";
    W002 Check Warning "Async argument evaluates eagerly" since "0.0.192";
    W003 Check Warning "Unverified assumption (assume statement)" since "0.2.0";
    W004 Check Warning "Emitted runtime check not matched by an obligation record" since "0.2.1"
        never "Obligations and run-time checks are made from one tree, so they cannot differ.";
    W005 Check Warning "Runtime checks not reconciled: the program holds typed holes" since "0.2.5"
        never "Obligations and run-time checks are made from one tree, so they cannot differ.";
}
