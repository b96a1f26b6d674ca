//! Links and domains.

use std::sync::LazyLock;

use linkify::{LinkFinder, LinkKind};
use regex::Regex;

use super::{Detector, pattern};
use crate::flag::Flag;
use crate::verdict::Span;
use crate::view::View;

/// Finds URLs, bare domains of known suffixes, and "site dot com".
pub(super) struct ExternalLink;

/// Top-level domains that are kept for documents and tests, and in no list of suffixes.
const RESERVED: &[&str] = &["example", "test", "invalid", "localhost", "onion"];

/// Suffixes that are also endings of files, or words that follow a full stop without a space.
const DOUBTFUL: &[&str] = &[
    "am", "as", "at", "be", "by", "cc", "cs", "do", "doc", "go", "ha", "he", "hm", "id", "in",
    "is", "it", "java", "js", "la", "let", "man", "md", "me", "ml", "mm", "mov", "mp", "my",
    "name", "no", "now", "one", "open", "play", "pm", "ps", "py", "rs", "sh", "so", "st", "thank",
    "to", "top", "ts", "tv", "us", "vs", "we", "work", "zip", "love", "cool", "fun", "live",
    "best", "here", "how", "like", "gay", "sexy", "cars", "coffee", "yoga", "pizza", "dance",
    "team", "today", "pub", "bar", "bio", "art", "pet", "you", "plus", "pink", "red", "blue",
    "win", "bet", "read", "save", "safe", "see", "call", "talk", "meet", "food", "fit", "menu",
    "video", "photo",
];

/// Names with a dot that are no domains.
const NAMES: &[&str] = &[
    "asp.net",
    "socket.io",
    "node.js",
    "vb.net",
    "ado.net",
    "ph.d",
    "st.john",
];

/// Words that say that a domain follows.
static LEAD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:\b(?:visit|at|on|to|via|go|check|check out|see|site|website|web|page|link|url|online|blog|shop|store|from|order)|[:>→👉⬇])\s*$",
    )
});

static SPELLED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?P<name>[\p{L}\p{N}][\p{L}\p{N}-]*)(?:\s*[(\[{<*]\s*(?:dot|punkt|point|punto|ponto|d0t|\.)\s*[)\]}>*]\s*|\s+\.\s*|\.\s+|\s+(?:dot|d0t|punkt|point|punto|ponto)\s+|,)(?P<end>com|net|org|io|co|shop|store|info|biz|xyz|app|dev|gg|ly|tv|me|de|fr|es|pt|br|example|test|site|online|club|link|live|eu|uk|ru)(?P<path>\s*(?:/|slash|barra|schrägstrich)\s*[\w-]+)?\b",
    )
});

/// What stands before "dot com" when no site is meant.
const NO_SITES: &[&str] = &[
    "the", "a", "that", "this", "old", "early", "every", "another", "of", "and", "any",
];

impl Detector for ExternalLink {
    fn flag(&self) -> Flag {
        Flag::ExternalLink
    }

    fn find(&self, view: &View, found: &mut Vec<(Span, f32)>) {
        let text = view.formed().text();
        if text.contains('.') || text.contains("//") {
            let mut finder = LinkFinder::new();
            finder
                .url_must_have_scheme(false)
                .kinds(&[LinkKind::Url, LinkKind::Email]);
            for link in finder
                .links(text)
                .filter(|link| *link.kind() == LinkKind::Url)
            {
                if is_link(text, link.start(), link.as_str()) {
                    found.push((view.formed().span(link.start()..link.end()), 0.99));
                }
            }
        }
        for spelled in SPELLED.captures_iter(text) {
            let (Some(whole), Some(name), Some(end)) =
                (spelled.get(0), spelled.name("name"), spelled.name("end"))
            else {
                continue;
            };
            let between = text[name.end()..end.start()].trim();
            let path = spelled.name("path").is_some();
            let sign = matches!(between, "." | ",");
            let ending = end.as_str().to_lowercase();
            let sure = match between {
                "," => ending == "com" && !text[name.end()..].starts_with(", "),
                "." => {
                    // "see you. Me too" is two sentences, "shop . com" and "shop. com" are not.
                    matches!(ending.as_str(), "com" | "net" | "org" | "example" | "io")
                        && end.as_str() == ending
                }
                "point" | "punto" | "ponto" | "punkt" => {
                    matches!(
                        ending.as_str(),
                        "com" | "net" | "org" | "fr" | "es" | "de" | "pt" | "br" | "example" | "io"
                    )
                }
                _ => true,
            };
            let name = name.as_str().to_lowercase();
            if (sure || path && !sign) && !NO_SITES.contains(&name.as_str()) {
                found.push((view.formed().span(whole.range()), 0.95));
            }
        }
    }
}

/// Whether what has the form of a URL is one.
fn is_link(text: &str, start: usize, link: &str) -> bool {
    if let Some((scheme, _)) = link.split_once("://") {
        return !scheme.is_empty();
    }
    let host = link.split(['/', '?', '#', ':']).next().unwrap_or(link);
    let host = host.trim_end_matches('.').to_lowercase();
    let path = link.len() > host.len() + 1;
    if NAMES.contains(&host.as_str()) || host.contains("..") {
        return false;
    }
    let Some((label, end)) = host.rsplit_once('.') else {
        return false;
    };
    if RESERVED.contains(&end) || host.starts_with("www.") {
        return true;
    }
    let known = psl::suffix(host.as_bytes()).is_some_and(|suffix| suffix.is_known());
    if !known
        || label
            .chars()
            .all(|char| char.is_ascii_digit() || char == '.')
    {
        return false;
    }
    if !DOUBTFUL.contains(&end) || path {
        return !(path && end.len() > 3 && DOUBTFUL.contains(&end))
            || LEAD.is_match(&text[..start]);
    }
    let written_as_name = link.chars().all(|char| !char.is_uppercase());
    written_as_name
        && (LEAD.is_match(&text[..start])
            || label.contains(['-', '.'])
            || label.chars().any(|c| c.is_ascii_digit()) && label.len() > 3)
        && !matches!(
            end,
            "js" | "py"
                | "rs"
                | "md"
                | "sh"
                | "ts"
                | "zip"
                | "mov"
                | "java"
                | "doc"
                | "cs"
                | "pm"
                | "ps"
                | "mp"
        )
}

#[cfg(test)]
mod tests {
    use super::super::{assert_clean, assert_found};
    use super::*;

    #[test]
    fn links_are_found_however_they_are_written() {
        assert_found(
            Flag::ExternalLink,
            &[
                "https://example.com/x",
                "go to lunabakes-shop.com",
                "www.luna.example",
                "site dot com",
                "luna (dot) example",
                "lunabakes . com",
                "bit.ly/3xyz",
                "t.me/luna",
                "lunabakes punto com",
                "lunabakes.co.uk",
                "example.org.",
                "shop.example/sale",
                "http://192.0.2.1/a",
                "find it on luna.me",
                "bit dot ly slash luna",
                "e x a m p l e . c o m",
            ],
        );
    }

    #[test]
    fn dots_elsewhere_are_none() {
        assert_clean(
            Flag::ExternalLink,
            &[
                "Node.js is fun",
                "e.g. this",
                "3.5 km",
                "notes.txt",
                "see you.Me too",
                "great.it was nice",
                "main.rs and run.sh",
                "ok...so what",
                "joe@example.com",
                "the dot com bubble",
                "a point com",
                "v1.2.3",
                "U.S.A.",
                "thanks.to all",
                "Mr.Brown",
                "10.30am",
                "asp.net course",
            ],
        );
    }
}
