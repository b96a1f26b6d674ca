//! The texts: some of every file of the training's data, and a few that are awkward.

use std::fs;

use anyhow::{Context, Result, bail};
use serde::Serialize;

use crate::workspace;

const AUDIENCES: [&str; 2] = ["general", "adult"];
const SURFACES: [&str; 3] = ["message", "clip", "profile"];

/// A text and where it is to be read, as the page and the engine take it.
#[derive(Clone, Debug, Serialize)]
#[expect(
    clippy::struct_field_names,
    reason = "so the page and the engine call it"
)]
pub(super) struct Text {
    pub(super) text: String,
    pub(super) audience: &'static str,
    pub(super) surface: &'static str,
}

/// `count` texts spread evenly over the files and in each, then the awkward ones; the contexts take
/// turns, so that each has its share of every file.
pub(super) fn choose(count: usize) -> Result<Vec<Text>> {
    let folder = workspace::root().join("messaging-moderation/training/data");
    let mut files: Vec<_> = fs::read_dir(&folder)
        .with_context(|| folder.display().to_string())?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "tsv"));
    files.sort();
    if files.is_empty() {
        bail!("{} holds no texts", folder.display());
    }
    let mut texts = Vec::with_capacity(count);
    for (place, file) in files.iter().enumerate() {
        let lines = fs::read_to_string(file)?;
        // Labels, context, language, text.
        let lines: Vec<_> = lines
            .lines()
            .filter_map(|line| line.splitn(4, '\t').nth(3))
            .collect();
        let upto = count * (place + 1) / files.len();
        let share = (upto - texts.len()).min(lines.len());
        texts.extend((0..share).map(|nth| lines[nth * lines.len() / share].replace("\\n", "\n")));
    }
    texts.extend(awkward());
    Ok(texts.into_iter().enumerate().map(in_turn).collect())
}

fn in_turn((place, text): (usize, String)) -> Text {
    Text {
        text,
        audience: AUDIENCES[place % 2],
        surface: SURFACES[place / 2 % 3],
    }
}

/// Where two engines could part ways: nothing, characters beyond the first plane, invisible ones,
/// directions, several windows.
fn awkward() -> Vec<String> {
    let long = "The river path is open again, bring a coat 🙂 and call 212 555 0142. ";
    [
        "",
        " ",
        "\n\n\t",
        "👩‍👩‍👧‍👦🏳️‍🌈 mail joe@example.com 👍🏽",
        "c\u{200b}a\u{200d}l\u{2060}l m\u{435} \u{202e}2410 555 212\u{202c}",
        "ｆｕｌｌ ｗｉｄｔｈ ｅｘａｍｐｌｅ．ｃｏｍ",
        "שלום, התקשר אליי 03-555-0142",
        "你好，请加我微信 luna_2024",
        "A\u{300}\u{301}\u{302}\u{303} Straße İstanbul ﬁne",
        "null \0 byte",
        "w h a t s a p p m e",
    ]
    .into_iter()
    .map(str::to_owned)
    .chain([
        long.repeat(12),
        long.repeat(60),
        "x".repeat(5000),
        "😀".repeat(2000),
    ])
    .collect()
}
