#![doc = include_str!("../README.md")]

mod bindings;
mod judge;

pub use bindings::{JsJudge, JsPrepared};
pub use judge::{Judge, JudgeError, Prepared};
