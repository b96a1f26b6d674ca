//! Tokens: the good ones, and every classic forgery.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, jwk::Jwk};
use messaging_core::{
    auth::{AuthError, Authenticator, Identity},
    caller::{Caller, Role},
    clock::Timestamp,
    testkit::{ManualClock, user},
};
use messaging_warp::{JwtAuthenticator, JwtIssuer, KeyError};
use serde_json::{Value, json};
use std::time::Duration;

use crate::support::SECRET;

/// The second that a manual clock shows.
const NOW: i64 = 1_795_428_000;

const RSA: &[u8] = include_bytes!("../keys/rsa.pem");
const EC: &[u8] = include_bytes!("../keys/ec.pem");
const ED: &[u8] = include_bytes!("../keys/ed.pem");

fn rsa() -> EncodingKey {
    EncodingKey::from_rsa_pem(RSA).unwrap()
}

fn claims() -> Value {
    json!({ "sub": "ann", "role": "client", "exp": NOW + 60 })
}

/// The usual claims with some of them changed; `null` takes one out.
fn claims_with(changes: &Value) -> Value {
    let mut claims = claims();
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(name);
        }
    }
    claims
}

fn hs256(claims: &Value) -> String {
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    encode(&Header::new(Algorithm::HS256), claims, &key).unwrap()
}

fn signed(algorithm: Algorithm, kid: Option<&str>, key: &EncodingKey) -> String {
    let mut header = Header::new(algorithm);
    header.kid = kid.map(str::to_owned);
    encode(&header, &claims(), key).unwrap()
}

fn jwk(key: &EncodingKey, algorithm: Algorithm, kid: &str) -> Value {
    let mut jwk = Jwk::from_encoding_key(key, algorithm).unwrap();
    jwk.common.key_id = Some(kid.to_owned());
    serde_json::to_value(&jwk).unwrap()
}

fn set() -> String {
    let keys = [
        jwk(&rsa(), Algorithm::RS256, "rsa"),
        jwk(
            &EncodingKey::from_ec_pem(EC).unwrap(),
            Algorithm::ES256,
            "ec",
        ),
        jwk(
            &EncodingKey::from_ed_pem(ED).unwrap(),
            Algorithm::EdDSA,
            "ed",
        ),
        json!({ "kty": "oct", "kid": "shared", "k": "c2VjcmV0" }),
        json!({ "kty": "unheard-of" }),
    ];
    json!({ "keys": keys }).to_string()
}

fn by_secret() -> JwtAuthenticator {
    let authenticator = JwtAuthenticator::hs256(SECRET).unwrap();
    authenticator.clock(ManualClock::default())
}

fn by_set() -> JwtAuthenticator {
    let authenticator = JwtAuthenticator::jwks(&set()).unwrap();
    authenticator.clock(ManualClock::default())
}

#[track_caller]
fn refused(outcome: &Result<Identity, AuthError>) -> &str {
    match outcome {
        Err(AuthError::Refused(why)) => why,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_token_of_the_issuer_speaks_for_its_user_until_it_ends() {
    let issuer = JwtIssuer::hs256(SECRET)
        .unwrap()
        .clock(ManualClock::default());
    let caller = Caller::new(user("ann"), Role::Creator);
    let token = issuer.sign(&caller, Duration::from_mins(1)).unwrap();
    let identity = by_secret().authenticate(&token).await.unwrap();
    assert_eq!(identity.caller, caller);
    assert_eq!(
        identity.expires_at,
        Timestamp::from_millis((NOW + 60) * 1000)
    );
}

#[tokio::test]
async fn tokens_of_every_kind_of_key_in_a_set_are_known() {
    let authenticator = by_set();
    let ec = EncodingKey::from_ec_pem(EC).unwrap();
    let ed = EncodingKey::from_ed_pem(ED).unwrap();
    for token in [
        signed(Algorithm::RS256, Some("rsa"), &rsa()),
        signed(Algorithm::ES256, Some("ec"), &ec),
        signed(Algorithm::EdDSA, Some("ed"), &ed),
    ] {
        let identity = authenticator.authenticate(&token).await.unwrap();
        assert_eq!(identity.caller, Caller::new(user("ann"), Role::Client));
    }
    for token in [
        signed(Algorithm::RS256, None, &rsa()),
        signed(Algorithm::RS256, Some("ec"), &rsa()),
        signed(Algorithm::RS256, Some("other"), &rsa()),
        signed(Algorithm::RS384, Some("rsa"), &rsa()),
        signed(Algorithm::PS256, Some("rsa"), &rsa()),
    ] {
        refused(&authenticator.authenticate(&token).await);
    }
}

#[tokio::test]
async fn the_only_key_of_a_set_needs_no_name() {
    let set = json!({ "keys": [jwk(&rsa(), Algorithm::RS256, "rsa")] }).to_string();
    let authenticator = JwtAuthenticator::jwks(&set).unwrap();
    let authenticator = authenticator.clock(ManualClock::default());
    let token = signed(Algorithm::RS256, None, &rsa());
    authenticator.authenticate(&token).await.unwrap();
}

#[tokio::test]
async fn a_secret_and_a_set_serve_side_by_side() {
    let both = by_secret().and_jwks(&set()).unwrap();
    both.authenticate(&hs256(&claims())).await.unwrap();
    let token = signed(Algorithm::RS256, Some("rsa"), &rsa());
    both.authenticate(&token).await.unwrap();
    refused(
        &both
            .authenticate(&signed(Algorithm::RS256, None, &rsa()))
            .await,
    );
    let secret = EncodingKey::from_secret(SECRET.as_bytes());
    let token = signed(Algorithm::HS256, Some("rsa"), &secret);
    refused(&both.authenticate(&token).await);
}

#[tokio::test]
async fn a_signature_made_with_the_public_key_as_a_secret_is_refused() {
    let numbers = jwk(&rsa(), Algorithm::RS256, "rsa");
    let public = serde_json::to_vec(&numbers).unwrap();
    let pem = RSA.to_vec();
    for secret in [
        public,
        pem,
        numbers["n"].as_str().unwrap().as_bytes().to_vec(),
    ] {
        let key = EncodingKey::from_secret(&secret);
        for kid in [None, Some("rsa")] {
            let token = signed(Algorithm::HS256, kid, &key);
            refused(&by_set().authenticate(&token).await);
            refused(
                &by_secret()
                    .and_jwks(&set())
                    .unwrap()
                    .authenticate(&token)
                    .await,
            );
        }
    }
}

#[tokio::test]
async fn what_is_no_token_is_refused() {
    let good = hs256(&claims());
    let [header, payload, signature] = good.split('.').collect::<Vec<_>>().try_into().unwrap();
    let encode = |json: Value| URL_SAFE_NO_PAD.encode(json.to_string());
    let none = encode(json!({ "alg": "none", "typ": "JWT" }));
    let other = encode(claims_with(&json!({ "sub": "root", "role": "admin" })));
    for token in [
        String::new(),
        ".".to_owned(),
        "..".to_owned(),
        "...".to_owned(),
        "not a token".to_owned(),
        format!("{none}.{payload}."),
        format!("{none}.{payload}.{signature}"),
        format!("{header}.{payload}."),
        format!("{header}.{payload}"),
        format!("{header}.{other}.{signature}"),
        format!("{header}.{payload}.{}", &signature[1..]),
        format!("{header}.{payload}.{signature}.{signature}"),
        format!("{header}.{payload}.{signature}\n"),
        "a".repeat(100 * 1024),
        format!("{good}{}", "a".repeat(100 * 1024)),
    ] {
        refused(&by_secret().authenticate(&token).await);
    }
}

#[tokio::test]
async fn claims_that_say_too_little_or_nonsense_are_refused() {
    for changes in [
        json!({ "exp": null }),
        json!({ "exp": "tomorrow" }),
        json!({ "exp": u64::MAX }),
        json!({ "exp": 1e300 }),
        json!({ "exp": [NOW + 60] }),
        json!({ "nbf": NOW + 6 }),
        json!({ "nbf": "x" }),
        json!({ "sub": null }),
        json!({ "sub": "" }),
        json!({ "sub": "a b" }),
        json!({ "sub": 7 }),
        json!({ "sub": "x".repeat(65) }),
        json!({ "role": null }),
        json!({ "role": "king" }),
        json!({ "role": ["admin"] }),
    ] {
        let token = hs256(&claims_with(&changes));
        refused(&by_secret().authenticate(&token).await);
    }
    let list = hs256(&json!(["ann"]));
    refused(&by_secret().authenticate(&list).await);
}

#[tokio::test]
async fn clocks_may_lie_five_seconds_apart() {
    for (changes, accepted) in [
        (json!({ "exp": NOW }), true),
        (json!({ "exp": NOW - 5 }), true),
        (json!({ "exp": 1_795_427_995.5 }), true),
        (json!({ "nbf": NOW + 5 }), true),
        (json!({ "nbf": NOW - 60 }), true),
        (json!({ "exp": NOW - 6 }), false),
        (json!({ "exp": 0 }), false),
        (json!({ "exp": -1 }), false),
    ] {
        let outcome = by_secret()
            .authenticate(&hs256(&claims_with(&changes)))
            .await;
        match outcome {
            Ok(_) => assert!(accepted, "{changes}"),
            Err(error) => {
                assert_eq!(error, AuthError::Expired, "{changes}");
                assert!(!accepted, "{changes}");
            }
        }
    }
}

#[tokio::test]
async fn issuer_and_audience_are_checked_when_they_are_set() {
    let strict = by_secret().issuer("us").audience("chat");
    for (changes, accepted) in [
        (json!({ "iss": "us", "aud": "chat" }), true),
        (json!({ "iss": "us", "aud": ["shop", "chat"] }), true),
        (json!({ "iss": "us" }), false),
        (json!({ "aud": "chat" }), false),
        (json!({ "iss": "them", "aud": "chat" }), false),
        (json!({ "iss": ["us"], "aud": "chat" }), false),
        (json!({ "iss": "us", "aud": "shop" }), false),
        (json!({ "iss": "us", "aud": [] }), false),
        (json!({ "iss": "us", "aud": 7 }), false),
    ] {
        let token = hs256(&claims_with(&changes));
        let outcome = strict.authenticate(&token).await;
        assert_eq!(outcome.is_ok(), accepted, "{changes}");
        by_secret().authenticate(&token).await.unwrap();
    }
    let issuer = JwtIssuer::hs256(SECRET)
        .unwrap()
        .issuer("us")
        .audience("chat");
    let caller = Caller::new(user("ann"), Role::Client);
    let token = issuer
        .clock(ManualClock::default())
        .sign(&caller, Duration::from_mins(1));
    strict.authenticate(&token.unwrap()).await.unwrap();
}

#[tokio::test]
async fn headers_that_ask_for_more_are_refused_or_ignored() {
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    let sign = |change: &dyn Fn(&mut Header)| {
        let mut header = Header::new(Algorithm::HS256);
        change(&mut header);
        encode(&header, &claims(), &key).unwrap()
    };
    let crit = sign(&|header| header.crit = Some(vec!["exp".to_owned()]));
    assert_eq!(
        refused(&by_secret().authenticate(&crit).await),
        "it has critical headers"
    );
    let refresh = sign(&|header| header.typ = Some("refresh+jwt".to_owned()));
    refused(&by_secret().authenticate(&refresh).await);
    let bare = sign(&|header| header.typ = None);
    by_secret().authenticate(&bare).await.unwrap();

    let own = EncodingKey::from_ed_pem(ED).unwrap();
    let mut header = Header::new(Algorithm::EdDSA);
    header.jwk = Some(Jwk::from_encoding_key(&own, Algorithm::EdDSA).unwrap());
    header.jku = Some("https://evil.example/keys".to_owned());
    let token = encode(&header, &claims(), &own).unwrap();
    refused(&by_secret().authenticate(&token).await);
    let rsa_only = json!({ "keys": [jwk(&rsa(), Algorithm::RS256, "rsa")] }).to_string();
    let authenticator = JwtAuthenticator::jwks(&rsa_only).unwrap();
    refused(&authenticator.authenticate(&token).await);
}

#[test]
fn keys_that_are_no_use_are_refused_at_the_start() {
    let short = JwtAuthenticator::hs256([7; 31]).unwrap_err();
    assert!(matches!(short, KeyError::SecretTooShort(31)));
    assert!(JwtIssuer::hs256("short").is_err());
    assert!(JwtAuthenticator::hs256([7; 32]).is_ok());
    let encryption = {
        let mut key = jwk(&rsa(), Algorithm::RS256, "rsa");
        key["use"] = json!("enc");
        json!({ "keys": [key] }).to_string()
    };
    let weak = json!({ "keys": [{ "kty": "RSA", "n": "AQAB", "e": "AQAB" }] }).to_string();
    for text in ["{\"keys\":[]}", encryption.as_str(), weak.as_str()] {
        let error = JwtAuthenticator::jwks(text).unwrap_err();
        assert!(matches!(error, KeyError::NoUsableKey), "{text}: {error:?}");
    }
    for text in ["", "{}", "[]", "nonsense"] {
        let error = JwtAuthenticator::jwks(text).unwrap_err();
        assert!(matches!(error, KeyError::NotASet(_)), "{text}: {error:?}");
    }
    let twice = jwk(&rsa(), Algorithm::RS256, "rsa");
    let twice = json!({ "keys": [twice, twice] }).to_string();
    let error = JwtAuthenticator::jwks(&twice).unwrap_err();
    assert!(matches!(error, KeyError::SameKid(_)), "{error:?}");
}

#[test]
fn secrets_do_not_show_in_debug_output() {
    let text = format!("{:?} {:?}", by_secret(), JwtIssuer::hs256(SECRET).unwrap());
    assert!(!text.contains(SECRET), "{text}");
}
