//! The world's dice: every race and phase is drawn here, and seed 0 draws the usual course of everything.

use rand_core::Rng as _;
use rand_pcg::Pcg32;

use crate::units::Span;

/// A portable random stream (PCG XSH RR 64/32), part of the world: a clone draws the same numbers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Rng {
    usual: bool,
    stream: Pcg32,
}

impl Rng {
    pub fn new(seed: u64) -> Self {
        Self {
            usual: seed == 0,
            stream: Pcg32::new(seed, 0x0a02_bdbf_7bb3_c0a7),
        }
    }

    /// True in the usual course; with another seed, false `against` times out of `of`.
    pub fn usually(&mut self, against: u32, of: u32) -> bool {
        self.usual || self.below(of.max(1)) >= against
    }

    /// `usual` in the usual course; with another seed, a value from `least` to `most`, both included.
    pub fn span(&mut self, usual: Span, least: Span, most: Span) -> Span {
        if self.usual {
            return usual;
        }
        let width = most
            .micros()
            .saturating_sub(least.micros())
            .saturating_add(1);
        Span::from_micros(least.micros() + self.wide_below(width))
    }

    /// The first in the usual course; with another seed, any of 0 … `n` − 1.
    pub fn pick(&mut self, n: u32) -> u32 {
        if self.usual { 0 } else { self.below(n.max(1)) }
    }

    /// In the same order in the usual course; with another seed, in any.
    pub fn shuffled<T>(&mut self, mut all: Vec<T>) -> Vec<T> {
        let mut shuffled = Vec::with_capacity(all.len());
        while all.len() > 1 {
            let next = self.pick(u32::try_from(all.len()).unwrap_or(u32::MAX));
            shuffled.push(all.remove(usize::try_from(next).unwrap_or(0)));
        }
        shuffled.append(&mut all);
        shuffled
    }

    /// Up to `most` more, drawn with every seed: jitter is a setting, not a race.
    pub fn jitter(&mut self, most: Span) -> Span {
        if most == Span::ZERO {
            Span::ZERO
        } else {
            Span::from_micros(self.wide_below(most.micros().saturating_add(1)))
        }
    }

    fn below(&mut self, n: u32) -> u32 {
        // Lemire's multiplication: biased by less than n / 2^32, the same everywhere.
        u32::try_from((u64::from(self.stream.next_u32()) * u64::from(n)) >> 32).unwrap_or(0)
    }

    fn wide_below(&mut self, n: u64) -> u64 {
        let wide = u128::from(self.stream.next_u64()) * u128::from(n);
        u64::try_from(wide >> 64).unwrap_or(0)
    }
}
