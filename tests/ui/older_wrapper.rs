//! A wrapper that was generated for another version of the runtime.

mod generated {
    const _: () = ::core::assert!(
        ::vera_runtime::__private::ABI_VERSION == 999_999,
        "this wrapper was generated for another version of vera-runtime: use one release of vera-build and vera-runtime",
    );
}

fn main() {}
