//! Files compiled by the build script: imports, derives, names that mean something in Rust.

use std::sync::{Arc, Mutex};
use vera_runtime::indexmap::IndexMap;
use vera_runtime::vera_host;

vera_runtime::include_modules!();

vera_runtime::contract_tests!(orders);
vera_runtime::contract_tests!(self::r#type);

use orders::{Currency, Item, Order};
use till::{Account, Amount};
use r#type::{Box, H, Send, T, Vec};

fn order(depth: usize) -> Order {
    let items = || vec![Item("pen".into(), 2), Item("ink".into(), 1)];
    (0..depth).fold(Order::Order(items(), vec![Order::Cancelled].into(), None), |order, _| {
        Order::Order(items(), vec![order, Order::Cancelled].into(), Some(Currency::Other("£".into())))
    })
}

#[test]
fn modules_of_files_can_be_called() {
    for stress in [false, true] {
        let mut orders = orders::Module::new().unwrap();
        if stress {
            orders.instance_mut().stress().unwrap();
        }
        assert_eq!(orders.price(3).unwrap(), 300);
        assert_eq!(orders.items(order(4)).unwrap(), 15);
        assert_eq!(orders.again(order(4)).unwrap(), order(4));
        orders.instance_mut().check_heap().unwrap();
    }
}

#[test]
fn chosen_derives_are_there() {
    let text = serde_json::to_string(&order(1)).unwrap();
    assert_eq!(serde_json::from_str::<Order>(&text).unwrap(), order(1));
    assert!(text.contains(r#"["pen",2]"#), "{text}");
}

/// A chain through vectors is dropped, cloned, compared and passed like one through fields.
#[test]
fn depth_below_arrays_does_not_matter() {
    let deep = order(200_000);
    assert!(deep == deep.clone());
    let mut orders = orders::Module::new().unwrap();
    assert!(orders.again(&deep).unwrap() == deep);
    assert_eq!(orders.items(order(10_000)).unwrap(), 30_003);
}

/// Implements an effect that two modules perform, once.
#[derive(Clone, Debug, Default)]
struct Book(Arc<Mutex<std::vec::Vec<(Account, Amount)>>>);

#[vera_host]
impl vera_types::shared::ledger::Journal<Amount> for Book {
    fn note(&mut self, account: &Account, amount: Amount) {
        self.0.lock().unwrap().push((account.clone(), amount));
    }
}

/// What two programs import, or one of the other, is one Rust type: values and hosts pass from one to the other.
#[test]
fn modules_have_their_common_types_in_common() {
    let book = Book::default();
    let mut basket = basket::Module::new(book.clone()).unwrap();
    let mut till = till::Module::new(book.clone()).unwrap();
    let lines: basket::Pile<basket::Line> = basket.lines(["pen", "ink"], 40).unwrap();
    let discount: till::Discount = basket::Discount::Off(basket::Amount(5, orders::Currency::Euro));
    assert_eq!(till.total(&lines, &discount).unwrap(), 75);
    let accounts = IndexMap::from([(Account::Cash, Amount(7, Currency::Euro))]);
    assert_eq!(till.balance(&accounts).unwrap(), 7);
    let named = Account::Named("till".into(), 1);
    let noted = [(Account::Cash, Amount(40, Currency::Euro)), (named, Amount(1, Currency::Euro))];
    assert_eq!(*book.0.lock().unwrap(), noted);
    // Each module checks the invariant of what it is given, whoever made it.
    let broken = basket::Discount::Off(Amount(0, Currency::Euro));
    let error = till.total(&lines, &broken).unwrap_err();
    assert!(matches!(error, vera_runtime::Error::Invariant(_)), "{error}");
}

#[derive(Default)]
struct Host(std::vec::Vec<(i64, i64)>);

#[vera_host]
impl r#type::Sized<i64> for Host {
    fn drop(&mut self, value: i64, boxed: &Vec<i64>) -> Option<i64> {
        self.0.push((value, boxed.0));
        None
    }
}

#[test]
fn names_of_rust_are_escaped_and_never_confused() {
    let mut words = r#type::Module::new(Host::default()).unwrap();
    let h = H(Box::Full(Vec(1)), Vec(Send::SentAway(2)));
    let T(back) = words.self_(&h, Vec(Send::Clone), 7).unwrap();
    assert_eq!(back, h);
    assert_eq!(words.into_host().0, [(1, 2)]);
    let mut words = r#type::Module::new(Host::default()).unwrap();
    let all = [words.crate_(), words.r#gen(), words.r#dyn(), words.r#try(), words.host_(), words.is_http_ok()];
    assert_eq!(all.map(Result::unwrap), [1, 2, 3, 4, 5, 6]);
    assert_eq!(words.wide(4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2).unwrap(), 42);
    assert_eq!(H(Box::Self_, Vec(Send::Clone)), H(Box::Self_, Vec(Send::Clone)));
}
