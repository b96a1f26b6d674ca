#![doc = include_str!("../README.md")]

mod address;
mod dispatcher;
mod endpoint;
mod http;
mod schedule;
mod sender;
mod settings;
mod sign;

pub use address::is_public;
pub use dispatcher::Dispatcher;
pub use http::HttpSender;
pub use sender::{Answer, Delivery, SendFailure, Sender};
pub use settings::DispatcherSettings;
