//! A trait that is not an effect's.

struct Table;

#[vera_runtime::vera_host]
impl std::fmt::Write for Table {
    fn write_str(&mut self, _text: &str) -> std::fmt::Result {
        Ok(())
    }
}

fn main() {}
