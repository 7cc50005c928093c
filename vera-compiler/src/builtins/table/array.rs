//! Arrays.

super::builtins! {
    /// Whether the predicate holds for every element; true for an empty array. Stops at the first that fails.
    array_all<T>: "fn(Array<T>, fn(T -> Bool) effects(pure) -> Bool) effects(pure)" = vera, "0.0.117";
    /// Whether the predicate holds for some element; false for an empty array. Stops at the first that does.
    array_any<T>: "fn(Array<T>, fn(T -> Bool) effects(pure) -> Bool) effects(pure)" = vera, "0.0.117";
    /// The array with one more element at its end. Building an array by repeated appending takes linear time.
    array_append<T>: "fn(Array<T>, T -> Array<T>) effects(pure)" = intrinsic ArrayPush, "0.0.78";
    /// The elements of the first array, then those of the second.
    array_concat<T>: "fn(Array<T>, Array<T> -> Array<T>) effects(pure)" = intrinsic ArrayConcat, "0.0.78";
    /// The elements for which the predicate holds, in order.
    array_filter<T>: "fn(Array<T>, fn(T -> Bool) effects(pure) -> Array<T>) effects(pure)" = vera, "0.0.91";
    /// The first element for which the predicate holds.
    array_find<T>: "fn(Array<T>, fn(T -> Bool) effects(pure) -> Option<T>) effects(pure)" = vera, "0.0.117";
    /// The elements of all inner arrays, in order.
    array_flatten<T>: "fn(Array<Array<T>> -> Array<T>) effects(pure)" = vera, "0.0.117";
    /// Combines the elements from left to right, starting with the second argument. The function takes the value so
    /// far, then the element.
    array_fold<T, U>: "fn(Array<T>, U, fn(U, T -> U) effects(pure) -> U) effects(pure)" = vera, "0.0.91";
    /// Number of elements.
    array_length<T>: "fn(Array<T> -> Int) effects(pure)" = intrinsic ArrayLen, "0.0.78";
    /// The results of the function for each element.
    array_map<A, B>: "fn(Array<A>, fn(A -> B) effects(pure) -> Array<B>) effects(pure)" = vera, "0.0.91";
    /// The results of the function for each element and its index, counted from 0.
    array_mapi<A, B>: "fn(Array<A>, fn(A, Nat -> B) effects(pure) -> Array<B>) effects(pure)" = vera, "0.0.117";
    /// The integers from the first up to, not including, the second; empty when the first is not smaller.
    array_range: "fn(Int, Int -> Array<Int>) effects(pure)" = vera, "0.0.78";
    /// The elements in reverse order.
    array_reverse<T>: "fn(Array<T> -> Array<T>) effects(pure)" = vera, "0.0.117";
    /// The elements from the first index up to, not including, the second; indices outside of the array are moved to
    /// its ends.
    array_slice<T>: "fn(Array<T>, Int, Int -> Array<T>) effects(pure)" = vera, "0.0.91";
    /// The elements in ascending order of the comparison. Elements that compare equal keep their order.
    array_sort_by<T>: "fn(Array<T>, fn(T, T -> Ordering) effects(pure) -> Array<T>) effects(pure)" = vera, "0.0.117";
}
