//! What is measured, a file each.

mod idle;
mod sends;
mod start;

/// The scenarios of the command line: a line each, beside its `mod`. A module has `Args` and `run`.
macro_rules! scenarios {
    ($($(#[doc = $what:literal])+ $name:ident($module:ident),)+) => {
        #[derive(Debug, clap::Subcommand)]
        pub(crate) enum Scenario {
            $($(#[doc = $what])+ $name($module::Args),)+
        }

        impl Scenario {
            pub(crate) async fn run(self) -> anyhow::Result<()> {
                match self {
                    $(Self::$name(args) => $module::run(args).await,)+
                }
            }
        }
    };
}

scenarios! {
    /// Durable sends a second through the library, against one transaction a message.
    Sends(sends),
    /// Memory of idle sessions, and the server's own.
    Idle(idle),
    /// How long the server takes to be ready, and its memory then.
    Start(start),
}
