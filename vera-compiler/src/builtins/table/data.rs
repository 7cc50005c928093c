//! Options, results, futures.

super::builtins! {
    /// Starts a computation whose result is awaited later.
    async<T>: "fn(T -> Future<T>) effects(<Async>)" = vera, "0.0.82";
    /// The result of a future.
    await<T>: "fn(Future<T> -> T) effects(<Async>)" = vera, "0.0.82";
    /// The function's result for the value inside, or `None` when there is none.
    option_and_then<A, B>: "fn(Option<A>, fn(A -> Option<B>) effects(pure) -> Option<B>) effects(pure)" = vera, "0.0.89";
    /// The option with the function applied to the value inside.
    option_map<A, B>: "fn(Option<A>, fn(A -> B) effects(pure) -> Option<B>) effects(pure)" = vera, "0.0.89";
    /// The value inside, or the second argument when there is none.
    option_unwrap_or<T>: "fn(Option<T>, T -> T) effects(pure)" = vera, "0.0.89";
    /// The result with the function applied to the value of `Ok`.
    result_map<A, B, E>: "fn(Result<A, E>, fn(A -> B) effects(pure) -> Result<B, E>) effects(pure)" = vera, "0.0.89";
    /// The value of `Ok`, or the second argument for an `Err`.
    result_unwrap_or<T, E>: "fn(Result<T, E>, T -> T) effects(pure)" = vera, "0.0.89";
}
