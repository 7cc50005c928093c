//! How a wrapper asks for the parts of the library that its module uses: macros that are errors where a feature is off.

/// Wrappers invoke it where the machine code that their macro made is for another target.
#[cfg(feature = "compiler")]
#[doc(hidden)]
#[macro_export]
macro_rules! __made_for_another_target {
    ($arch:literal, $os:literal) => {};
}

/// Wrappers invoke it where the machine code that their macro made is for another target.
#[cfg(not(feature = "compiler"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __made_for_another_target {
    ($arch:literal, $os:literal) => {
        ::core::compile_error!(::core::concat!(
            "`vera!(precompile, ...)` made machine code for ",
            $arch,
            " ",
            $os,
            ", where the crate is compiled, and the target is another: use `vera_build::Config::precompile` in a build script, or \
             enable the feature `compiler` of `vera-runtime`"
        ));
    };
}

/// Wrappers whose calls may be awaited invoke it.
#[cfg(feature = "async")]
#[doc(hidden)]
#[macro_export]
macro_rules! __uses_async {
    () => {};
}

/// Wrappers whose calls may be awaited invoke it.
#[cfg(not(feature = "async"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __uses_async {
    () => {
        ::core::compile_error!("the wrapper has async calls: enable the feature `async` of `vera-runtime`");
    };
}

/// Wrappers of modules that use that part of the library invoke it.
#[cfg(feature = "html")]
#[doc(hidden)]
#[macro_export]
macro_rules! __uses_html {
    () => {};
}

/// Wrappers of modules that use that part of the library invoke it.
#[cfg(not(feature = "html"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __uses_html {
    () => {
        ::core::compile_error!("the module uses `html_parse` or its like: enable the feature `html` of `vera-runtime`");
    };
}

/// Wrappers of modules that use that part of the library invoke it.
#[cfg(feature = "json")]
#[doc(hidden)]
#[macro_export]
macro_rules! __uses_json {
    () => {};
}

/// Wrappers of modules that use that part of the library invoke it.
#[cfg(not(feature = "json"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __uses_json {
    () => {
        ::core::compile_error!("the module uses `json_parse` or its like: enable the feature `json` of `vera-runtime`");
    };
}

/// Wrappers of modules that use that part of the library invoke it.
#[cfg(feature = "markdown")]
#[doc(hidden)]
#[macro_export]
macro_rules! __uses_markdown {
    () => {};
}

/// Wrappers of modules that use that part of the library invoke it.
#[cfg(not(feature = "markdown"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __uses_markdown {
    () => {
        ::core::compile_error!(
            "the module uses `md_parse` or its like: enable the feature `markdown` of `vera-runtime`"
        );
    };
}

/// Wrappers of modules that use that part of the library invoke it.
#[cfg(feature = "regex")]
#[doc(hidden)]
#[macro_export]
macro_rules! __uses_regex {
    () => {};
}

/// Wrappers of modules that use that part of the library invoke it.
#[cfg(not(feature = "regex"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __uses_regex {
    () => {
        ::core::compile_error!(
            "the module uses `regex_match` or its like: enable the feature `regex` of `vera-runtime`"
        );
    };
}
