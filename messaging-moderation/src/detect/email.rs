//! E-mail addresses.

use std::sync::LazyLock;

use linkify::{LinkFinder, LinkKind};
use regex::Regex;

use super::{Detector, before, pattern};
use crate::flag::Flag;
use crate::verdict::Span;
use crate::view::{View, is_known_word};

/// Finds e-mail addresses, also those spelled out: "name at domain dot com".
pub(super) struct EmailAddress;

/// How "at" and "dot" are written when they are not written as signs.
const AT: &str = r"(?:[\])]?\s*[(\[{<]\s*(?:at|@|ät|arroba|arobase|chez|a)\s*[)\]}>]\s*|\s*@\s*|\s*[-/_]+\s*at\s*[-/_]+\s*|\s+(?:at|ät|arroba|arobase|klammeraffe|at sign)\s+)";
const DOT: &str = r"(?:[\])]?\s*[(\[{<]\s*(?:dot|punkt|point|punto|ponto|\.)\s*[)\]}>]\s*|\.|\s+\.\s*|\s*[-/_]+\s*dot\s*[-/_]+\s*|\s+(?:dot|punkt|point|punto|ponto)\s+)";

/// Mail services that are named without their ending.
const SERVICE: &str =
    r"(?:gmail|googlemail|hotmail|outlook|yahoo|icloud|proton|protonmail|gmx|aol|tutanota|zoho)";

static SPELLED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)\b(?P<name>[a-z0-9][a-z0-9_+-]*(?:(?:\.|\s+(?:dot|punkt|point|punto|ponto|underscore)\s+)[a-z0-9_+-]+)*){AT}[\[(]?(?P<host>[a-z0-9][a-z0-9-]*(?:{DOT}[a-z0-9-]+)*?){DOT}[\[(]?(?P<end>com|net|org|edu|io|co|uk|de|fr|es|pt|br|it|eu|me|info|app|dev|live|mail|xyz|us|ca|au|in|example|test|invalid)\b"
    ))
});

static SERVICED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)\b(?P<name>[a-z0-9][a-z0-9._+-]*){AT}{SERVICE}\b|\b(?:my|mi|mon|mein|meu)\s+{SERVICE}(?:\s+(?:is|es|est|ist|é|address|handle))*\s*[:=]?\s*(?P<name2>[a-z0-9]+[._]?[a-z0-9]*[0-9._][a-z0-9._]*)"
    ))
});

/// Words that say that a mailbox follows.
static MAILED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:e-?mail|mail|correo|courriel|inbox|address|write|reach|contact|escr[ií]b\w*|schreib\w*|[ée]cri\w*|escreva)\b[^.!?]{0,24}$",
    )
});

/// What people are or do "at" a place that is no mailbox.
const PLACED: &[&str] = &[
    "am",
    "are",
    "arrive",
    "available",
    "be",
    "book",
    "buy",
    "check",
    "class",
    "course",
    "find",
    "found",
    "here",
    "is",
    "join",
    "live",
    "lives",
    "look",
    "looking",
    "me",
    "meet",
    "order",
    "out",
    "page",
    "post",
    "posted",
    "read",
    "see",
    "shop",
    "shopping",
    "site",
    "sold",
    "store",
    "studio",
    "them",
    "up",
    "us",
    "visit",
    "was",
    "watch",
    "website",
    "work",
    "works",
    "working",
    "you",
    "it",
    "account",
    "again",
    "answers",
    "bonus",
    "camera",
    "card",
    "chat",
    "confirm",
    "data",
    "download",
    "in",
    "kits",
    "log",
    "login",
    "menu",
    "nudes",
    "off",
    "on",
    "over",
    "password",
    "pics",
    "play",
    "register",
    "renew",
    "room",
    "sign",
    "start",
    "vids",
    "verify",
    "wallet",
    "stuff",
    "tickets",
    "more",
    "recipes",
    "lessons",
    "video",
    "videos",
    "blog",
    "now",
    "there",
];

impl Detector for EmailAddress {
    fn flag(&self) -> Flag {
        Flag::EmailAddress
    }

    fn find(&self, view: &View, found: &mut Vec<(Span, f32)>) {
        let text = view.formed().text();
        if text.contains('@') {
            let mut finder = LinkFinder::new();
            finder.kinds(&[LinkKind::Email]);
            for link in finder.links(text) {
                found.push((view.formed().span(link.start()..link.end()), 0.99));
            }
        }
        for spelled in SPELLED.captures_iter(text) {
            let (Some(whole), Some(name)) = (spelled.get(0), spelled.name("name")) else {
                continue;
            };
            let signed = text[name.end()..]
                .trim_start()
                .starts_with(['@', '(', '[', '{', '<', ']', ')', '-', '/', '_']);
            // "order at example.com" is a place, "joe at example.com" a mailbox.
            let dotted = !whole.as_str().contains(" dot ");
            let lead = before(text, whole.start(), 32);
            let word = name.as_str().to_lowercase();
            let placed = PLACED.contains(&word.as_str())
                || dotted && (word.len() < 3 || is_known_word(&word)) && !MAILED.is_match(lead);
            if signed || !placed {
                found.push((view.formed().span(whole.range()), 0.97));
            }
        }
        for served in SERVICED.captures_iter(text) {
            let Some(whole) = served.get(0) else { continue };
            let name = served.name("name").map(|name| name.as_str().to_lowercase());
            if name.is_none_or(|name| !PLACED.contains(&name.as_str())) {
                found.push((view.formed().span(whole.range()), 0.95));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{assert_clean, assert_found};
    use super::*;

    #[test]
    fn addresses_are_found_however_they_are_written() {
        assert_found(
            Flag::EmailAddress,
            &[
                "joe@example.com",
                "write joe.b at example dot com",
                "joe (at) example (dot) org",
                "joe[at]mail.example.com",
                "luna bakes at gmail",
                "j o e @ e x a m p l e . c o m",
                "joe arroba example punto com",
                "joe @ example . com",
                "mi correo: joe@example.es",
                "my gmail is luna.bakes99",
                "joe＠example．com",
                "luna underscore b at example dot net",
                "joe-at-example-dot-com",
                "[joe] [at] [example] [dot] [net]",
                "write to me: books at example.com",
                "rike punkt s ät example punkt org",
            ],
        );
    }

    #[test]
    fn places_and_mentions_are_none() {
        assert_clean(
            Flag::EmailAddress,
            &[
                "look at example dot com",
                "@luna hi",
                "meet at 5",
                "find us at lunabakes.com",
                "2 for $5 @ the market",
                "I work at gmail",
                "sign in at pay-check.example",
                "a bear came at night. It took all",
                "tickets over at www.halls.example",
                "more videos at luna.example",
                "buy it at shop.example.com",
            ],
        );
    }
}
