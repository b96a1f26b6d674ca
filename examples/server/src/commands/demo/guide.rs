//! What to paste.

use std::io::{self, Write};

use anyhow::{Context, Result};
use messaging_core::{
    id::ThreadId,
    page::PageSize,
    thread::{ListThreads, ThreadKind},
};

use super::seed::{self, PEOPLE};
use crate::{
    commands::token,
    node::Node,
    settings::{Secret, Tokens},
};

/// Prints where the server listens, tokens, and lines to try.
pub(super) async fn print(node: &Node, tokens: &Tokens, secret: &Secret) -> Result<()> {
    let url = format!("http://{}", node.address()?);
    let thread = thread_of_ann(node).await?;
    let program = std::env::current_exe()?;
    let program = program.display();
    let secret = secret.expose();

    let mut out = io::stdout().lock();
    writeln!(out, "listening on {url}\n")?;
    writeln!(out, "# Tokens, good for a day and for this demo alone:")?;
    for (name, _) in PEOPLE {
        let token = token::issue(tokens, &seed::person(name)?, None)?;
        writeln!(out, "{}={}", name.to_uppercase(), token.expose())?;
    }
    write!(
        out,
        r#"
# Ann's conversations, and her messages with Maya:
curl -s {url}/api/threads -H "Authorization: Bearer $ANN"
curl -s {url}/api/threads/{thread} -H "Authorization: Bearer $ANN"

# Ann sends a message. The same client_id again is the same message:
curl -s {url}/api/messages -H "Authorization: Bearer $ANN" -H "Content-Type: application/json" \
  -d '{{"thread_id":"{thread}","client_id":"hello-1","content":{{"type":"text","text":"Hello!"}}}}'

# Two terminals that talk, one line each:
JWT_SECRET={secret} {program} chat --url {url} --as ann --with maya
JWT_SECRET={secret} {program} chat --url {url} --as maya --role creator --with ann

# Ctrl-C stops the server.
"#
    )?;
    out.flush()?;
    Ok(())
}

/// Ann's conversation with Maya.
async fn thread_of_ann(node: &Node) -> Result<ThreadId> {
    let ann = seed::person("ann")?;
    let wish = ListThreads {
        size: PageSize::MAX,
        ..ListThreads::default()
    };
    let threads = node.messaging().threads().list(&ann, &wish).await?;
    let mut direct = threads
        .items
        .iter()
        .filter(|thread| thread.kind == ThreadKind::Direct);
    let thread = direct.find(|thread| {
        let mut others = thread.participants.iter();
        others.any(|other| other.user_id.as_str() == "maya")
    });
    let thread = thread.context("Ann and Maya have not talked")?;
    Ok(thread.id)
}
