//! A chat in the terminal, over the WebSocket gateway: two terminals can talk.

mod api;
mod conversation;
mod input;
mod link;
mod screen;
mod server;
mod words;

use std::{pin::pin, time::Duration};

use anyhow::{Context, Result};
use messaging_core::{
    caller::{Caller, Role},
    id::UserId,
};

use crate::{
    commands::token,
    settings::{Secret, Tokens},
};
use conversation::Conversation;
use input::Input;
use link::Link;
use screen::Screen;
use server::Server;

/// How long to wait before the next try to connect, at first.
const MIN_BACKOFF: Duration = Duration::from_millis(250);
/// The same after many tries.
const MAX_BACKOFF: Duration = Duration::from_secs(5);

/// Who talks with whom, and where.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Who you are.
    #[arg(long = "as", value_name = "USER")]
    me: UserId,
    /// Whom to talk with.
    #[arg(long = "with", value_name = "USER")]
    other: UserId,
    /// What you are; the other is the opposite.
    #[arg(long, default_value = "client", value_parser = ["client", "creator"])]
    role: String,
    /// The server.
    #[arg(long, env = "MESSAGING_URL", default_value = "http://127.0.0.1:8080")]
    url: String,
    /// The gateway's port, when it has one of its own.
    #[arg(long, env = "MESSAGING_WS_PORT")]
    ws_port: Option<u16>,
    /// Your token; without one, one is made from `JWT_SECRET`.
    #[arg(long, env = "MESSAGING_TOKEN", hide_env_values = true)]
    token: Option<Secret>,
    #[command(flatten)]
    tokens: Tokens,
}

/// Talks until the input ends.
pub(crate) async fn run(args: Args) -> Result<()> {
    let token = match args.token {
        Some(token) => token,
        None => make_token(&args.tokens, &args.me, args.role.parse()?)?,
    };
    let server = Server::new(&args.url, args.ws_port, token)?;
    let thread_id = api::open_thread(&server, &args.other)
        .await
        .context("cannot open the conversation")?;
    let mut input = Input::start()?;
    let screen = Screen::new(input.is_terminal());
    let conversation = Conversation::new(thread_id, args.me, args.other, screen);
    talk(&server, conversation, &mut input).await
}

fn make_token(tokens: &Tokens, me: &UserId, role: Role) -> Result<Secret> {
    let caller = Caller::new(me.clone(), role);
    token::issue(tokens, &caller, None).context("give --token, or JWT_SECRET to make one from")
}

/// Keeps a connection until the user has had enough, and resumes where the last one ended.
async fn talk(server: &Server, mut conversation: Conversation, input: &mut Input) -> Result<()> {
    let mut backoff = MIN_BACKOFF;
    loop {
        match Link::open(server, conversation.cursor()).await {
            Ok(link) => match session(server, link, &mut conversation, input).await {
                Ok(()) => return Ok(()),
                Err(error) if link::is_final(&error) => return Err(error),
                Err(error) => {
                    conversation.disconnected(&error);
                    backoff = MIN_BACKOFF;
                }
            },
            Err(error) if link::is_final(&error) => return Err(error),
            Err(error) => conversation.disconnected(&error),
        }
        wait(backoff, &mut conversation, input).await;
        if conversation.is_over() {
            return Ok(());
        }
        backoff = (backoff * 2).min(MAX_BACKOFF);
    }
}

/// One connection: until the user has had enough, or it fails.
async fn session(
    server: &Server,
    mut link: Link,
    conversation: &mut Conversation,
    input: &mut Input,
) -> Result<()> {
    while !conversation.is_over() {
        let commands = tokio::select! {
            frame = link.next() => conversation.hear(&frame?),
            typed = input.next() => conversation.take(typed),
        };
        link.send_all(&commands).await?;
        if conversation.wants_history() {
            let history = api::history(server, conversation.thread_id()).await?;
            link.send_all(&conversation.show_history(&history)).await?;
        }
    }
    link.close().await;
    Ok(())
}

/// Lets some time pass without a connection. What is typed meanwhile is sent over the next one.
async fn wait(time: Duration, conversation: &mut Conversation, input: &mut Input) {
    let mut sleep = pin!(tokio::time::sleep(time));
    while !conversation.is_over() {
        tokio::select! {
            () = &mut sleep => return,
            typed = input.next() => drop(conversation.take(typed)),
        }
    }
}
