//! Values of the interpreter.

use crate::core::ClosureId;
use std::cell::RefCell;
use std::fmt::{self, Debug, Formatter};
use std::rc::Rc;

/// A value. Cloning one takes constant time.
#[derive(Clone)]
pub enum Value {
    /// `()`
    Unit,
    /// A `Bool` (0 or 1) or a `Byte`.
    Byte(u8),
    /// An `Int` or `Nat`.
    I64(i64),
    /// A `Float64`.
    F64(f64),
    /// A string, or an array of bytes.
    Bytes(Bytes),
    /// An array of anything else. The empty array may be of bytes as well.
    Array(Array),
    /// A constructor without fields: its tag.
    Static(u32),
    /// A constructor with fields, or a tuple.
    Record(Rc<Record>),
    /// A function value.
    Closure(Rc<Closure>),
    /// A cell.
    Cell(Rc<Cell>),
}

/// The first `len` bytes of a buffer. Appending to a value that ends where its buffer ends is done in place, as in
/// compiled code: other values of the buffer do not see what comes after their end.
#[derive(Clone)]
pub struct Bytes {
    buffer: Rc<RefCell<Vec<u8>>>,
    len: usize,
}

/// The first `len` elements of a buffer, like [`Bytes`].
#[derive(Clone)]
pub struct Array {
    buffer: Rc<Fields>,
    len: usize,
}

/// A constructor with fields, or a tuple.
pub struct Record {
    /// Constructor tag.
    pub tag: u32,
    fields: Fields,
}

/// A function value.
pub struct Closure {
    pub(super) shape: ClosureId,
    captures: Fields,
}

/// An object of one value that can be replaced.
pub struct Cell(Fields);

/// Values that belong to another one. However deeply they nest, they are dropped without recursion.
#[derive(Default)]
struct Fields(RefCell<Vec<Value>>);

impl Drop for Fields {
    fn drop(&mut self) {
        let mut rest = std::mem::take(self.0.get_mut());
        while let Some(value) = rest.pop() {
            // What nobody else holds is taken apart here, so that its own drop finds nothing to do.
            match value {
                Value::Array(array) => {
                    if let Some(mut fields) = Rc::into_inner(array.buffer) {
                        rest.append(fields.0.get_mut());
                    }
                }
                Value::Record(record) => {
                    if let Some(mut record) = Rc::into_inner(record) {
                        rest.append(record.fields.0.get_mut());
                    }
                }
                Value::Closure(closure) => {
                    if let Some(mut closure) = Rc::into_inner(closure) {
                        rest.append(closure.captures.0.get_mut());
                    }
                }
                Value::Cell(cell) => {
                    if let Some(mut cell) = Rc::into_inner(cell) {
                        rest.append(cell.0.0.get_mut());
                    }
                }
                _ => {}
            }
        }
    }
}

impl Bytes {
    /// Reads the bytes.
    pub fn with<T>(&self, read: impl FnOnce(&[u8]) -> T) -> T {
        read(&self.buffer.borrow()[..self.len])
    }

    /// Number of bytes.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether appending does not copy.
    pub(super) fn is_at_end(&self) -> bool {
        self.buffer.borrow().len() == self.len
    }

    pub(super) fn append(&self, more: &[u8]) -> Self {
        if !self.is_at_end() {
            return self.with(|bytes| [bytes, more].concat()).into();
        }
        self.buffer.borrow_mut().extend_from_slice(more);
        Self { buffer: self.buffer.clone(), len: self.len + more.len() }
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self { len: bytes.len(), buffer: Rc::new(RefCell::new(bytes)) }
    }
}

impl Array {
    /// Number of elements.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The element at an index.
    pub fn get(&self, index: usize) -> Option<Value> {
        if index < self.len { self.buffer.0.borrow().get(index).cloned() } else { None }
    }

    /// The elements.
    pub fn to_vec(&self) -> Vec<Value> {
        self.buffer.0.borrow()[..self.len].to_vec()
    }

    /// Whether appending does not copy.
    pub(super) fn is_at_end(&self) -> bool {
        self.buffer.0.borrow().len() == self.len
    }

    pub(super) fn append(&self, more: Vec<Value>) -> Self {
        if !self.is_at_end() {
            let mut elements = self.to_vec();
            elements.extend(more);
            return elements.into();
        }
        let len = self.len + more.len();
        self.buffer.0.borrow_mut().extend(more);
        Self { buffer: self.buffer.clone(), len }
    }
}

impl From<Vec<Value>> for Array {
    fn from(elements: Vec<Value>) -> Self {
        Self { len: elements.len(), buffer: Rc::new(Fields(RefCell::new(elements))) }
    }
}

impl Record {
    /// The fields, in declaration order.
    pub fn fields(&self) -> Vec<Value> {
        self.fields.0.borrow().clone()
    }

    pub(super) fn field(&self, index: usize) -> Value {
        self.fields.0.borrow()[index].clone()
    }
}

impl Cell {
    pub(super) fn get(&self) -> Value {
        self.0.0.borrow()[0].clone()
    }

    pub(super) fn set(&self, value: Value) {
        self.0.0.borrow_mut()[0] = value;
    }
}

impl Closure {
    pub(super) fn capture(&self, index: usize) -> Value {
        self.captures.0.borrow()[index].clone()
    }
}

impl Value {
    /// A string.
    pub fn string(text: &str) -> Self {
        Value::Bytes(text.as_bytes().to_vec().into())
    }

    /// A constructor with fields, or a tuple.
    pub fn record(tag: u32, fields: Vec<Value>) -> Self {
        Value::Record(Rc::new(Record { tag, fields: Fields(RefCell::new(fields)) }))
    }

    pub(super) fn closure(shape: ClosureId, captures: Vec<Value>) -> Self {
        Value::Closure(Rc::new(Closure { shape, captures: Fields(RefCell::new(captures)) }))
    }

    pub(super) fn cell(first: Value) -> Self {
        Value::Cell(Rc::new(Cell(Fields(RefCell::new(vec![first])))))
    }

    pub(super) fn bool(value: bool) -> Self {
        Value::Byte(u8::from(value))
    }

    /// Whether both are one object.
    pub(super) fn same_object(&self, other: &Value) -> bool {
        match (self, other) {
            (Value::Static(tag), Value::Static(other)) => tag == other,
            (Value::Record(record), Value::Record(other)) => Rc::ptr_eq(record, other),
            (Value::Closure(closure), Value::Closure(other)) => Rc::ptr_eq(closure, other),
            (Value::Cell(cell), Value::Cell(other)) => Rc::ptr_eq(cell, other),
            _ => false,
        }
    }
}

impl Debug for Value {
    /// Shows values up to some depth and length.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        show(f, self, 8)
    }
}

const SHOWN_ELEMENTS: usize = 32;

fn show(f: &mut Formatter<'_>, value: &Value, depth: usize) -> fmt::Result {
    match value {
        Value::Unit => f.write_str("()"),
        Value::Byte(byte) => write!(f, "{byte}b"),
        Value::I64(value) => write!(f, "{value}"),
        Value::F64(value) => write!(f, "{value:?}"),
        Value::Bytes(bytes) => bytes.with(|bytes| write!(f, "{:?}", String::from_utf8_lossy(bytes))),
        Value::Static(tag) => write!(f, "#{tag}"),
        Value::Cell(_) if depth == 0 => f.write_str("cell ..."),
        Value::Cell(cell) => {
            f.write_str("cell ")?;
            show(f, &cell.get(), depth - 1)
        }
        Value::Closure(closure) => write!(f, "closure {}", closure.shape.0),
        Value::Array(array) => {
            f.write_str("[")?;
            show_all(f, &array.to_vec(), depth)?;
            f.write_str("]")
        }
        Value::Record(record) => {
            write!(f, "#{}(", record.tag)?;
            show_all(f, &record.fields(), depth)?;
            f.write_str(")")
        }
    }
}

fn show_all(f: &mut Formatter<'_>, values: &[Value], depth: usize) -> fmt::Result {
    if depth == 0 {
        return f.write_str("...");
    }
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            f.write_str(", ")?;
        }
        if index == SHOWN_ELEMENTS {
            return f.write_str("...");
        }
        show(f, value, depth - 1)?;
    }
    Ok(())
}
