//! Numbers that a state gives a person.

use std::sync::LazyLock;

use regex::Regex;

use super::digits::rows;
use super::{Detector, after, before, is_cut, pattern};
use crate::flag::Flag;
use crate::verdict::Span;
use crate::view::View;

/// Finds social security, passport, tax and national identity numbers: by a shape of their own, or
/// by a plainer shape with the words around it.
pub(super) struct GovernmentId;

/// Shapes that are nothing else: US social security, Brazilian CPF, British national insurance,
/// French social security, Spanish NIE.
static SHAPE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:[0-9]{3}[-–‑.][0-9]{2}[-–‑.][0-9]{4}|[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}|[12] ?[0-9]{2} ?(?:0[1-9]|1[0-2]) ?(?:[0-9]{2}|2[AB]) ?[0-9]{3} ?[0-9]{3} ?[0-9]{2}|(?i:[a-ceghj-prtw-z][a-ceghj-npr-tw-z]|qq) ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?(?i:[a-d])|(?i:[xyz])-?[0-9]{7}-?(?i:[a-z])|[A-Z]{6}[0-9]{2}[A-Z][0-9]{2}[A-Z][0-9]{3}[A-Z]|[A-Z]{4}[0-9]{6}[A-Z]{6}[A-Z0-9][0-9]|[A-Z]{4}[0-9]{6}[A-Z0-9]{3}|[A-Z]{5}[0-9]{4}[A-Z])\b",
    )
});

/// A Spanish DNI: its letter is a check.
static DNI: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"\b(?P<number>[0-9]{2}\.?[0-9]{3}\.?[0-9]{3})[- ]?(?P<letter>[A-Za-z])\b")
});

/// The words that stand around such a number.
static WORDS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\bsocial\s*[:#]|\bsocial[- ]sec\b|\bs[ .\-]s[ .\-]n\b|\b(?:ssn|social\s+sec|(?:my|his|her|their|national|photo)\s+id|perso|cni|hkid|nric|ppsn?|rut|cuil|cuit|jmbg|tckn|cnp|isikukood|f[øo]dselsnummer|insurance\s+(?:no|number)|nat\.?\s+insurance|work\s+permit|refugee\s+card|documento\s+nacional|social\s+(?:security|insurance|is|number|no|num)|tax\s?(?:id|payer)|itin|tin|ein|passport|pasaporte|passeport|reise\s?pass|passnummer|passaporte|nin|national\s+(?:id|identity|insurance)|ni\s+number|nino|dni|nie|nif|cpf|cnpj|rg|curp|rfc|citizen\s+card|cart[ãa]o\s+de\s+cidad[ãa]o|cc|contribuinte|identity\s+card|id\s+card|government\s+id|gov(?:ernment)?\s+issued|personal\s?ausweis|ausweis(?:nummer)?|steuer\s?-?(?:id|nummer|identifikationsnummer)|sozialversicherungs\s?nummer|sv-?nummer|carte\s+d'identit[ée]|num[ée]ro\s+(?:de\s+)?(?:s[ée]curit[ée]\s+sociale|s[ée]cu)|s[ée]curit[ée]\s+sociale|s[ée]cu|nir|seguridad\s+social|seguran[çc]a\s+social|driver'?s?\s+li[cs]en[cs]e|driving\s+li[cs]en[cs]e|aadh?aar|aadhar|pan\s+(?:no|number|card)|tax\s+file\s+number|tfn|utr|pesel|personnummer|personal\s+number|kennitala|egn|rijksregister\s?nummer|bsn|avs|ahv|pis|cnh|num[ée]ro\s+fiscal|titre\s+de\s+s[ée]jour|tax\s+identification|identification\s+number|ident|codice\s+fiscale|curp|cedula|cédula|medicare|sin|green\s+card|visa\s+number|resident\s+permit|residence\s+permit|identit[ée]|identidad|identidade|identity\s+(?:no|number)|id\s+(?:no|number|nr))\b",
    )
});

/// What is said after such a number: "… that's my social".
static TAIL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\bmy\s+social\b|\b(?:ssn|passport|pasaporte|passeport|reisepass|passaporte|dni|nie|cpf|national\s+(?:id|insurance)|ausweis\w*)\b",
    )
});

/// A number, perhaps with letters, as such documents have.
static TOKEN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:[A-Za-z]{1,3}-?[0-9]{5,9}[A-Za-z]{0,2}|[A-Z]{1,2} [0-9]{6,8}|[0-9]{2,3}[A-Za-z]{2}[0-9]{5}|[A-Z][0-9]{3}(?:-[0-9]{3,4}){2,3}|[0-9]{5}-[0-9]{7}-[0-9]|[0-9]{7,14}[A-Za-z]{0,2}|[A-Z0-9]{8,12}|[0-9]{2} ?[0-9]{6} ?[A-Z] ?[0-9]{3}|[CFGHJKLMNPRTVWXYZcfghjklmnprtvwxyz0-9]{9,10}|[0-9]{2,4}(?:[ .\-][0-9]{2,4}){2,4})\b",
    )
});

const DNI_LETTERS: &[u8; 23] = b"TRWAGMYFPDXBNJZSQVHLCKE";

impl Detector for GovernmentId {
    fn flag(&self) -> Flag {
        Flag::GovernmentId
    }

    fn find(&self, view: &View, found: &mut Vec<(Span, f32)>) {
        let text = view.formed().text();
        for at in SHAPE
            .find_iter(text)
            .filter(|at| !is_cut(text, &at.range()))
        {
            found.push((view.formed().span(at.range()), 0.98));
        }
        for at in DNI.captures_iter(text) {
            let (Some(whole), Some(number), Some(letter)) =
                (at.get(0), at.name("number"), at.name("letter"))
            else {
                continue;
            };
            let number = number.as_str().replace('.', "").parse::<usize>();
            let check = number
                .ok()
                .and_then(|number| DNI_LETTERS.get(number % 23).copied());
            let letter = letter.as_str().to_ascii_uppercase();
            if check.is_some_and(|check| letter.as_bytes() == [check]) {
                found.push((view.formed().span(whole.range()), 0.97));
            }
        }
        if !WORDS.is_match(text) && !TAIL.is_match(text) {
            return;
        }
        // Another number between the words and this one is the one that they speak of.
        let no_digit = |text: &str| !text.contains(|char: char| char.is_ascii_digit());
        let spoken = |start: usize, end: usize| {
            let lead = before(text, start, 48);
            let tail = after(text, end, 32);
            WORDS
                .find_iter(lead)
                .last()
                .is_some_and(|word| no_digit(&lead[word.end()..]))
                || TAIL
                    .find(tail)
                    .is_some_and(|word| no_digit(&tail[..word.start()]))
        };
        for at in TOKEN.find_iter(text) {
            let digits = at.as_str().chars().filter(char::is_ascii_digit).count();
            let code = at.as_str().chars().any(|char| char.is_ascii_uppercase()) && digits >= 2;
            if (digits >= 5 || code) && spoken(at.start(), at.end()) {
                found.push((view.formed().span(at.range()), 0.96));
            }
        }
        for row in rows(text) {
            if (8..=14).contains(&row.digits.len())
                && (row.spelled > 4 || row.groups.len() >= 3)
                && spoken(row.at.start, row.at.end)
            {
                found.push((view.formed().span(row.at), 0.95));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{assert_clean, assert_found};
    use super::*;

    #[test]
    fn numbers_are_found_by_shape_or_words() {
        assert_found(
            Flag::GovernmentId,
            &[
                "987-65-4321",
                "my ssn is 912 34 5678",
                "ssn 078051120",
                "passport no X12345678",
                "CPF 123.456.789-09",
                "QQ 12 34 56 C is my national insurance",
                "DNI 12345678Z",
                "pasaporte: XDA123456",
                "Steuer-ID 12 345 678 901",
                "X1234567L",
                "QQ123456A",
                "PAN card ABCDE1234F",
                "the passport, X4RTBPFW4",
                "ssn nine zero zero dash one two dash three four five six",
                "Reisepass C01X00T47",
                "987 65 4321, that's my social",
                "PESEL 00000000000",
                "TFN 123 456 782",
                "social: nine eight seven six five four three two one",
            ],
        );
    }

    #[test]
    fn other_numbers_are_none() {
        assert_clean(
            Flag::GovernmentId,
            &[
                "order 123-45-678",
                "call 212-555-0142",
                "my passport expired in 2024",
                "member no 48201937",
                "12345678A",
                "2026-11-27",
                "ticket 98765432",
                "social media has 20000 followers",
            ],
        );
    }
}
