//! Tests of contracts, as a user writes them: of modules of `vera!` and of files, with a host and without.

mod made {
    pub(crate) mod inner {
        vera_runtime::vera! {
            module tried;

            public data Range invariant(match @Range.0 { Range(@Int, @Int) -> @Int.1 <= @Int.0 }) {
              Range(Int, Int)
            }

            public fn range(@Int, @Int -> @Range)
              requires(true)
              ensures(true)
              effects(pure)
            {
              if @Int.1 <= @Int.0 then { Range(@Int.1, @Int.0) } else { Range(@Int.0, @Int.1) }
            }

            public fn low(@Range -> @Int)
              requires(true)
              ensures(@Int.result <= high(@Range.0))
              effects(pure)
            {
              match @Range.0 { Range(@Int, @Int) -> @Int.1 }
            }

            public fn high(@Range -> @Int)
              requires(true)
              ensures(true)
              effects(pure)
            {
              match @Range.0 { Range(@Int, @Int) -> @Int.0 }
            }

            public fn narrow(@Int, @Array<Int> -> @Int)
              requires(@Int.0 * 7 == 864199)
              requires(array_length(@Array<Int>.0) == 3)
              ensures(@Int.result == 123457)
              effects(pure)
            {
              @Int.0
            }

            public fn kept(@Map<String, Decimal>, @Json, @Set<Byte>, @Float64, @Unit -> @Option<Json>)
              requires(true)
              ensures(true)
              effects(<Exn<String>>)
            {
              if set_size(@Set<Byte>.0) > 1 then { throw("many") } else { Some(@Json.0) }
            }
        }
    }
}

vera_runtime::contract_tests!(made::inner::tried);

vera_runtime::vera! {
    module heard;

    effect Ear {
      op hear(Unit -> Int);
    }

    public fn twice(@Int -> @Int)
      requires(@Int.0 < 1000 && @Int.0 > 0 - 1000)
      ensures(@Int.result == @Int.0 * 2)
      effects(pure)
    {
      @Int.0 + @Int.0
    }

    public fn louder(@Int -> @Bool)
      requires(@Int.0 < 1000)
      ensures(@Bool.result)
      effects(<Ear>)
    {
      Ear.hear(()) > @Int.0
    }
}

struct Loud;

#[vera_runtime::vera_host]
impl heard::Ear for Loud {
    fn hear(&mut self, (): ()) -> i64 {
        1000
    }
}

vera_runtime::contract_tests!(heard, heard::Module::new(Loud));

/// The same functions without a host: what needs one is ignored.
mod deaf {
    use super::heard as muffled;
    vera_runtime::contract_tests!(muffled);
}
