#![doc = include_str!("../README.md")]
#![cfg_attr(
    test,
    expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")
)]

mod bindings;
mod judge;

pub use bindings::{JsJudge, JsPrepared};
pub use judge::{Judge, JudgeError, Prepared};
