//! The releases of the language that brought its codes, effects, abilities and built-ins. The only home of these facts;
//! what the names mean is in their tables.

use std::collections::HashMap;
use std::sync::LazyLock;

/// The release that brought a code, effect, ability or built-in function; `None` for a name that is none of these.
pub fn since(name: &str) -> Option<&'static str> {
    static BY_NAME: LazyLock<HashMap<&'static str, &'static str>> = LazyLock::new(|| {
        RELEASES.iter().flat_map(|(release, names)| names.split_whitespace().map(|name| (name, *release))).collect()
    });
    BY_NAME.get(name).copied()
}

/// Each release with what it brought, oldest first.
const RELEASES: &[(&str, &str)] = &[
    ("0.0.5", "IO State"),
    (
        "0.0.43",
        "E001 E002 E003 E004 E005 E006 E007 E010 E120 E121 E122 E123 E124 E130 E131 E140 E141 E142 E143 E144 \
         E145 E146 E147 E160 E161 E170 E171 E172 E173 E174 E175 E176 E200 E201 E202 E203 E204 E210 E211 E212 \
         E213 E214 E215 E220 E230 E231 E232 E233 E300 E301 E302 E310 E311 E312 E313 E320 E321 E322 E330 E331 \
         E332 E333 E334 E335 E500 E501 E520 E521 E522 E523 E524 E525 E600 E601 E602 E604 E605 E607",
    ),
    ("0.0.44", "E008"),
    ("0.0.47", "E700 E701 E702"),
    ("0.0.49", "Diverge"),
    (
        "0.0.50",
        "parse_float64 parse_nat string_char_code string_concat string_length string_slice string_strip \
         to_string",
    ),
    ("0.0.54", "E125"),
    ("0.0.62", "E612 Exn"),
    ("0.0.64", "bool_to_string byte_to_string float_to_string int_to_string nat_to_string"),
    ("0.0.67", "E009"),
    ("0.0.70", "abs ceil floor max min pow round sqrt"),
    ("0.0.71", "byte_to_int float_to_int int_to_byte int_to_float int_to_nat nat_to_int"),
    ("0.0.72", "float_is_infinite float_is_nan infinity nan"),
    (
        "0.0.73",
        "string_contains string_ends_with string_index_of string_join string_lower string_replace \
         string_split string_starts_with string_upper",
    ),
    ("0.0.74", "string_from_char_code"),
    ("0.0.75", "string_repeat"),
    ("0.0.76", "E148"),
    ("0.0.77", "parse_bool parse_int"),
    ("0.0.78", "array_append array_concat array_length array_range"),
    ("0.0.79", "base64_decode base64_encode"),
    ("0.0.80", "url_decode url_encode"),
    ("0.0.81", "url_join url_parse"),
    ("0.0.82", "Async async await"),
    ("0.0.84", "md_extract_code_blocks md_has_code_block md_has_heading md_parse md_render"),
    ("0.0.86", "regex_find regex_find_all regex_match regex_replace"),
    ("0.0.89", "option_and_then option_map option_unwrap_or result_map result_unwrap_or"),
    ("0.0.90", "E180 E181 E240 E241 E613 Eq Hash Ord Show"),
    ("0.0.91", "array_filter array_fold array_map array_slice"),
    ("0.0.94", "map_contains map_get map_insert map_keys map_new map_remove map_size map_values"),
    ("0.0.95", "set_add set_contains set_new set_remove set_size set_to_array"),
    (
        "0.0.97",
        "decimal_abs decimal_add decimal_compare decimal_div decimal_eq decimal_from_float decimal_from_int \
         decimal_from_string decimal_mul decimal_neg decimal_round decimal_sub decimal_to_float \
         decimal_to_string",
    ),
    (
        "0.0.98",
        "json_array_get json_array_length json_get json_has_field json_keys json_parse json_stringify \
         json_type",
    ),
    ("0.0.99", "Http"),
    ("0.0.100", "html_attr html_parse html_query html_text html_to_string"),
    ("0.0.101", "Inference"),
    ("0.0.105", "E614 W001"),
    ("0.0.115", "Random"),
    ("0.0.116", "acos asin atan atan2 clamp cos e float_clamp log log10 log2 pi sign sin tan"),
    ("0.0.117", "array_all array_any array_find array_flatten array_mapi array_reverse array_sort_by"),
    (
        "0.0.118",
        "char_to_lower char_to_upper is_alpha is_alphanumeric is_digit is_lower is_upper is_whitespace \
         string_chars string_lines string_pad_end string_pad_start string_reverse string_trim_end \
         string_trim_start string_words",
    ),
    (
        "0.0.119",
        "json_as_array json_as_bool json_as_int json_as_number json_as_object json_as_string json_get_array \
         json_get_bool json_get_int json_get_number json_get_string",
    ),
    ("0.0.127", "E502"),
    ("0.0.142", "E615 E616"),
    ("0.0.145", "E699"),
    ("0.0.148", "E133"),
    ("0.0.149", "E132"),
    ("0.0.172", "E503 E504"),
    ("0.0.174", "E505 E506 E617"),
    ("0.0.177", "E526 E527"),
    ("0.0.179", "E507"),
    ("0.0.181", "E528"),
    ("0.0.183", "E149 E529"),
    ("0.0.184", "E011 E012 E013 E150"),
    ("0.0.185", "E151"),
    ("0.0.188", "E134 E216 E323 E618"),
    ("0.0.192", "W002"),
    ("0.0.193", "HttpServer"),
    ("0.1.0", "E126 E135 E205 E206 E242 E243 E532 E619"),
    ("0.1.5", "E182 E183"),
    ("0.1.6", "E020 E021 E023"),
    ("0.1.7", "E207 E208 E209 E217 DB"),
    ("0.1.9", "E030 E031 E127 E152 E153 E154 E620"),
    ("0.1.10", "E128 E336 E337 E533"),
    ("0.1.12", "E155 E156 E157"),
    (
        "0.2.0",
        "E032 E129 E136 E137 E138 E158 E159 E177 E178 E179 E184 E185 E186 E314 E338 E339 E534 E535 E538 E539 \
         E540 E622 W003",
    ),
    ("0.2.1", "E040 E541 E703 W004"),
    ("0.2.3", "E162 E163 E340"),
    ("0.2.4", "base64_decode_bytes base64_encode_bytes bytes_to_string string_to_bytes"),
    ("0.2.5", "E187 W005"),
];

#[cfg(test)]
mod tests {
    use super::{RELEASES, since};
    use crate::diagnostics::Code;
    use crate::{abilities, builtins, effects};
    use std::collections::BTreeSet;

    #[test]
    fn every_public_name_has_one_release_and_nothing_else_has() {
        let codes = Code::ALL.iter().map(|code| code.as_str());
        let effects = effects::TABLE.iter().map(|effect| effect.name);
        let abilities = abilities::TABLE.iter().map(|ability| ability.name);
        let builtins = builtins::TABLE.iter().filter(|builtin| !builtin.internal).map(|builtin| builtin.name);
        let named: Vec<&str> = codes.chain(effects).chain(abilities).chain(builtins).collect();
        let released: Vec<&str> = RELEASES.iter().flat_map(|(_, names)| names.split_whitespace()).collect();
        let set = |names: &[&'static str]| names.iter().copied().collect::<BTreeSet<_>>();
        assert_eq!(set(&released), set(&named));
        assert_eq!(released.len(), named.len());
    }

    #[test]
    fn releases_are_in_order() {
        let number = |release: &str| release.split('.').map(|part| part.parse::<u32>().expect("a number")).collect();
        let numbers: Vec<Vec<u32>> = RELEASES.iter().map(|(release, _)| number(release)).collect();
        assert!(numbers.is_sorted());
        assert_eq!((since("IO"), since("E130"), since("abs")), (Some("0.0.5"), Some("0.0.43"), Some("0.0.70")));
        assert_eq!(since("nothing"), None);
    }
}
