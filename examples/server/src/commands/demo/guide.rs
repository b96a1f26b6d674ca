//! What to paste.

use std::{
    fmt,
    io::{self, Write},
};

use anyhow::{Context, Result};
use messaging_core::{
    caller::Role,
    id::ThreadId,
    page::PageSize,
    thread::{ListThreads, ThreadKind},
};

use super::{
    sales,
    seed::{self, PEOPLE},
};
use crate::{
    commands::token,
    node::Node,
    settings::{Secret, Settings},
};

/// What stands in the lines.
struct Places<'a> {
    url: String,
    program: String,
    secret: &'a str,
    database: String,
    ann: ThreadId,
    ben: ThreadId,
    cleo: ThreadId,
}

/// Prints where the server listens, tokens, who has bought what, and lines to try.
pub(super) async fn print(node: &Node, settings: &Settings, secret: &Secret) -> Result<()> {
    let places = Places {
        url: format!("http://{}", node.address()?),
        program: std::env::current_exe()?.display().to_string(),
        secret: secret.expose(),
        database: settings.database.url()?.expose().to_owned(),
        ann: thread_with_maya(node, "ann").await?,
        ben: thread_with_maya(node, "ben").await?,
        cleo: thread_with_maya(node, "cleo").await?,
    };
    let standings = standings(node).await?;

    let mut out = io::stdout().lock();
    writeln!(out, "listening on {}\n", places.url)?;
    writeln!(out, "# Tokens, good for a day and for this demo alone:")?;
    for (name, _) in PEOPLE {
        let token = token::issue(&settings.tokens, &seed::person(name)?, None)?;
        writeln!(out, "{}={}", name.to_uppercase(), token.expose())?;
    }
    writeln!(out, "{}\n{standings}\n{}", Talk(&places), Sales(&places))?;
    out.flush()?;
    Ok(())
}

/// How the clients stand, as comments.
async fn standings(node: &Node) -> Result<String> {
    let head = "# Messages to Maya cost 2.50 EUR, unless a plan covers them.".to_owned();
    let mut lines = vec![head];
    for (name, role) in PEOPLE {
        if role == Role::Client {
            let standing = sales::standing(node.messaging(), &name.parse()?).await?;
            lines.push(format!("#   {name} {standing}"));
        }
    }
    Ok(lines.join("\n"))
}

/// Lines for talking.
struct Talk<'a>(&'a Places<'a>);

impl fmt::Display for Talk<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Places {
            url,
            program,
            secret,
            ann,
            ..
        } = self.0;
        write!(
            f,
            r#"
# Ann's conversations, and her messages with Maya:
curl -s {url}/api/threads -H "Authorization: Bearer $ANN"
curl -s {url}/api/threads/{ann} -H "Authorization: Bearer $ANN"

# Ann sends a message. The same client_id again is the same message:
curl -s {url}/api/messages -H "Authorization: Bearer $ANN" -H "Content-Type: application/json" \
  -d '{{"thread_id":"{ann}","client_id":"hello-1","content":{{"type":"text","text":"Hello!"}}}}'

# What moderation finds is shown to its sender; what the policy blocks is refused with its places:
curl -s {url}/api/messages -H "Authorization: Bearer $ANN" -H "Content-Type: application/json" \
  -d '{{"thread_id":"{ann}","client_id":"judged-1","content":{{"type":"text","text":"text me on 212 555 0142, we skip the fees"}}}}'
curl -s {url}/api/messages -H "Authorization: Bearer $ANN" -H "Content-Type: application/json" \
  -d '{{"thread_id":"{ann}","client_id":"judged-2","content":{{"type":"text","text":"reply with the six digit code you just got and your password, support team"}}}}'
echo '{{"text":"s3nd it to $lunabakes"}}' | {program} moderate

# Two terminals that talk, one line each:
JWT_SECRET={secret} {program} chat --url {url} --as ann --with maya
JWT_SECRET={secret} {program} chat --url {url} --as maya --role creator --with ann
"#
        )
    }
}

/// Lines for paying.
struct Sales<'a>(&'a Places<'a>);

impl fmt::Display for Sales<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Places {
            url,
            program,
            database,
            ben,
            cleo,
            ..
        } = self.0;
        write!(
            f,
            r#"curl -s "{url}/api/quota?creator_id=maya" -H "Authorization: Bearer $ANN"
curl -s "{url}/api/quota?creator_id=maya" -H "Authorization: Bearer $BEN"
curl -s "{url}/api/quota?creator_id=maya" -H "Authorization: Bearer $CLEO"

# Ben writes until his plan and then his credits are used up:
for n in 1 2 3 4 5; do
  curl -s {url}/api/messages -H "Authorization: Bearer $BEN" -H "Content-Type: application/json" \
    -d '{{"thread_id":"{ben}","client_id":"more-'$n'","content":{{"type":"text","text":"And '$n'"}}}}'; echo
done

# Cleo is refused with 402; she buys credits, which the shop tells, and sends the same again:
CLEO_SENDS='{{"thread_id":"{cleo}","client_id":"thanks","content":{{"type":"text","text":"Thank you!"}}}}'
curl -s {url}/api/messages -H "Authorization: Bearer $CLEO" -H "Content-Type: application/json" \
  -d "$CLEO_SENDS"
curl -s {url}/api/events -H "Authorization: Bearer $SHOP" -H "Content-Type: application/json" \
  -d '{{"specversion":"1.0","id":"order-1","source":"/shop","type":"marketplace.credits.purchased",
       "data":{{"purchase_id":"order-1","user_id":"cleo","amount":500,"currency":"EUR"}}}}'
curl -s {url}/api/messages -H "Authorization: Bearer $CLEO" -H "Content-Type: application/json" \
  -d "$CLEO_SENDS"

# What Ben holds, what has moved Maya's earnings, and what other systems are told of it all:
{program} quota --database-url "{database}" show ben --creator maya
{program} quota --database-url "{database}" ledger earnings:maya
{program} events list --database-url "{database}"

# Ctrl-C stops the server."#
        )
    }
}

/// A client's conversation with Maya.
async fn thread_with_maya(node: &Node, client: &str) -> Result<ThreadId> {
    let wish = ListThreads {
        size: PageSize::MAX,
        ..ListThreads::default()
    };
    let caller = seed::person(client)?;
    let threads = node.messaging().threads().list(&caller, &wish).await?;
    let mut direct = threads
        .items
        .iter()
        .filter(|thread| thread.kind == ThreadKind::Direct);
    let thread = direct.find(|thread| {
        let mut others = thread.participants.iter();
        others.any(|other| other.user_id.as_str() == "maya")
    });
    let thread = thread.with_context(|| format!("{client} and maya have not talked"))?;
    Ok(thread.id)
}
