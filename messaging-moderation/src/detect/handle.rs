//! Names on other services.

use std::sync::LazyLock;

use regex::Regex;

use super::{Detector, before, pattern};
use crate::flag::Flag;
use crate::verdict::Span;
use crate::view::{Mapped, View};

/// Finds handles on other services: "ig: luna.bakes", "@luna on telegram".
pub(super) struct SocialHandle;

/// Services whose names mean nothing else.
const CLEAR: &str = r"instagram|insta|snapchat|snap|telegram|tiktok|tik\s?tok|twitter|discord|kik|facebook|fb|skype|wechat|weibo|viber|youtube|twitch|reddit|onlyfans|fansly|linkedin|pinterest|bluesky|bsky|mastodon|wickr|tumblr|patreon|soundcloud|steam|psn|xbox live|battle\.?net|messenger|clubhouse|bereal|threema|qq|kakao(?:talk)?|hangouts|vk|venmo|twt|ravelry|letterboxd|goodreads|strava|gamertag|xbox|the gram|bigo|chaturbate|manyvids|wattpad|deviantart|substack|bandcamp|vimeo|gab|truth social|chess dot com";

/// Services whose names are also words or abbreviations: they need a sign between.
const DOUBTFUL: &str = r"ig|sc|tg|tele|tt|tw|yt|x|of|dc|disc|tok|kick|line|signal|session|threads|li|gram|teleg|whats?app|wa|matrix";

/// Words that may stand between a service and a handle.
const FILL: &str = r"(?:handle|user\s?name|user|name|nick(?:name)?|id|tag|acc(?:ount)?|profile|there|page|usuario|nombre|pseudo|benutzername|usuário|nome|too|also|now|instead)";

/// A handle: letters and digits, with dots and lines between.
const HANDLE: &str = r"[A-Za-z0-9_][A-Za-z0-9_.\-]{1,30}[A-Za-z0-9_]";

static AFTER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)\b(?P<service>{CLEAR})(?:['’]?s)?\b(?:\s+{FILL}){{0,2}}(?P<sign>\s*[:=→⟶>\-–~👻📷📸]+\s*@?|\s+(?:im|i['’]?m|hes|he['’]s|shes|she['’]s|i am)\s+|\s+@|\s*\(\s*@?|\s+(?:is|it's|its|it is|under|as|at|by|es|soy|est|c'est|ist|é|sou|heißt|als|como|como:|sous)\s*:?\s*@?|\s+)(?P<handle>{HANDLE}|[a-z0-9]+\s+(?:underscore|dot|punto|point|punkt|ponto)\s+[a-z0-9]+)"
    ))
});

static AFTER_DOUBTFUL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)(?:^|[\s(,;|/•])(?P<my>(?:my|mi|mon|mein|meu|add|on)\s+)?(?P<service>{DOUBTFUL})(?:\s+{FILL}){{0,2}}(?P<sign>\s*[:=→]\s*@?|\s*[-–]?\s*@|\s+(?:is|it's|es|est|ist|é)\s*:?\s*@?|\s+)(?P<handle>{HANDLE})"
    ))
});

static BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)(?P<sign>@|\b(?:as|under|handle|username|user|name|i'?m|im|me|soy|como|als|sous|sou|add|find|follow|called)\s*:?\s+@?|(?:^|\s))(?P<handle>[a-z0-9]+\s+(?:underscore|dot)\s+[a-z0-9]+|{HANDLE})\s*(?:,\s*)?(?:\(\s*)?(?:on|over on|in|en|sur|auf|bei|no|na|@|at|at the)\s+(?:my\s+|the\s+|both\s+)?(?P<service>{CLEAR}|ig|tg|sc|tt|yt|signal|x|threads|whats?app)\b"
    ))
});

/// Anything between: a service, and within the same sentence what can only be a handle.
static NEAR: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)\b(?:{CLEAR}|ig|tg|sc|twt|disc|tele|line|x|kick)(?:['’]s)?\b[^.!?\n]{{0,40}}?(?:\s|[(:,>→'“])(?P<handle>@{HANDLE}|[a-z0-9]+(?:[_.][a-z0-9_.]*)+[a-z0-9_]|[a-z]{{3,}}[0-9]{{1,4}}\b)"
    ))
});

static TAGGED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\b(?P<handle>[A-Za-z][\w.]{1,31}#\d{4}|u/[A-Za-z0-9_-]{3,20})\b"));

/// Words that follow a service's name and are no handle.
const WORDS: &[&str] = &[
    "account",
    "accounts",
    "live",
    "stories",
    "story",
    "reel",
    "reels",
    "channel",
    "video",
    "videos",
    "page",
    "post",
    "posts",
    "followers",
    "premium",
    "server",
    "filter",
    "filters",
    "group",
    "groups",
    "app",
    "ads",
    "likes",
    "shorts",
    "trend",
    "dance",
    "star",
    "famous",
    "and",
    "the",
    "for",
    "but",
    "was",
    "are",
    "not",
    "you",
    "yet",
    "all",
    "down",
    "full",
    "private",
    "blocked",
    "banned",
    "hacked",
    "gone",
    "broken",
    "better",
    "dead",
    "hard",
    "fine",
    "good",
];

impl Detector for SocialHandle {
    fn flag(&self) -> Flag {
        Flag::SocialHandle
    }

    fn find(&self, view: &View, found: &mut Vec<(Span, f32)>) {
        // A service's name may be hidden: "t3l3gr4m: @luna".
        find_in(view.formed(), found);
        if !view.hidden().is_empty() {
            find_in(view.plain_mapped(), found);
        }
    }
}

fn find_in(view: &Mapped, found: &mut Vec<(Span, f32)>) {
    let text = view.text();
    for (pattern, doubtful) in [(&*AFTER, false), (&*AFTER_DOUBTFUL, true)] {
        let mut from = 0;
        // A service right after a service is looked at too: "insta / tiktok: luna".
        while let Some(at) = pattern.captures_at(text, from) {
            let (Some(service), Some(handle)) = (at.name("service"), at.name("handle")) else {
                break;
            };
            from = service.end();
            let sign = at.name("sign").map_or("", |sign| sign.as_str());
            let owned = at.name("my").is_some();
            if names(
                sign,
                handle.as_str(),
                doubtful && !(owned && sign.trim() != ""),
                text,
                service.start(),
            ) {
                found.push((view.span(handle.range()), 0.96));
                from = handle.end();
            }
        }
    }
    for at in BEFORE.captures_iter(text) {
        let Some(handle) = at.name("handle") else {
            continue;
        };
        let sign = at
            .name("sign")
            .map_or("", |sign| sign.as_str())
            .to_lowercase();
        let marked = sign.contains('@');
        let said = [
            "as", "under", "handle", "username", "user", "called", "como", "als", "sous",
        ]
        .iter()
        .any(|word| sign.trim_start().starts_with(word));
        if marked || is_odd(handle.as_str()) || said && is_name(handle.as_str()) {
            found.push((view.span(handle.range()), 0.96));
        }
    }
    for at in NEAR.captures_iter(text) {
        let Some(handle) = at.name("handle") else {
            continue;
        };
        let name = handle.as_str().trim_start_matches('@');
        let ends = text[handle.end()..].chars().next();
        if ends.is_none_or(|char| !matches!(char, '@' | '/'))
            && (handle.as_str().starts_with('@') || is_odd(name) && !is_quantity(name))
        {
            found.push((view.span(handle.range()), 0.9));
        }
    }
    for at in TAGGED.captures_iter(text) {
        if let Some(handle) = at.name("handle") {
            found.push((view.span(handle.range()), 0.9));
        }
    }
}

/// Whether what follows a service's name is a handle there.
fn names(sign: &str, handle: &str, doubtful: bool, text: &str, service: usize) -> bool {
    let last = before(text, service, 4).chars().next_back();
    if last.is_some_and(|char| matches!(char, '@' | '.' | '/')) {
        return false;
    }
    if sign.contains('@') {
        return true;
    }
    let pointed = sign.contains([':', '=', '→', '>']);
    if doubtful {
        let short = text[service..].to_lowercase();
        let clear = ["ig ", "tg ", "sc ", "tw ", "disc ", "tele "]
            .iter()
            .any(|name| short.starts_with(name));
        return (pointed || clear) && is_odd(handle) || pointed && is_name(handle);
    }
    if is_odd(handle) {
        return true;
    }
    let said = sign.trim().chars().any(char::is_alphabetic);
    (pointed || said || sign.trim() == "(") && is_name(handle)
}

/// "ps5" and "day1" are no handles.
fn is_quantity(name: &str) -> bool {
    let letters = name.trim_end_matches(|char: char| char.is_ascii_digit());
    letters.len() < 4
        || crate::view::is_known_word(&letters.to_lowercase()) && !name.contains(['_', '.'])
}

/// Whether a handle has what no word has: digits, lines or dots within.
fn is_odd(handle: &str) -> bool {
    let digits = handle.chars().filter(char::is_ascii_digit).count();
    let letters = handle.chars().filter(char::is_ascii_alphabetic).count();
    letters >= 2
        && (digits > 0
            && letters >= 3
            && handle
                .chars()
                .next()
                .is_some_and(|char| !char.is_ascii_digit())
            || handle.contains('_')
            || letters >= 4 && handle.trim_matches('.').contains('.')
            || handle
                .chars()
                .zip(handle.chars().skip(1))
                .any(|(a, b)| a.is_lowercase() && b.is_uppercase())
            || handle.contains(" underscore ")
            || handle.contains(" dot ")
            || handle.contains(" pun")
            || handle.contains(" point ")
            || handle.contains(" ponto "))
}

/// Whether a handle without digits may be one: no word of the language.
fn is_name(handle: &str) -> bool {
    let lower = handle.to_lowercase();
    lower.len() >= 4
        && !WORDS.contains(&lower.as_str())
        && !crate::view::is_known_word(&lower)
        && !lower.contains('-')
}

#[cfg(test)]
mod tests {
    use super::super::{assert_clean, assert_found};
    use super::*;

    #[test]
    fn handles_are_found() {
        assert_found(
            Flag::SocialHandle,
            &[
                "ig: luna.bakes",
                "@luna on telegram",
                "my snap is lunabakes99",
                "insta luna_bakes",
                "telegram @lunab",
                "add me on discord luna#1234",
                "mi insta es lunahornea",
                "find me as lunabakes on tiktok",
                "IG @lunab",
                "snap: lunabakes",
                "tg → lunab77",
                "I'm luna.b on instagram",
                "kik = lunab88",
                "luna underscore bakes on insta",
                "her private insta with the kids is @mrs.fenn",
                "ig kinga.travels",
                "im on ig too > mangomaria_ph",
                "on pinterest im quiltyaunt",
                "im TheRealOtto on twitch",
                "t3l3gr4m: @nightowl77",
                "u/sourdough_dad on reddit",
            ],
        );
    }

    #[test]
    fn services_without_a_handle_are_none() {
        assert_clean(
            Flag::SocialHandle,
            &[
                "my insta is private",
                "I saw it on youtube yesterday",
                "the telegram app is down",
                "@luna loved it",
                "tiktok dances are fun",
                "follow me on instagram",
                "x is 5",
                "instagram: love it or hate it",
                "the line is long",
                "of course",
                "sc 2 in the pattern",
                "watch it on youtube premium",
                "snap out of it",
                "discord server is up",
            ],
        );
    }
}
