//! Indices into the tables of a program or function.

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        $($(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl $name {
            /// The position in its table.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        })*
    };
}

id! {
    /// A function of the program.
    FnId;
    /// A record shape of the program.
    RecordId;
    /// A closure shape of the program.
    ClosureId;
    /// An imported function of the program.
    ExternId;
    /// A trap site of the program's interface.
    SiteId;
    /// A function as a reader of a backtrace knows it, of the program's interface.
    FrameId;
    /// An effect that the program performs or handles.
    EffectId;
    /// A local of a function.
    LocalId;
    /// A join point or loop of a function; unique within the function.
    Label;
}
