//! Figures and how they are taken.

pub(crate) mod cpu;
pub(crate) mod figure;
pub(crate) mod latency;
pub(crate) mod order;
pub(crate) mod percentiles;
pub(crate) mod rounds;
