//! The sections of the language specification that diagnostics cite: number, title, and the rule, in our own words.
//! These facts are only here.

use std::fmt;

macro_rules! sections {
    ($($section:ident $number:literal $title:literal $rule:literal;)*) => {
        /// A section of the specification.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Section {
            $(#[doc = concat!($number, " \"", $title, "\": ", $rule)] $section,)*
        }

        impl Section {
            /// Every section, in the order of the specification.
            pub const ALL: &[Section] = &[$(Section::$section),*];

            /// Its number, such as `3.4`.
            pub fn number(self) -> &'static str {
                match self { $(Section::$section => $number,)* }
            }

            /// Its title.
            pub fn title(self) -> &'static str {
                match self { $(Section::$section => $title,)* }
            }

            /// Its rule as far as diagnostics cite it, as a sentence.
            pub fn rule(self) -> &'static str {
                match self { $(Section::$section => $rule,)* }
            }
        }
    };
}

/// As diagnostics cite it: `Chapter 3, Section 3.4 "Reference Resolution"`.
impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.number();
        let chapter = number.split('.').next().unwrap_or(number);
        write!(f, "Chapter {chapter}, Section {number} \"{}\"", self.title())
    }
}

sections! {
    S1_3 "1.3" "Comments"
        "`--` starts a comment that ends with its line, `{- ... -}` is a comment that nests, and `/* ... */` annotates what stands before it.";
    S1_4 "1.4" "Keywords"
        "The words of the language cannot name functions.";
    S1_5 "1.5" "Operators and Punctuation"
        "Only the operators and signs of the language's table are tokens, each with one spelling.";
    S1_6 "1.6" "Literals"
        "Numbers are decimal digits, with digits on both sides of a point; strings stand between double quotes and have a fixed list of escapes.";
    S1_7 "1.7" "Identifiers"
        "Names are ASCII letters, digits and underscores; types, constructors and effects begin with a capital, functions and modules do not.";
    S1_8 "1.8" "Canonical Formatting"
        "Every program has one canonical layout.";
    S2_1 "2.1" "Overview"
        "Every type is built in, declared, imported, or a type variable of its declaration.";
    S2_2 "2.2" "Primitive Types"
        "The primitive types are Int, Nat, Float64, Bool, Byte, String, Unit and Never.";
    S2_2_2 "2.2.2" "Zero-size types are declaration-only"
        "A type whose values take no space can be declared as a parameter or result, but is neither stored nor read back.";
    S2_3 "2.3" "Compound Types"
        "A generic type is used with one argument for each of its parameters.";
    S2_3_1 "2.3.1" "Tuple Types"
        "A tuple is written `Tuple<A, B>`, has at least one component and is built by `Tuple(a, b)`.";
    S2_3_2 "2.3.2" "Array Types"
        "An array is written `Array<T>`; all its elements have one type that takes space.";
    S2_3_3 "2.3.3" "Option Type"
        "A value that may be missing has the type `Option<T>`: it is `Some(value)` or `None`.";
    S2_4 "2.4" "Algebraic Data Types (ADTs)"
        "A data type has at least one constructor; a constructor lists the types of its fields in parentheses, and no empty ones.";
    S2_4_1 "2.4.1" "ADT Invariants"
        "The invariant of a data type is a pure condition on each of its values.";
    S2_5 "2.5" "Function Types"
        "A function type lists parameter types, a result type and an effect row: `fn(A -> B) effects(row)`.";
    S2_6 "2.6" "Refinement Types"
        "A refinement type is a base type with a pure condition: `{ @Base | condition }`.";
    S2_6_3 "2.6.3" "Type Aliases with Refinements"
        "An alias gives a type a name and may not contain itself.";
    S2_6_4 "2.6.4" "Predicate Verification"
        "The condition of a refinement is checked wherever a value becomes one of the refined type.";
    S2_7 "2.7" "Parametric Polymorphism"
        "A declaration with type parameters is used at one type for each of them, and a data type contains itself at its own parameters only.";
    S2_7_1 "2.7.1" "Type Constraints"
        "What a type variable has to support is written after `where` in the `forall` that declares it.";
    S2_8 "2.8" "Subtyping Rules"
        "A value fits where its type is the expected one, `Nat` for `Int` and back under a check, or one refines the other; nothing else is converted.";
    S3_1 "3.1" "Overview"
        "A value is referred to by `@`, its type, a point and how many bindings of that type are nearer.";
    S3_3 "3.3" "Binding Sites"
        "Parameters, `let`, patterns and handler clauses bind slots; a binding is `@` and a type, without an index or a name.";
    S3_4 "3.4" "Reference Resolution"
        "`@T.n` is the binding of exactly the type `T` that has `n` nearer ones; the last parameter is the nearest.";
    S3_6 "3.6" "The `@result` Reference"
        "`@T.result` is the value that the function returns, named by its declared type, and exists in `ensures` only.";
    S4_1 "4.1" "Overview"
        "Everything in a body is an expression with a value.";
    S4_2 "4.2" "Literals"
        "An integer literal is in the range of the type that it is used as.";
    S4_4 "4.4" "Arithmetic Expressions"
        "Arithmetic takes two numbers of one kind; integers and floats do not mix.";
    S4_5 "4.5" "Comparison Expressions"
        "Both sides of a comparison have one type, and an order exists for numbers, bytes and strings.";
    S4_6 "4.6" "Logical Expressions"
        "`&&`, `||`, `==>` and `!` take conditions of type `Bool`.";
    S4_7 "4.7" "Let Bindings"
        "`let @T = value;` binds a slot of the type `T` for the rest of the block.";
    S4_7_1 "4.7.1" "Tuple Destructuring"
        "`let Name<@A, @B> = value;` takes apart a value of a type with that one constructor.";
    S4_8 "4.8" "Conditional Expressions"
        "An `if` has a `Bool` condition, `then`, and two blocks of one type.";
    S4_9 "4.9" "Match Expressions"
        "A `match` has arms of the form pattern, `->`, value, with commas between them; all values have one type.";
    S4_9_1 "4.9.1" "Patterns"
        "A pattern is a constructor with patterns for its fields, a literal, `@T` or `_`, and fits the type of the value.";
    S4_9_2 "4.9.2" "Exhaustiveness"
        "The patterns of a `match` cover every value, and the pattern of a `let` fits always.";
    S4_10 "4.10" "Block Expressions"
        "A block is statements that each end with `;`, and a last expression without one: its value.";
    S4_11 "4.11" "Function Application"
        "A call gives one argument for each parameter, in their order, each of the type of its parameter.";
    S4_11_1 "4.11.1" "Constructor Application"
        "A constructor is called by its own name with a value for each field, and without parentheses when it has none.";
    S4_11_2 "4.11.2" "Pipe Operator"
        "`x |> f(y)` is `f(x, y)`: what stands on the right is a call.";
    S4_12_1 "4.12.1" "Array Literals"
        "All elements of an array literal have one type.";
    S4_12_2 "4.12.2" "Array Indexing"
        "`array[index]` takes an array and an integer.";
    S4_13 "4.13" "String Operations"
        "Strings are joined and compared by functions and `==`.";
    S4_13_1 "4.13.1" "String Interpolation"
        "`\\(expression)` puts a value of a printable type into a string; the expression contains no string.";
    S4_14 "4.14" "Expression Precedence (Complete)"
        "Operators bind in a fixed order, and comparisons do not chain.";
    S4_16 "4.16" "No Mutation"
        "A binding never changes; a later one of the same type hides it.";
    S4_17 "4.17" "Typed Holes"
        "`?` stands for an expression that is still to be written.";
    S5_2 "5.2" "Function Declaration Syntax"
        "A function is its visibility, `fn`, a name, `(@A -> @B)`, contract clauses, an effect clause and a body of the result type.";
    S5_4 "5.4" "Contract Clauses"
        "Every function has `requires(...)` and `ensures(...)` clauses, before its effects.";
    S5_5 "5.5" "Effect Declaration"
        "Every function and function type says its effects, `effects(pure)` when it has none.";
    S5_6 "5.6" "Recursive Functions"
        "A function that calls itself has a `decreases` clause or the effect `Diverge`.";
    S5_6_1 "5.6.1" "Decreases Clauses"
        "A measure is an integer or a data value that gets smaller with every recursive call.";
    S5_6_2 "5.6.2" "Mutual Recursion"
        "The helpers of a function stand in one `where` block after its body and are seen there only.";
    S5_7 "5.7" "Anonymous Functions (Closures)"
        "An anonymous function is `fn(@A -> @B) effects(row) { body }`, without name and contract.";
    S5_8 "5.8" "Function Visibility"
        "Every function and data type at top level is `public` or `private`.";
    S5_9 "5.9" "Generic Functions"
        "Type variables are declared by `forall<...>` before `fn`, and are found from the arguments of a call.";
    S6_2 "6.2" "Contract Forms"
        "The condition of a contract clause is a `Bool`.";
    S6_2_3 "6.2.3" "Invariants (`invariant`)"
        "An invariant belongs to a data type.";
    S6_2_5 "6.2.5" "Assertions (`assert`)"
        "`assert(condition)` takes one condition, which is checked when it is reached.";
    S6_2_6 "6.2.6" "Assumptions (`assume`)"
        "`assume(condition)` takes one condition, which is believed and not checked.";
    S6_3_3 "6.3.3" "Quantified Expressions"
        "A quantifier takes the type of the index, a bound, and a function of the index to `Bool`.";
    S6_4_1 "6.4.1" "Verification Condition (VC) Generation"
        "A function keeps its `ensures` for every argument that its `requires` allows.";
    S6_4_2 "6.4.2" "Call Site Verification"
        "A call keeps the `requires` of the function that it calls.";
    S6_4_3 "6.4.3" "Primitive Operation Safety"
        "Divisors are not zero, indices are inside their array, results fit in 64 bits, and floats used as integers have one.";
    S6_8 "6.8" "Summary of Verification Tiers"
        "What is not proved is checked when the program runs.";
    S7_2 "7.2" "Effect Declarations"
        "An effect declares one or more operations with their types.";
    S7_3 "7.3" "Effect Rows"
        "An effect row names effects that are known, each with its type arguments.";
    S7_3_1 "7.3.1" "Syntax"
        "A row is `pure` or a list between `<` and `>`.";
    S7_4 "7.4" "Performing Effects"
        "An operation is called with the name of its effect in front, `Effect.operation(...)`, with an argument for each parameter.";
    S7_4_1 "7.4.1" "Ambiguous Operations"
        "An operation that several effects in scope have is called with the name of its effect.";
    S7_5_1 "7.5.1" "Handler Syntax"
        "A handler is `handle[Effect](@State = start) { clauses } in { body }`, with one clause for each operation.";
    S7_5_2 "7.5.2" "Handler Semantics"
        "A clause goes on with `resume(value)`, or ends the handler with its own value.";
    S7_6 "7.6" "Effect Polymorphism"
        "A variable of `forall` that stands in rows only stands for effects.";
    S7_7 "7.7" "Built-in Effects"
        "The effects of the language cannot be declared again.";
    S7_8 "7.8" "Effect Subtyping"
        "A function may be used where more effects are allowed than it has, and never where fewer are.";
    S7_9_1 "7.9.1" "Pure Contracts"
        "Contracts perform no effects.";
    S7_9_2 "7.9.2" "State in Contracts"
        "`old(State<T>)` and `new(State<T>)` are the state before and after the call, in `ensures` only, and name a state of the function's row.";
    S7_10 "7.10" "Effect Composition"
        "The row of a function contains the effects of all that it calls, unless a handler takes them.";
    S7_11 "7.11" "Effect Handlers and Types"
        "The state of a handler has the type of the state that it handles.";
    S8_2 "8.2" "Module Declaration"
        "A file is one module; its declaration comes first.";
    S8_3 "8.3" "Import Declarations"
        "Imports come before declarations and name a module's path, with or without a list of names.";
    S8_3_2 "8.3.2" "Selective Import"
        "An import with a list brings in the names of the list only.";
    S8_4 "8.4" "Visibility"
        "What other modules may use is `public`; aliases, effects and abilities have no visibility.";
    S8_4_1 "8.4.1" "Visibility Rules"
        "Aliases and effects are local to their module.";
    S8_5_1 "8.5.1" "Bare Calls"
        "A bare call means a function of the file, of an import or of the library, and one of them only.";
    S8_5_3 "8.5.3" "Module-Qualified Calls"
        "`path::function(...)` calls a public function of a module that is imported.";
    S8_5_4 "8.5.4" "Constructor Resolution"
        "A constructor comes with its type and is written without module or type.";
    S8_6_1 "8.6.1" "Path Mapping"
        "The module `a.b` is the file `a/b.vera`.";
    S8_6_3 "8.6.3" "Circular Import Detection"
        "Modules do not import each other in a cycle.";
    S8_6_4 "8.6.4" "Transitive Resolution"
        "An import brings in what its module declares, not what that module imports.";
    S8_6_5 "8.6.5" "Resolution Errors"
        "Every imported module can be read and has no errors.";
    S9_1_2 "9.1.2" "Standard Prelude"
        "The names of the prelude mean the same in every program.";
    S9_5_4 "9.5.4" "Async"
        "An argument of `async` is evaluated before the call.";
    S9_5_7 "9.5.7" "DB"
        "The text of a database operation is written out, with one placeholder for each value.";
    S9_6 "9.6" "Built-in Functions"
        "The functions of the library are called by their names, with their parameters in a fixed order.";
    S9_8 "9.8" "Abilities"
        "What a type can do is Eq, Ord, Hash and Show, which it has by its form.";
    S9_8_1 "9.8.1" "Built-in Abilities"
        "An operation of an ability takes values of a type that has the ability.";
    S10_3 "10.3" "Parser Grammar"
        "Commas separate, and do not follow, the items of a list; `;` ends statements, imports and aliases.";
    S10_3_1 "10.3.1" "Program Structure"
        "A file is a module declaration, imports, and declarations of functions, data types, aliases, effects and abilities.";
    S10_3_2 "10.3.2" "Function Declarations"
        "A function's visibility comes before `forall` and `fn`.";
    S11_1 "11.1" "Overview"
        "A program that passes the checks is compiled as a whole.";
    S11_10_5 "11.10.5" "Closure Invocation (apply_fn)"
        "`apply_fn(function, arguments)` calls a function value.";
}

#[cfg(test)]
mod tests {
    use super::Section;

    #[test]
    fn sections_are_cited_with_their_titles() {
        assert_eq!(Section::S3_4.to_string(), "Chapter 3, Section 3.4 \"Reference Resolution\"");
    }

    #[test]
    fn sections_are_in_order_and_rules_are_sentences() {
        let numbers = |section: &Section| -> Vec<u32> {
            section.number().split('.').map(|part| part.parse().expect("a number")).collect()
        };
        assert!(Section::ALL.is_sorted_by_key(numbers));
        for section in Section::ALL {
            let name = format!("S{}", section.number().replace('.', "_"));
            assert_eq!(format!("{section:?}"), name);
            assert!(section.rule().ends_with('.') && section.rule().len() > 20, "{section}");
        }
    }
}
