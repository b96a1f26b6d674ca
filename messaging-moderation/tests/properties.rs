//! What holds for every text.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::time::Duration;

use cpu_time::ThreadTime;
use messaging_moderation::{Audience, Context, Engine, Policy, Reading, Surface, Verdict};
use proptest::prelude::*;

fn engine() -> Engine {
    Engine::rules(Policy::builtin())
}

/// Every span falls on the text, and none is empty.
fn assert_spans_fall_on(text: &str, verdict: &Verdict) {
    let length = u32::try_from(text.chars().count()).unwrap();
    for finding in &verdict.flags {
        assert!((0.0..=1.0).contains(&finding.score), "{finding:?}");
        if let Some(span) = finding.span {
            assert!(
                span.start < span.end && span.end <= length,
                "{finding:?} of {length} in {text:?}"
            );
        }
    }
}

/// Texts made of what detectors look for, so that they find something to trip over.
fn tricky() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        any::<String>(),
        "[a-z0-9@.$+\\-/ ]{0,24}",
        "[0-9 ().+\\-]{0,24}",
        proptest::sample::select(vec![
            "five five five oh one",
            "at",
            "dot com",
            "ig:",
            "$",
            "@",
            "s3nd",
            "n u d e s",
            "\u{200b}",
            "\u{202e}",
            "\u{0440}\u{0430}y",
            "GB82 WEST 1234 5698 7654 32",
            "-",
            "ｐａｙ",
            "5️⃣",
            "é\u{301}\u{301}\u{301}",
            "ssn",
            "12 Oak Street",
            "👨‍👩‍👧",
            "ﷺ",
            "ǅ",
            "İ",
            "ß",
            "\u{e0041}",
            "\u{1f1e6}",
            "0x",
            "https://",
        ])
        .prop_map(str::to_owned),
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn no_text_panics_and_spans_fall_on_it(text in tricky(), adult: bool) {
        let audience = if adult { Audience::Adult } else { Audience::General };
        let verdict = engine().moderate(&text, Context::new(audience, Surface::Message)).unwrap();
        assert_spans_fall_on(&text, &verdict);
    }

    #[test]
    fn no_bytes_panic(bytes: Vec<u8>) {
        let text = String::from_utf8_lossy(&bytes);
        let verdict = engine().moderate(&text, Context::default()).unwrap();
        assert_spans_fall_on(&text, &verdict);
    }

    #[test]
    fn the_same_text_has_the_same_verdict(text in tricky()) {
        let engine = engine();
        let first = engine.moderate(&text, Context::default()).unwrap();
        prop_assert_eq!(first, engine.moderate(&text, Context::default()).unwrap());
    }
}

/// The shorter of two, in this thread's own processor time: what else the machine does is not counted.
fn reading_time(text: &str) -> Duration {
    let timed = |_| {
        let begun = ThreadTime::now();
        let reading = Reading::new(text, Context::default());
        let took = begun.elapsed();
        assert!(reading.plain().len() <= 4 * text.len() + 16);
        took
    };
    (0..2).map(timed).min().unwrap()
}

#[test]
fn the_time_of_a_reading_grows_with_the_text_and_no_faster() {
    engine();
    let hostile = [
        "a",
        "1",
        " 1",
        "a ",
        "a.",
        "@",
        "$a ",
        "ig ",
        "five ",
        "at dot ",
        "\u{200b}a",
        "\u{0440}a ",
        "1-",
        "12 Oak ",
        "s3",
        "GB82 ",
        "x@y.",
        "insta a_b ",
        "(",
        "then 5 ",
        "e\u{301}",
    ];
    for piece in hostile {
        let of = |characters: usize| piece.repeat(characters / piece.chars().count());
        let (short, long) = (reading_time(&of(10_000)), reading_time(&of(40_000)));
        // Four times the text: about four times the time when it grows with the text, sixteen times
        // when it grows with its square. The line between is drawn where noise does not reach.
        assert!(
            long <= 10 * short.max(Duration::from_millis(1)),
            "{piece:?}: {short:?} for 10,000 characters, {long:?} for 40,000"
        );
    }
}
