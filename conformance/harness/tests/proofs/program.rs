//! Random programs: functions over integers, floats, arrays and data that call each other, with contracts, handlers,
//! quantifiers and closures.
//!
//! What they say is well typed, and mostly false: what a run meets is a failed check more often than an end. Which of the
//! checks are proved is the verifier's business.

use vera_testing::random::Random;

const DECLARATIONS: &str = "\
type Small = { @Int | @Int.0 >= 0 && @Int.0 < 10 };

public data Shape { Dot, Box(Int, Nat) }

public data Range invariant(match @Range.0 { Range(@Int, @Int) -> @Int.1 <= @Int.0 }) { Range(Int, Int) }
";

/// A type of the programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ty {
    Int,
    Nat,
    Float,
    Bool,
    Small,
    Array,
    Option,
    Shape,
    Range,
    Unit,
}

const PARAMETERS: &[Ty] = &[
    Ty::Int,
    Ty::Int,
    Ty::Nat,
    Ty::Nat,
    Ty::Float,
    Ty::Float,
    Ty::Bool,
    Ty::Small,
    Ty::Array,
    Ty::Array,
    Ty::Option,
    Ty::Shape,
    Ty::Range,
];
const RESULTS: &[Ty] =
    &[Ty::Int, Ty::Int, Ty::Nat, Ty::Float, Ty::Bool, Ty::Bool, Ty::Small, Ty::Array, Ty::Option, Ty::Shape, Ty::Range];
const LOCALS: &[Ty] = &[Ty::Int, Ty::Int, Ty::Nat, Ty::Float, Ty::Bool, Ty::Array, Ty::Option, Ty::Shape];

impl Ty {
    fn name(self) -> &'static str {
        match self {
            Ty::Int => "Int",
            Ty::Nat => "Nat",
            Ty::Float => "Float64",
            Ty::Bool => "Bool",
            Ty::Small => "Small",
            Ty::Array => "Array<Int>",
            Ty::Option => "Option<Int>",
            Ty::Shape => "Shape",
            Ty::Range => "Range",
            Ty::Unit => "Unit",
        }
    }
}

/// A function that can be called.
#[derive(Clone, Debug)]
struct Function {
    name: String,
    params: Vec<Ty>,
    result: Ty,
}

struct Writer {
    random: Random,
    /// What is bound, the nearest last.
    scope: Vec<Ty>,
    functions: Vec<Function>,
    /// The function itself, where it may be called: its first argument is a natural that is not zero.
    itself: Option<Function>,
    /// Whether a state is handled here, and an exception.
    state: bool,
    exception: bool,
}

/// A program.
pub(crate) fn random(seed: u64) -> String {
    let mut writer = Writer {
        random: Random::new(seed),
        scope: Vec::new(),
        functions: Vec::new(),
        itself: None,
        state: false,
        exception: false,
    };
    let mut text = DECLARATIONS.to_owned();
    for number in 0..2 + writer.random.below(3) {
        text += &writer.function(number);
    }
    text
}

impl Writer {
    fn function(&mut self, number: usize) -> String {
        let is_recursive = self.random.one_in(4);
        let mut params: Vec<Ty> = (0..1 + self.random.below(3)).map(|_| self.random.of(PARAMETERS)).collect();
        if is_recursive {
            params.insert(0, Ty::Nat);
        }
        let result = self.random.of(RESULTS);
        let function = Function { name: format!("f{number}"), params: params.clone(), result };
        self.scope = params.clone();
        let requires: Vec<String> = (0..self.random.below(3)).map(|_| self.comparison(0)).collect();
        let requires = if requires.is_empty() { "true".to_owned() } else { requires.join(" && ") };
        let ensures = self.promise(result);
        let (decreases, body) = if is_recursive {
            let measure = self.slot(0);
            let base = self.block(result, 2);
            self.itself = Some(function.clone());
            let step = self.block(result, 3);
            self.itself = None;
            let body = format!("if {measure} == 0 then {{ {base} }} else {{ {step} }}");
            (format!("\n  decreases({measure})"), body)
        } else {
            (String::new(), self.block(result, 4))
        };
        let types: Vec<String> = params.iter().map(|ty| format!("@{}", ty.name())).collect();
        let head = format!("public fn {}({} -> @{})", function.name, types.join(", "), result.name());
        self.functions.push(function);
        format!(
            "\n{head}\n  requires({requires})\n  ensures({ensures}){decreases}\n  effects(pure)\n{{\n  {body}\n}}\n"
        )
    }

    /// The slot of a binding.
    fn slot(&self, index: usize) -> String {
        let ty = self.scope[index];
        let nearer = self.scope[index + 1..].iter().filter(|other| **other == ty).count();
        format!("@{}.{nearer}", ty.name())
    }

    /// The slot of something of a type.
    fn bound(&mut self, ty: Ty) -> Option<String> {
        let found: Vec<usize> = (0..self.scope.len()).filter(|&index| self.scope[index] == ty).collect();
        if found.is_empty() {
            return None;
        }
        let index = self.random.of(&found);
        Some(self.slot(index))
    }

    fn promise(&mut self, result: Ty) -> String {
        let value = match result {
            Ty::Int | Ty::Nat | Ty::Small => format!("@{}.result", result.name()),
            Ty::Array => "array_length(@Array<Int>.result)".to_owned(),
            Ty::Bool => return format!("@Bool.result ==> {}", self.comparison(1)),
            Ty::Float => {
                let operator = self.random.of(&[">=", "<=", "!=", ">"]);
                return format!("@Float64.result {operator} {}", self.of(Ty::Float, 1));
            }
            _ => return "true".to_owned(),
        };
        if self.random.one_in(4) {
            return "true".to_owned();
        }
        let operator = self.random.of(&[">=", ">=", "<=", "!=", "==", ">"]);
        let other = if self.random.one_in(2) { self.number() } else { self.of(Ty::Int, 1) };
        format!("{value} {operator} {other}")
    }

    /// Statements and a value.
    fn block(&mut self, ty: Ty, depth: usize) -> String {
        let mark = self.scope.len();
        let mut text = String::new();
        for _ in 0..if depth > 1 { self.random.below(3) } else { 0 } {
            if self.state && self.random.one_in(2) {
                text += &format!("put({}); ", self.of(Ty::Int, depth - 1));
            } else if self.random.one_in(6) {
                // Conditions of asserts perform nothing.
                let outer = (std::mem::take(&mut self.state), std::mem::take(&mut self.exception));
                text += &format!("assert({}); ", self.comparison(1));
                (self.state, self.exception) = outer;
            } else {
                let local = self.random.of(LOCALS);
                text += &format!("let @{} = {}; ", local.name(), self.of(local, depth - 1));
                self.scope.push(local);
            }
        }
        text += &self.of(ty, depth);
        self.scope.truncate(mark);
        text
    }

    /// A block with further bindings.
    fn within(&mut self, bound: &[Ty], ty: Ty, depth: usize) -> String {
        let mark = self.scope.len();
        self.scope.extend(bound);
        let text = self.block(ty, depth);
        self.scope.truncate(mark);
        text
    }

    /// A function value's body, which performs nothing.
    fn closed(&mut self, bound: &[Ty], ty: Ty, depth: usize) -> String {
        let outer = (std::mem::take(&mut self.state), std::mem::take(&mut self.exception), self.itself.take());
        let text = self.within(bound, ty, depth);
        (self.state, self.exception, self.itself) = outer;
        text
    }

    fn number(&mut self) -> String {
        match self.random.below(8) {
            0 => "9223372036854775807".to_owned(),
            1 => format!("(0 - {})", self.random.below(20)),
            _ => self.random.below(12).to_string(),
        }
    }

    fn comparison(&mut self, depth: usize) -> String {
        if self.random.one_in(4) {
            let operator = self.random.of(&["<", "<=", ">", ">=", "=="]);
            return format!("{} {operator} {}", self.of(Ty::Float, depth), self.of(Ty::Float, depth));
        }
        let operator = self.random.of(&["<", "<=", ">", ">=", "==", "!="]);
        let left = self.of(Ty::Int, depth);
        let right = if self.random.one_in(2) { self.number() } else { self.of(Ty::Int, depth) };
        format!("{left} {operator} {right}")
    }

    /// An expression.
    fn of(&mut self, ty: Ty, depth: usize) -> String {
        if depth == 0 || self.random.one_in(5) {
            return self.simple(ty);
        }
        let depth = depth - 1;
        if self.random.one_in(5) {
            return self.branching(ty, depth);
        }
        if self.random.one_in(6)
            && let Some(text) = self.call(ty, depth)
        {
            return text;
        }
        match ty {
            Ty::Int => self.integer(depth),
            Ty::Nat => self.natural(depth),
            Ty::Float => self.float(depth),
            Ty::Bool => self.truth(depth),
            Ty::Small => match self.random.below(3) {
                0 => self.simple(ty),
                1 => format!("({} % 10)", self.of(Ty::Nat, depth)),
                _ => self.of(Ty::Int, depth),
            },
            Ty::Array => self.array(depth),
            Ty::Option => format!("Some({})", self.of(Ty::Int, depth)),
            Ty::Shape => format!("Box({}, {})", self.of(Ty::Int, depth), self.of(Ty::Nat, depth)),
            Ty::Range => format!("Range({}, {})", self.of(Ty::Int, depth), self.of(Ty::Int, depth)),
            Ty::Unit => "()".to_owned(),
        }
    }

    fn simple(&mut self, ty: Ty) -> String {
        if !self.random.one_in(4)
            && let Some(slot) = self.bound(ty)
        {
            return slot;
        }
        match ty {
            Ty::Int => match self.random.below(3) {
                0 => self.bound(Ty::Nat),
                1 => self.bound(Ty::Small),
                _ => None,
            }
            .unwrap_or_else(|| self.number()),
            Ty::Nat => self.random.below(12).to_string(),
            Ty::Float => {
                self.random.of(&["0.0", "1.0", "-1.5", "0.1", "9007199254740993.0", "infinity()", "nan()"]).to_owned()
            }
            Ty::Small => self.random.below(10).to_string(),
            Ty::Bool => self.random.of(&["true", "false"]).to_owned(),
            Ty::Array => format!("[{}, {}]", self.number(), self.number()),
            Ty::Option => self.random.of(&["None", "Some(3)"]).to_owned(),
            Ty::Shape => self.random.of(&["Dot", "Box(1, 2)"]).to_owned(),
            Ty::Range => "Range(1, 5)".to_owned(),
            Ty::Unit => "()".to_owned(),
        }
    }

    /// An expression that chooses between two or more.
    fn branching(&mut self, ty: Ty, depth: usize) -> String {
        match self.random.below(5) {
            0 => {
                let (of, some) = (self.of(Ty::Option, depth), self.within(&[Ty::Int], ty, depth));
                format!("match {of} {{ Some(@Int) -> {{ {some} }}, None -> {{ {} }} }}", self.block(ty, depth))
            }
            1 => {
                let (of, some) = (self.of(Ty::Shape, depth), self.within(&[Ty::Int, Ty::Nat], ty, depth));
                format!("match {of} {{ Dot -> {{ {} }}, Box(@Int, @Nat) -> {{ {some} }} }}", self.block(ty, depth))
            }
            2 => {
                let (of, some) = (self.of(Ty::Range, depth), self.within(&[Ty::Int, Ty::Int], ty, depth));
                format!("match {of} {{ Range(@Int, @Int) -> {{ {some} }} }}")
            }
            _ => {
                let condition = self.of(Ty::Bool, depth.min(1));
                let (then, otherwise) = (self.block(ty, depth), self.block(ty, depth));
                format!("if {condition} then {{ {then} }} else {{ {otherwise} }}")
            }
        }
    }

    fn call(&mut self, ty: Ty, depth: usize) -> Option<String> {
        if let Some(itself) = self.itself.clone()
            && itself.result == ty
            && self.random.one_in(2)
        {
            // The measure is the first parameter of the function, which is the first binding.
            let mut args = vec![format!("{} - 1", self.slot(0))];
            args.extend(itself.params[1..].iter().map(|&param| self.of(param, depth.min(1))));
            return Some(format!("{}({})", itself.name, args.join(", ")));
        }
        let fits: Vec<usize> = (0..self.functions.len()).filter(|&index| self.functions[index].result == ty).collect();
        if fits.is_empty() {
            return None;
        }
        let Function { name, params, .. } = self.functions[self.random.of(&fits)].clone();
        let args: Vec<String> = params.iter().map(|&param| self.of(param, depth.min(1))).collect();
        Some(format!("{name}({})", args.join(", ")))
    }

    fn integer(&mut self, depth: usize) -> String {
        match self.random.below(17) {
            14 => format!("float_to_int({})", self.of(Ty::Float, depth)),
            15 | 16 => self.one_of_two(depth),
            0..=2 => format!("({} + {})", self.of(Ty::Int, depth), self.of(Ty::Int, depth)),
            3 => format!("({} - {})", self.of(Ty::Int, depth), self.of(Ty::Int, depth)),
            4 => format!("({} * {})", self.of(Ty::Int, depth), self.number()),
            5 => format!("({} / {})", self.of(Ty::Int, depth), self.of(Ty::Int, depth)),
            6 => format!("({} % {})", self.of(Ty::Int, depth), self.of(Ty::Int, depth)),
            7 | 8 => match self.bound(Ty::Array) {
                Some(array) => format!("{array}[{}]", self.of(Ty::Int, depth)),
                None => self.of(Ty::Nat, depth),
            },
            9 => {
                let (from, body) = (self.of(Ty::Int, depth), self.closed(&[Ty::Int, Ty::Int], Ty::Int, depth.min(1)));
                let array = self.of(Ty::Array, depth.min(1));
                format!("array_fold({array}, {from}, fn(@Int, @Int -> @Int) effects(pure) {{ {body} }})")
            }
            10 if self.state => "get(())".to_owned(),
            11 if self.exception => {
                let (condition, thrown) = (self.comparison(1), self.of(Ty::Int, depth.min(1)));
                format!("if {condition} then {{ throw({thrown}) }} else {{ {} }}", self.block(Ty::Int, depth))
            }
            12 if depth > 0 => self.with_state(depth),
            13 if depth > 0 => self.with_exception(depth),
            _ => self.of(Ty::Nat, depth),
        }
    }

    /// A call of a function value that is chosen by a condition.
    fn one_of_two(&mut self, depth: usize) -> String {
        let condition = self.of(Ty::Bool, depth.min(1));
        let bodies = [(); 2].map(|()| self.closed(&[Ty::Int], Ty::Int, depth.min(1)));
        let [first, second] = bodies.map(|body| format!("fn(@Int -> @Int) effects(pure) {{ {body} }}"));
        format!("apply_fn(if {condition} then {{ {first} }} else {{ {second} }}, {})", self.of(Ty::Int, depth.min(1)))
    }

    fn float(&mut self, depth: usize) -> String {
        match self.random.below(8) {
            0 => format!("-({})", self.simple(Ty::Float)),
            1 => format!("int_to_float({})", self.of(Ty::Int, depth)),
            2 => format!("sqrt({})", self.of(Ty::Float, depth)),
            3 => format!("float_clamp({}, 0.0, {})", self.of(Ty::Float, depth), self.simple(Ty::Float)),
            _ => {
                let operator = self.random.of(&["+", "-", "*", "/"]);
                format!("({} {operator} {})", self.of(Ty::Float, depth), self.of(Ty::Float, depth))
            }
        }
    }

    /// A block whose state is handled.
    fn with_state(&mut self, depth: usize) -> String {
        let first = self.of(Ty::Int, depth.min(1));
        let get = self.within(&[Ty::Unit, Ty::Int], Ty::Int, depth.min(1));
        let kept = if self.random.one_in(2) {
            let value = self.within(&[Ty::Int, Ty::Int], Ty::Int, depth.min(1));
            format!(" with @Int = {{ {value} }}")
        } else {
            String::new()
        };
        let get = if self.random.one_in(2) { "@Int.0".to_owned() } else { format!("{{ {get} }}") };
        let outer = std::mem::replace(&mut self.state, true);
        let body = self.block(Ty::Int, depth);
        self.state = outer;
        format!(
            "(handle[State<Int>](@Int = {first}) {{ get(@Unit) -> {{ resume({get}) }}, put(@Int) -> {{ resume(()) }}{kept} }} \
             in {{ {body} }})"
        )
    }

    /// A block whose exceptions are handled.
    fn with_exception(&mut self, depth: usize) -> String {
        let caught = self.within(&[Ty::Int], Ty::Int, depth.min(1));
        let outer = std::mem::replace(&mut self.exception, true);
        let body = self.block(Ty::Int, depth);
        self.exception = outer;
        format!("(handle[Exn<Int>] {{ throw(@Int) -> {{ {caught} }} }} in {{ {body} }})")
    }

    fn natural(&mut self, depth: usize) -> String {
        match self.random.below(8) {
            0 => format!("({} + {})", self.of(Ty::Nat, depth), self.of(Ty::Nat, depth)),
            1 => format!("({} - {})", self.of(Ty::Nat, depth), self.of(Ty::Nat, depth)),
            2 => format!("({} / {})", self.of(Ty::Nat, depth), 1 + self.random.below(4)),
            3 => format!("({} % {})", self.of(Ty::Nat, depth), 1 + self.random.below(6)),
            4 | 5 => format!("array_length({})", self.of(Ty::Array, depth)),
            6 => format!("abs({})", self.of(Ty::Int, depth)),
            _ => self.simple(Ty::Nat),
        }
    }

    fn truth(&mut self, depth: usize) -> String {
        match self.random.below(8) {
            0 => format!("({} && {})", self.of(Ty::Bool, depth), self.of(Ty::Bool, depth)),
            1 => format!("({} || {})", self.of(Ty::Bool, depth), self.of(Ty::Bool, depth)),
            2 => format!("!({})", self.of(Ty::Bool, depth)),
            3 => {
                let body = self.closed(&[Ty::Nat], Ty::Bool, depth.min(1));
                let quantifier = self.random.of(&["forall", "exists"]);
                let bound = match self.random.below(4) {
                    0 => self.random.of(&["2", "3", "array_length([1, 2])"]).to_owned(),
                    1 => format!("({} % 6)", self.simple(Ty::Nat)),
                    _ => format!("array_length({})", self.simple(Ty::Array)),
                };
                format!("{quantifier}(@Nat, {bound}, fn(@Nat -> @Bool) effects(pure) {{ {body} }})")
            }
            4 => format!("({} == {})", self.of(Ty::Shape, depth), self.of(Ty::Shape, depth)),
            _ => self.comparison(depth),
        }
    }

    fn array(&mut self, depth: usize) -> String {
        match self.random.below(6) {
            0 => format!("[{}]", self.of(Ty::Int, depth)),
            1 | 2 => format!("array_append({}, {})", self.of(Ty::Array, depth), self.of(Ty::Int, depth)),
            3 => format!("array_concat({}, {})", self.of(Ty::Array, depth), self.of(Ty::Array, depth)),
            4 => {
                let (array, body) = (self.of(Ty::Array, depth), self.closed(&[Ty::Int], Ty::Int, depth.min(1)));
                format!("array_map({array}, fn(@Int -> @Int) effects(pure) {{ {body} }})")
            }
            _ => format!("array_reverse({})", self.of(Ty::Array, depth)),
        }
    }
}
