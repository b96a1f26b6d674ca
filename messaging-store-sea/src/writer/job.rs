//! Changes as the writer sees them.

use messaging_core::error::StoreError;
use tokio::sync::oneshot;

use crate::unit::{Needs, Unit};

/// One atomic change.
pub(crate) trait Command: Send + 'static {
    /// What it comes to.
    type Output: Send + 'static;
    /// Why it is refused.
    type Error: From<StoreError> + Send + 'static;

    /// Names the rows that it looks at.
    fn needs(&self, needs: &mut Needs);

    /// Makes the change on the working copies, or refuses it before it has touched any. It may be
    /// called again on other copies, when a transaction has to be begun anew.
    fn apply(&self, unit: &mut Unit) -> Result<Self::Output, Self::Error>;
}

/// A change in the queue, whatever its type.
pub(super) trait Job: Send {
    /// Whether nobody waits for it any more.
    fn is_abandoned(&self) -> bool;
    /// As [`Command::needs`].
    fn needs(&self, needs: &mut Needs);
    /// As [`Command::apply`]; keeps the outcome.
    fn apply(&mut self, unit: &mut Unit);
    /// Tells the caller the outcome.
    fn answer(self: Box<Self>);
    /// Tells the caller that nothing came of it.
    fn fail(self: Box<Self>, error: StoreError);
}

/// A change and its caller.
pub(super) struct Pending<C: Command> {
    command: C,
    outcome: Option<Result<C::Output, C::Error>>,
    reply: oneshot::Sender<Result<C::Output, C::Error>>,
}

impl<C: Command> Pending<C> {
    pub(super) fn new(command: C, reply: oneshot::Sender<Result<C::Output, C::Error>>) -> Self {
        Self {
            command,
            outcome: None,
            reply,
        }
    }
}

// A caller may go away at any moment: then the answer is told to nobody.
impl<C: Command> Job for Pending<C> {
    fn is_abandoned(&self) -> bool {
        self.reply.is_closed()
    }

    fn needs(&self, needs: &mut Needs) {
        self.command.needs(needs);
    }

    fn apply(&mut self, unit: &mut Unit) {
        self.outcome = Some(self.command.apply(unit));
    }

    fn answer(self: Box<Self>) {
        if let Some(outcome) = self.outcome {
            let _ = self.reply.send(outcome);
        }
    }

    fn fail(self: Box<Self>, error: StoreError) {
        let _ = self.reply.send(Err(error.into()));
    }
}
