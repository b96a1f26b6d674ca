//! Rules that hold for all values, tried on random ones.

use std::time::Duration;

use messaging_core::{
    clock::Timestamp,
    id::{MessageId, Position, Seq, ThreadId, UserId},
    message::Content,
    page::{Cursor, Page, PageSize},
    testkit::{text, user},
    thread::MessagePreview,
};
use proptest::{collection::vec, prelude::*};
use uuid::Uuid;

fn timestamps() -> impl Strategy<Value = Timestamp> {
    (-62_000_000_000_000..253_000_000_000_000_i64)
        .prop_map(|millis| Timestamp::from_millis(millis).expect("within the calendar"))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_cursor_gives_back_its_key_and_only_in_its_scope(
        scope in ".{0,40}", other in ".{0,40}", pinned: bool, position: i64,
    ) {
        let cursor = Cursor::encode(&scope, &(pinned, Position::new(position)));
        let key: (bool, Position) = cursor.decode(&scope)?;
        prop_assert_eq!(key, (pinned, Position::new(position)));
        if scope != other {
            prop_assert!(cursor.decode::<(bool, Position)>(&other).is_err());
        }
    }

    #[test]
    fn no_text_but_a_cursor_is_taken_for_one(garbage in ".{0,700}") {
        let cursor = Cursor::from_text(garbage);
        prop_assert!(cursor.decode::<i64>("log").is_err());
        prop_assert!(cursor.to_position().is_err());
    }

    #[test]
    fn a_cursor_with_a_changed_byte_is_refused(position: i64, place: usize, byte in 0x20..0x7f_u8) {
        let cursor = Cursor::of_position(Position::new(position));
        let mut bytes = cursor.as_str().as_bytes().to_vec();
        let place = place % bytes.len();
        prop_assume!(bytes[place] != byte);
        bytes[place] = byte;
        let changed = Cursor::from_text(String::from_utf8(bytes).expect("ascii"));
        prop_assert!(changed.to_position().is_err());
    }

    #[test]
    fn a_position_below_zero_is_no_place_in_the_log(position in i64::MIN..0) {
        prop_assert!(Cursor::of_position(Position::new(position)).to_position().is_err());
    }

    #[test]
    fn a_page_holds_its_size_and_names_its_last(items in vec(any::<u32>(), 0..12), size in 1..10_u32) {
        let size = PageSize::new(size)?;
        let page = Page::cut(items.clone(), size, |last| Cursor::encode("list", last));
        let kept = items.len().min(size.get());
        prop_assert_eq!(&page.items[..], &items[..kept]);
        let expected = (items.len() > kept).then(|| Cursor::encode("list", &items[kept - 1]));
        prop_assert_eq!(page.next_cursor, expected);
    }

    #[test]
    fn a_page_is_one_to_two_hundred(size: u32) {
        prop_assert_eq!(PageSize::new(size).is_ok(), (1..=200).contains(&size));
    }

    #[test]
    fn a_timestamp_comes_back_from_the_wire(time in timestamps()) {
        let wire = serde_json::to_string(&time)?;
        prop_assert_eq!(serde_json::from_str::<Timestamp>(&wire)?, time);
        prop_assert_eq!(Timestamp::from_millis(time.as_millis()), Some(time));
    }

    #[test]
    fn timestamps_are_ordered_like_their_milliseconds(one in timestamps(), other in timestamps()) {
        prop_assert_eq!(one.cmp(&other), one.as_millis().cmp(&other.as_millis()));
        let later = one.max(other);
        let apart = later.since(one.min(other));
        prop_assert_eq!(one.min(other).after(apart), later);
        prop_assert!(one == other || one.min(other).since(later) == Duration::ZERO);
    }

    #[test]
    fn a_user_id_is_taken_as_it_is_or_not_at_all(name in ".{0,70}") {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.:@".contains(&byte);
        let expected = (1..=64).contains(&name.len()) && name.bytes().all(plain);
        match name.parse::<UserId>() {
            Ok(id) => prop_assert!(expected && id.as_str() == name),
            Err(_) => prop_assert!(!expected),
        }
    }

    #[test]
    fn user_ids_are_ordered_by_their_bytes(
        one in "[A-Za-z0-9_.:@-]{1,8}", other in "[A-Za-z0-9_.:@-]{1,8}",
    ) {
        prop_assert_eq!(user(&one).cmp(&user(&other)), one.as_bytes().cmp(other.as_bytes()));
    }

    #[test]
    fn ids_come_back_from_text_and_from_json(bits: u128) {
        let id = ThreadId::from_uuid(Uuid::from_u128(bits));
        prop_assert_eq!(id.to_string().parse::<ThreadId>()?, id);
        let wire = serde_json::to_string(&id)?;
        prop_assert_eq!(serde_json::from_str::<ThreadId>(&wire)?, id);
    }

    #[test]
    fn a_preview_is_the_beginning_of_the_text(words in "\\PC{0,300}") {
        let id = MessageId::from_uuid(Uuid::nil());
        let at = Timestamp::from_millis(0).expect("within the calendar");
        let content = text(&words);
        let preview = MessagePreview::new(id, Seq::new(1), user("ann"), Some(&content), at);
        let shown = preview.text.expect("a text has something to show");
        prop_assert!(words.starts_with(&shown));
        let length = words.chars().count().min(MessagePreview::MAX_CHARS);
        prop_assert_eq!(shown.chars().count(), length);
    }

    #[test]
    fn content_comes_back_from_the_wire(words in ".{0,200}", scheme in "[!-~]{1,64}") {
        let encrypted = Content::Encrypted {
            scheme,
            ciphertext: "QUJD".to_owned(),
            header: None,
            attestation: None,
        };
        for content in [text(&words), encrypted] {
            let wire = serde_json::to_string(&content)?;
            prop_assert_eq!(serde_json::from_str::<Content>(&wire)?, content);
        }
    }
}
