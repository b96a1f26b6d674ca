//! Payment cards, bank accounts, wallets and cashtags.

use std::sync::LazyLock;

use card_validate::Validate;
use iban::Iban;
use regex::Regex;

use super::digits::rows;
use super::{Detector, after, before, is_cut, pattern};
use crate::flag::Flag;
use crate::verdict::Span;
use crate::view::{self, View};

/// Finds card numbers by their check digit, IBANs by theirs, wallets and cashtags by their shape.
pub(super) struct FinancialAccount;

static IBAN: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b[a-z]{2}[0-9]{2}(?:[ .\-]{0,2}[a-z0-9]{1,4}){3,8}\b"));

static WALLET: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:(?:bc1|BC1|tb1|ltc1)[02-9ac-hj-np-zAC-HJ-NP-Z]{20,87}|0x[0-9a-fA-F]{40}|[13LMD][1-9A-HJ-NP-Za-km-z]{25,34}|T[1-9A-HJ-NP-Za-km-z]{33}|r[1-9A-HJ-NP-Za-km-z]{24,34}|4[0-9AB][1-9A-HJ-NP-Za-km-z]{93}|(?:addr1|cosmos1)[02-9ac-hj-np-z]{38,98})\b",
    )
});

/// Addresses of a chain that have no mark of their own: only where a wallet is spoken of.
static BARE_WALLET: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b[1-9A-HJ-NP-Za-km-z]{32,44}\b"));

static WALLET_WORD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)\b(?:wallet|sol|solana|crypto|usdt|usdc|phantom|coin|address|send)\b")
});

static CASHTAG: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:^|[^\p{L}\p{N}$])(?P<tag>\$\s?[A-Za-z][A-Za-z0-9_\-]{1,24})\b"));

static PAID: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)\b(?:cash\s?app|cashapp|cash\s?tag|tag|ca|pay|send|tip|tips|venmo)\b")
});

/// What begins with a dollar sign and is a currency or a variable.
const CURRENCIES: &[&str] = &[
    "usd", "cad", "aud", "nzd", "sgd", "hkd", "mxn", "brl", "home", "path", "user",
];

impl Detector for FinancialAccount {
    fn flag(&self) -> Flag {
        Flag::FinancialAccount
    }

    fn find(&self, view: &View, found: &mut Vec<(Span, f32)>) {
        let text = view.formed().text();
        for row in rows(text) {
            if (13..=19).contains(&row.digits.len()) && is_card(text, &row) {
                found.push((view.formed().span(row.at), 0.99));
            }
        }
        for at in IBAN.find_iter(text) {
            if let Some(end) = iban_end(at.as_str()) {
                found.push((view.formed().span(at.start()..at.start() + end), 0.99));
            }
        }
        for at in WALLET
            .find_iter(text)
            .filter(|at| !is_cut(text, &at.range()))
        {
            let word = at.as_str();
            let marked = word.starts_with("0x")
                || word.to_lowercase().starts_with("bc1")
                || word.contains("1q");
            if marked || is_mixed(word) {
                found.push((view.formed().span(at.range()), 0.98));
            }
        }
        for at in BARE_WALLET.find_iter(text) {
            if is_mixed(at.as_str()) && WALLET_WORD.is_match(before(text, at.start(), 60)) {
                found.push((view.formed().span(at.range()), 0.9));
            }
        }
        for at in CASHTAG.captures_iter(text) {
            let Some(tag) = at.name("tag") else { continue };
            if is_cashtag(text, tag.start(), tag.end()) {
                found.push((view.formed().span(tag.range()), 0.96));
            }
        }
    }
}

fn is_card(text: &str, row: &super::digits::Row) -> bool {
    let shape = row.shape();
    let grouped = matches!(
        shape.as_str(),
        "4-4-4-4" | "4-6-5" | "4-6-4" | "4-4-4-4-3" | "4-4-5"
    ) || row.groups.len() >= 13
        || row.spelled > 0;
    let words = before(text, row.at.start, 30).to_lowercase();
    let counted = [
        "order", "track", "invoice", "isbn", "ref", "parcel", "serial", "imei", "ticket",
    ]
    .iter()
    .any(|word| words.contains(word));
    let glued = is_cut(text, &row.at);
    !glued
        && (grouped || row.groups.len() == 1 && !counted)
        && !row.plus
        && Validate::from(&row.digits).is_ok()
}

/// Where an IBAN that `text` begins with ends, if it begins with one: words may follow it.
fn iban_end(text: &str) -> Option<usize> {
    let plain = |text: &str| {
        text.chars()
            .filter(char::is_ascii_alphanumeric)
            .collect::<String>()
    };
    let mut end = text.len();
    while end > 14 {
        if plain(&text[..end]).to_uppercase().parse::<Iban>().is_ok() {
            return Some(end);
        }
        // Without its last group, and without the gap before that.
        end = text[..end]
            .trim_end_matches(|char: char| char.is_ascii_alphanumeric())
            .trim_end_matches(|char: char| !char.is_ascii_alphanumeric())
            .len();
    }
    None
}

/// Whether a word has both cases and digits, as one written by a machine does.
fn is_mixed(word: &str) -> bool {
    word.chars().any(|char| char.is_ascii_uppercase())
        && word.chars().any(|char| char.is_ascii_lowercase())
        && word.chars().filter(char::is_ascii_digit).count() >= 2
}

fn is_cashtag(text: &str, start: usize, end: usize) -> bool {
    let name = text[start..end].trim_start_matches(['$', ' ']);
    let lower = name.to_lowercase();
    if text[start..end].contains(' ') && !PAID.is_match(before(text, start, 24)) {
        return false;
    }
    if name.len() < 2 || CURRENCIES.contains(&lower.as_str()) {
        return false;
    }
    let paid = PAID.is_match(before(text, start, 40)) || PAID.is_match(after(text, end, 24));
    let ticker = name.len() <= 5 && name.chars().all(|char| char.is_ascii_uppercase());
    // "$ex" and "$ale" are words with a sign for their first letter.
    let word =
        view::is_known_word(&format!("s{lower}")) || view::is_telling_word(&format!("s{lower}"));
    paid || !ticker && !word
}

#[cfg(test)]
mod tests {
    use super::super::{assert_clean, assert_found};
    use super::*;

    #[test]
    fn accounts_are_found() {
        assert_found(
            Flag::FinancialAccount,
            &[
                "4111 1111 1111 1111",
                "card 4242424242424242 exp 12/30",
                "3782 822463 10005",
                "5555-5555-5555-4444",
                "GB82 WEST 1234 5698 7654 32 is mine",
                "de89370400440532013000",
                "FR14 2004 1010 0505 0001 3M02 606",
                "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
                "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
                "0x52908400098527886E0F7030069857D2E4169EE7",
                "$lunabakes",
                "cashapp $LunaB",
                "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
                "four one one one 1111 1111 1111",
                "GB82 WEST 1234 5698 7654 32 - mine",
                "to GB82-WEST-1234-5698-7654-32 thanks a lot",
            ],
        );
    }

    #[test]
    fn other_numbers_and_amounts_are_none() {
        assert_clean(
            Flag::FinancialAccount,
            &[
                "4111 1111 1111 1112",
                "order 1234567812345678",
                "$20",
                "$TSLA is up",
                "US$ 40",
                "GB82 WEST 1234 5698 7654 33",
                "$ex",
                "tracking 4111111111111111",
                "$ 5k",
                "A$AP",
                "the 1990s",
                "$USD",
                "AB12 - 1234 - 5678 - 9012 -- 3",
                "5555 5555 5555 5555",
            ],
        );
    }
}
