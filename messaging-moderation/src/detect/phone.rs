//! Telephone numbers.

use std::sync::LazyLock;

use phonenumber::country::Id;
use regex::Regex;

use super::digits::{Row, rows};
use super::{Detector, after, before, pattern};
use crate::flag::Flag;
use crate::verdict::Span;
use crate::view::View;

/// Finds telephone numbers: international ones, those of the countries in [`HOME`] by the numbering
/// plans of libphonenumber, spelled and spaced out ones.
pub(super) struct PhoneNumber;

/// Countries whose numbers are known without a country code.
const HOME: [Id; 11] = [
    Id::US,
    Id::GB,
    Id::FR,
    Id::DE,
    Id::ES,
    Id::PT,
    Id::BR,
    Id::MX,
    Id::IT,
    Id::AU,
    Id::IN,
];

/// Words that stand before a number that is called.
static CALLED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:call|ring|dial|text|txt|sms|phone|fone|tel|telephone|telefono|teléfono|telefon|téléphone|telefone|handy|handynummer|mobile|móvil|movil|portable|cell|cellphone|whats?app|wsp|wa|zap|viber|signal|imessage|facetime|num|numero|número|numéro|nummer|number|nr|digits|reach|contact|hit|buzz|ping|line|hotline|llama|llámame|llamame|escríbeme|escribeme|appelle|appelez|rappelle|ruf|anrufen|schreib|liga|ligue|chama|celular|telemóvel)\b",
    )
});

/// Words that stand before a number that is not.
static COUNTED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:\b(?:order|orders|tracking|track|parcel|package|invoice|receipt|ref|reference|ticket|isbn|issn|ean|sku|upc|barcode|serial|model|code|booking|confirmation|item|lot|batch|version|build|part|claim|policy|member|membership|registration|licen[cs]e|plate|student|employee|flight|pin|password|passcode|pedido|factura|commande|facture|colis|bestellung|bestellnummer|rechnung|sendung|encomenda|fatura|views|followers|subs|population|patent|loan|vin|meter|invoice|transaction|txn|id|routing|account|acct|sort|asin|frame|seed|lottery|score|total|calories|kcal|steps)\b(?:\s*(?:no|nr|num)\.)?[^!?\n,.;]{0,14}|#\s?|№\s?|[$€£¥]\s?)$",
    )
});

/// What is counted or paid, after its number.
static UNIT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\s?(?:%|€|£|¥|\$|usd|eur|gbp|euros?|dollars?|pounds?|km|kg|ml|mm|cm|views|followers|subs|subscribers|people|steps|kcal|cal|bytes|mb|gb|points|pts|coins|tokens|miles|days|times|votes|likes|plays|streams|copies)\b",
    )
});

/// A date, a time or a version that only looks like a number.
static DATED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^(?:(?:19|20)\d\d[-./ :]\d{1,2}[-./ :]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./](?:19|20)\d\d)")
});

impl Detector for PhoneNumber {
    fn flag(&self) -> Flag {
        Flag::PhoneNumber
    }

    fn find(&self, view: &View, found: &mut Vec<(Span, f32)>) {
        let text = view.formed().text();
        for row in rows(text) {
            if let Some(score) = score(text, &row) {
                let mut at = row.at.clone();
                let opened = text[..at.start].trim_end_matches(['(', ' ', '+']);
                if text[opened.len()..at.start].contains(['+', '(']) {
                    at.start =
                        opened.len() + text[opened.len()..at.start].find(['+', '(']).unwrap_or(0);
                }
                found.push((view.formed().span(at), score));
            }
        }
    }
}

/// How surely `row` is a telephone number, if it may be one.
fn score(text: &str, row: &Row) -> Option<f32> {
    let length = row.digits.len();
    if !(7..=15).contains(&length) || glued(text, row) {
        return None;
    }
    let lead = before(text, row.at.start, 40);
    let near = CALLED.is_match(before(text, row.at.start, 14));
    let called = CALLED.is_match(lead) || CALLED.is_match(after(text, row.at.end, 16));
    if is_counted_out(row) || row.digits.starts_with("0000") {
        return None;
    }
    if row.spelled >= 5 || (row.spelled >= 3 && length >= 9) {
        return Some(0.97);
    }
    if DATED.is_match(&text[row.at.clone()]) && !called {
        return None;
    }
    if row.plus && length >= 8 {
        return Some(0.99);
    }
    if COUNTED.is_match(lead) && !near || UNIT.is_match(after(text, row.at.end, 14)) {
        return None;
    }
    if row.digits.starts_with("00") && length >= 10 {
        return Some(0.95);
    }
    let plausible = HOME
        .into_iter()
        .any(|country| is_number_of(country, &row.digits));
    if all_single(row) && length >= 7 {
        let plausible = plausible && length >= 9;
        return (plausible || called || row.digits.starts_with("555")).then_some(0.95);
    }
    if is_usual_shape(row) && plausible {
        return Some(0.99);
    }
    if length == 7 {
        let local = row.shape() == "3-4" && (called || row.digits.starts_with("555"));
        let fiction = row.groups.len() == 1 && row.digits.starts_with("555");
        return (local
            || fiction
            || called && row.groups.len() <= 2 && row.digits.starts_with("555"))
        .then_some(0.95);
    }
    if called && (plausible || length >= 9) {
        return Some(0.97);
    }
    let alone = row.groups.len() == 1
        && plausible
        && (length == 10
            || row.digits.starts_with('0')
            || length == 11 && row.digits.starts_with('1'));
    alone.then_some(0.9)
}

/// "One two three four": somebody counts.
fn is_counted_out(row: &Row) -> bool {
    let steps = row.digits.as_bytes().windows(2);
    let up = steps.clone().filter(|two| two[1] == two[0] + 1).count();
    let down = steps.filter(|two| two[0] == two[1] + 1).count();
    let all = row.digits.len() - 1;
    // Who counts aloud begins again.
    up.max(down) == all || row.spelled > 0 && up * 5 >= all * 3
}

fn all_single(row: &Row) -> bool {
    row.groups.len() >= 7 && row.groups.iter().all(|group| *group == 1)
}

/// Part of a word, a decimal or a longer code.
fn glued(text: &str, row: &Row) -> bool {
    let next = text[row.at.end..].chars().next();
    let last = text[..row.at.start].chars().next_back();
    next.is_some_and(|char| char.is_alphabetic() || char == '@' || char == '_')
        || last.is_some_and(|char| {
            char.is_alphabetic() && row.spelled == 0 || matches!(char, '@' | '#' | '_' | '/' | '=')
        })
}

/// How the groups of a telephone number are long, in the countries in [`HOME`].
fn is_usual_shape(row: &Row) -> bool {
    matches!(
        row.shape().as_str(),
        "3-3-4"
            | "1-3-3-4"
            | "3-7"
            | "6-4"
            | "2-2-2-2-2"
            | "1-2-2-2-2"
            | "3-3-3"
            | "3-2-2-2"
            | "3-6"
            | "2-4-4"
            | "3-4-4"
            | "5-6"
            | "5-3-3"
            | "4-7"
            | "4-3-4"
            | "4-3-3"
            | "4-6"
            | "3-5-3"
            | "3-4-3"
            | "2-5-4"
            | "2-9"
            | "4-8"
            | "3-8"
            | "4-4-4"
            | "4-2-2-2"
            | "3-5"
            | "3-5-2"
            | "2-4-5"
            | "5-5"
            | "1-10"
            | "2-8"
            | "4-2-3-2"
            | "4-3-2-2"
    ) && (row.shape() != "4-4-4" || row.digits.starts_with('0'))
}

/// Whether `digits`, as dialled in `country`, are a number of its numbering plan. Numbers that are
/// kept for films and books count: people hide behind them too.
fn is_number_of(country: Id, digits: &str) -> bool {
    let plausible_start = match country {
        Id::US => {
            let national = if digits.len() == 11 {
                digits.strip_prefix('1')
            } else {
                Some(digits)
            };
            return national.is_some_and(|number| {
                let bytes = number.as_bytes();
                number.len() == 10 && bytes[0] >= b'2' && bytes[3] >= b'2' && bytes[1..3] != *b"11"
            });
        }
        Id::GB | Id::FR | Id::DE | Id::AU => digits.starts_with('0'),
        Id::IT => digits.starts_with(['0', '3']),
        Id::ES => digits.len() == 9 && digits.starts_with(['6', '7', '8', '9']),
        Id::PT => digits.len() == 9 && digits.starts_with(['2', '9']),
        Id::IN => digits.len() == 10 && digits.starts_with(['6', '7', '8', '9']),
        Id::BR => digits.len() == 11 && digits.as_bytes().get(2) == Some(&b'9'),
        Id::MX => digits.len() == 10,
        _ => true,
    };
    plausible_start
        && phonenumber::parse(Some(country), digits)
            .is_ok_and(|number| phonenumber::is_valid(&number))
        && (country != Id::DE || digits.len() >= 10)
}

#[cfg(test)]
mod tests {
    use super::super::{assert_clean, assert_found};
    use super::*;

    #[test]
    fn numbers_are_found_however_they_are_written() {
        assert_found(
            Flag::PhoneNumber,
            &[
                "call me on (212) 555-0142",
                "+44 20 7946 0018",
                "2125550142",
                "07700 900123",
                "five five five oh one four two",
                "5 5 5 0 1 4 2 is my number",
                "555-0142",
                "06 39 98 12 34",
                "my cell: 212.555.0142",
                "0152 28817386 ruf an",
                "hit me at 212 five five five 0142",
                "00 33 6 39 98 12 34",
                "+1 (415) 555 0100!",
                "mein handy 030 23125 123",
                "2 1 2 5 5 5 0 1 4 2",
                "text 2.1.2.5.5.5.0.1.4.2",
                "triple five oh one four two nine",
                "600 123 456 mi número",
                "ring me after six, 020 7946 0183",
                "weed man here, 0491 570 157, 24/7",
                "call (305) 555-0166, 200 the half hour",
                "wh@tsapp m3 +44 7700 900 019",
                "save this one: +1 323 555 0111",
                "4 0 4 then 5 5 5 then 0 1 5 6",
                "gate code is broken, ring 206 555 0186",
                "508 🍌 555 🍌 0103",
                "6 zero 4 triple 5 zero 1 nine 5",
                "2️⃣1️⃣2️⃣5️⃣5️⃣5️⃣0️⃣1️⃣4️⃣2️⃣",
            ],
        );
    }

    #[test]
    fn other_numbers_are_none() {
        assert_clean(
            Flag::PhoneNumber,
            &[
                "order 4820193765 shipped",
                "ISBN 978-3-16-148410-0",
                "2026-11-27 10:30",
                "on 12/11/2026 at 18:30",
                "costs 1,250,000 views",
                "tracking no. 00340434161094",
                "3 sets of 12 10 8 6",
                "year 1999 2000 2001",
                "won 3-2, 6-4, 7-5",
                "call me at 10",
                "v2.10.4301",
                "€12000000",
                "dial 112 or 911",
                "10000000 people saw it",
                "one two three four, dance",
                "9 8 7 6 5 4 3 2 1 blast off",
                "five six seven eight, and one and two, and zero",
                "one two three four, five six seven eight",
                "the riff is 0-3-5 and 0-3-6-5",
                "invoice #2125550142",
            ],
        );
    }
}
