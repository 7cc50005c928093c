//! JSON, HTML and Markdown.

super::builtins! {
    /// The value of an attribute of an element.
    html_attr: "fn(HtmlNode, String -> Option<String>) effects(pure)" = vera, "0.0.100";
    /// Parses HTML leniently, as browsers do.
    html_parse: "fn(String -> Result<HtmlNode, String>) effects(pure)" = host allocates, "0.0.100";
    /// The elements below the node that a selector matches, in document order. Selectors are tag names, `.class`,
    /// `#id`, `[attribute]` and descendants, as in `nav a`.
    html_query: "fn(HtmlNode, String -> Array<HtmlNode>) effects(pure)" = host allocates, "0.0.100";
    /// All text of the node and its descendants; comments are left out.
    html_text: "fn(HtmlNode -> String) effects(pure)" = vera, "0.0.100";
    /// The node as HTML.
    html_to_string: "fn(HtmlNode -> String) effects(pure)" = host allocates, "0.0.100";
    /// The element of a JSON array at an index.
    json_array_get: "fn(Json, Int -> Option<Json>) effects(pure)" = vera, "0.0.98";
    /// Number of elements of a JSON array; 0 for any other value.
    json_array_length: "fn(Json -> Int) effects(pure)" = vera, "0.0.98";
    /// The elements of a JSON array.
    json_as_array: "fn(Json -> Option<Array<Json>>) effects(pure)" = vera, "0.0.119";
    /// The value of a JSON Boolean.
    json_as_bool: "fn(Json -> Option<Bool>) effects(pure)" = vera, "0.0.119";
    /// A JSON number without its fraction, when it fits an `Int`.
    json_as_int: "fn(Json -> Option<Int>) effects(pure)" = vera, "0.0.119";
    /// The value of a JSON number.
    json_as_number: "fn(Json -> Option<Float64>) effects(pure)" = vera, "0.0.119";
    /// The fields of a JSON object.
    json_as_object: "fn(Json -> Option<Map<String, Json>>) effects(pure)" = vera, "0.0.119";
    /// The value of a JSON string.
    json_as_string: "fn(Json -> Option<String>) effects(pure)" = vera, "0.0.119";
    /// A field of a JSON object.
    json_get: "fn(Json, String -> Option<Json>) effects(pure)" = vera, "0.0.98";
    /// The elements of a field that is an array.
    json_get_array: "fn(Json, String -> Option<Array<Json>>) effects(pure)" = vera, "0.0.119";
    /// The value of a field that is a Boolean.
    json_get_bool: "fn(Json, String -> Option<Bool>) effects(pure)" = vera, "0.0.119";
    /// The value of a field that is a number, without its fraction, when it fits an `Int`.
    json_get_int: "fn(Json, String -> Option<Int>) effects(pure)" = vera, "0.0.119";
    /// The value of a field that is a number.
    json_get_number: "fn(Json, String -> Option<Float64>) effects(pure)" = vera, "0.0.119";
    /// The value of a field that is a string.
    json_get_string: "fn(Json, String -> Option<String>) effects(pure)" = vera, "0.0.119";
    /// Whether a JSON object has a field.
    json_has_field: "fn(Json, String -> Bool) effects(pure)" = vera, "0.0.98";
    /// The field names of a JSON object in order; empty for any other value.
    json_keys: "fn(Json -> Array<String>) effects(pure)" = vera, "0.0.98";
    /// Parses JSON.
    json_parse: "fn(String -> Result<Json, String>) effects(pure)" = host allocates, "0.0.98";
    /// The value as compact JSON.
    json_stringify: "fn(Json -> String) effects(pure)" = host allocates, "0.0.98";
    /// `null`, `bool`, `number`, `string`, `array` or `object`.
    json_type: "fn(Json -> String) effects(pure)" = vera, "0.0.98";
    /// The texts of all code blocks of a language, in document order.
    md_extract_code_blocks: "fn(MdBlock, String -> Array<String>) effects(pure)" = vera, "0.0.84";
    /// Whether there is a code block of a language.
    md_has_code_block: "fn(MdBlock, String -> Bool) effects(pure)" = vera, "0.0.84";
    /// Whether there is a heading of a level.
    md_has_heading: "fn(MdBlock, Nat -> Bool) effects(pure)" = vera, "0.0.84";
    /// Parses Markdown into an `MdDocument`.
    md_parse: "fn(String -> Result<MdBlock, String>) effects(pure)" = host allocates, "0.0.84";
    /// The block as Markdown.
    md_render: "fn(MdBlock -> String) effects(pure)" = host allocates, "0.0.84";
}
