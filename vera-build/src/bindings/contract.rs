//! The entry of a function in the table of contracts.

use crate::contracts::{Contracts, Known};
use proc_macro2::{Literal, TokenStream};
use quote::quote;
use vera_compiler::tir::FnDecl;

/// The contract of a function as a constant of `vera_runtime::contracts`.
pub(super) fn entry(contracts: &Contracts, function: &FnDecl) -> TokenStream {
    let name = Literal::string(&function.name);
    let clauses = contracts.clauses(function).into_iter().map(|each| clause(each.keyword, each.text, each.known));
    let measure = contracts.measure(function).map(|(text, known)| clause("decreases", &text, known));
    let clauses = clauses.chain(measure);
    let (proved, open) = contracts.checks(function);
    let (proved, open) = (Literal::usize_unsuffixed(proved), Literal::usize_unsuffixed(open));
    quote! {
        ::vera_runtime::contracts::Contract {
            function: #name,
            clauses: &[#(#clauses),*],
            proved_checks: #proved,
            runtime_checks: #open,
        }
    }
}

fn clause(keyword: &str, text: &str, known: Known) -> TokenStream {
    let kind = match keyword {
        "requires" => quote!(Requires),
        "ensures" => quote!(Ensures),
        _ => quote!(Decreases),
    };
    let status = match known {
        Known::Proved => quote!(Proved),
        Known::Checked => quote!(Checked),
        Known::NotVerified => quote!(NotVerified),
        Known::Refuted => quote!(Refuted),
    };
    let text = Literal::string(text);
    quote! {
        ::vera_runtime::contracts::Clause {
            kind: ::vera_runtime::contracts::ClauseKind::#kind,
            text: #text,
            status: ::vera_runtime::contracts::ClauseStatus::#status,
        }
    }
}
