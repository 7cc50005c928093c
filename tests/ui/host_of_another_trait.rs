//! A trait that is not an effect's, of another library or of the runtime.

struct Table;

#[vera_runtime::vera_host]
impl std::fmt::Write for Table {
    fn write_str(&mut self, _text: &str) -> std::fmt::Result {
        Ok(())
    }
}

#[vera_runtime::vera_host]
impl vera_runtime::host::io::Console for Table {
    fn print(&mut self, _text: &str) -> std::io::Result<()> {
        Ok(())
    }
}

struct Wrapped<T>(T);

#[vera_runtime::vera_host]
impl<T: Clone> AsMut<T> for Wrapped<T> {
    fn as_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

fn main() {}
