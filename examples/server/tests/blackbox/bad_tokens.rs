//! Tokens forged in every classic way: none of them speaks for anyone.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

use crate::support::{Database, Server, token};

on_each_database! {
    a_token_of_the_shared_secret_is_not_forged,
    a_tokens_claims_are_checked,
    a_token_of_a_key_file_is_not_forged,
    issuer_and_audience_are_checked_when_configured,
    what_is_no_bearer_token_is_no_token,
}

const PRIVATE_KEY: &[u8] = include_bytes!("keys/rsa.pem");
const PUBLIC_KEY: &str = include_str!("keys/rsa.pub.pem");

/// The modulus of the public key, as a key file has it.
const MODULUS: &str = "lKtM66ri0tz1nhYOKliUBJJ-1rZgvSzYzTh4VvXuWHVRD_8AQKLqrOaAXSMoOPnefaYlMJlrABvE\
    S4BoZMov-zUM561g-XAHckaPdPuGqWbiot_iYQCk_k2XNwuy7zIMy7c8ZD5OEzqVKrZNmSh-2VaxD-vkW6_qr7LYJI93oV7c\
    rFa8p9QVshmX_6Ck7-MYpvgDz93fuXAreRe33l-k6y7_Fcp5LCwfNIxSWlRLWxRgScla9l-UTJfBiefm6iOwe1u1pZFTusd9\
    XrPDnyahg-auq4MkcJw1CVfSi_LJZedCiNc1QgOr_a9m2UiKcncTCS7E2FQcpyYL_BY68mTUMQ";

fn claims() -> Value {
    json!({ "sub": "ann", "role": "admin", "exp": token::now() + 3600 })
}

/// Good claims with one of them replaced, or removed by null.
fn with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[name] = value;
    if claims[name].is_null() {
        claims.as_object_mut().unwrap().remove(name);
    }
    claims
}

fn encoded(part: &Value) -> String {
    URL_SAFE_NO_PAD.encode(part.to_string())
}

/// A token with any header and any signature.
fn assembled(header: &Value, claims: &Value, signature: &str) -> String {
    format!("{}.{}.{signature}", encoded(header), encoded(claims))
}

/// A token whose signature by the shared secret is right, under any header.
fn signed_as(header: &Value, claims: &Value, secret: &[u8]) -> String {
    let signed = format!("{}.{}", encoded(header), encoded(claims));
    let key = EncodingKey::from_secret(secret);
    let signature = jsonwebtoken::crypto::sign(signed.as_bytes(), &key, Algorithm::HS256).unwrap();
    format!("{signed}.{signature}")
}

fn rs256(claims: &Value, kid: Option<&str>) -> String {
    let mut header = Header::new(Algorithm::RS256);
    header.kid = kid.map(str::to_owned);
    let key = EncodingKey::from_rsa_pem(PRIVATE_KEY).unwrap();
    jsonwebtoken::encode(&header, claims, &key).unwrap()
}

async fn assert_refused(server: &Server, what: &str, token: &str) {
    let forger = server.client("ann").with_token(token);
    let answer = forger.get("/api/threads").await;
    assert_eq!(answer.status, 401, "{what}: {}", answer.text());
    let problem = answer.expect_problem(401, "unauthenticated");
    assert!(!problem.to_string().contains(token::SECRET), "{problem}");
}

async fn a_token_of_the_shared_secret_is_not_forged(database: Database) {
    let server = Server::start(database).await;
    let secret = token::SECRET.as_bytes();
    let good = token::hs256(&claims(), secret);
    server
        .client("ann")
        .with_token(&good)
        .get("/api/threads")
        .await
        .expect(200);

    let mut parts = good.split('.');
    let (header, body) = (parts.next().unwrap(), parts.next().unwrap());
    let signature = parts.next().unwrap();
    let other = encoded(&with("sub", "bob".into()));
    let mut forged = vec![
        ("no signature", format!("{header}.{body}.")),
        ("half a token", format!("{header}.{body}")),
        ("another's claims", format!("{header}.{other}.{signature}")),
        (
            "a cut signature",
            format!("{header}.{body}.{}", &signature[1..]),
        ),
        (
            "another secret",
            token::hs256(&claims(), b"some other secret of more than 32 bytes"),
        ),
        ("an empty secret", token::hs256(&claims(), b"")),
    ];
    for name in ["none", "None", "NONE", "nOnE", ""] {
        let header = json!({ "alg": name, "typ": "JWT" });
        forged.push(("alg none", assembled(&header, &claims(), "")));
        forged.push(("alg none, signed", signed_as(&header, &claims(), secret)));
    }
    for name in ["HS384", "HS512", "RS256", "ES256", "hs256"] {
        let header = json!({ "alg": name });
        forged.push((
            "another algorithm's name",
            signed_as(&header, &claims(), secret),
        ));
    }
    let traversal = json!({ "alg": "HS256", "kid": "../../../dev/null" });
    forged.push(("a path as key id", signed_as(&traversal, &claims(), b"")));
    let own_key = json!({ "alg": "HS256", "jwk": { "kty": "oct", "k": "c2VjcmV0" } });
    forged.push((
        "a key of its own",
        signed_as(&own_key, &claims(), b"secret"),
    ));
    forged.push((
        "an endless token",
        format!("{header}.{}.{signature}", "x".repeat(30_000)),
    ));
    for (what, token) in forged {
        assert_refused(&server, what, &token).await;
    }
    server
        .client("ann")
        .with_token(&good)
        .get("/api/threads")
        .await
        .expect(200);
}

async fn a_tokens_claims_are_checked(database: Database) {
    let server = Server::start(database).await;
    let secret = token::SECRET.as_bytes();
    let now = token::now();
    for (what, token) in [
        (
            "expired",
            token::hs256(&with("exp", (now - 3600).into()), secret),
        ),
        (
            "without exp",
            token::hs256(&with("exp", Value::Null), secret),
        ),
        (
            "exp as text",
            token::hs256(&with("exp", "9999999999".into()), secret),
        ),
        (
            "a negative exp",
            token::hs256(&with("exp", (-1).into()), secret),
        ),
        (
            "not yet valid",
            token::hs256(&with("nbf", (now + 3600).into()), secret),
        ),
        (
            "without sub",
            token::hs256(&with("sub", Value::Null), secret),
        ),
        (
            "sub that is no user id",
            token::hs256(&with("sub", "a b".into()), secret),
        ),
        (
            "sub of another type",
            token::hs256(&with("sub", 7.into()), secret),
        ),
        (
            "without role",
            token::hs256(&with("role", Value::Null), secret),
        ),
        (
            "an unknown role",
            token::hs256(&with("role", "king".into()), secret),
        ),
        (
            "claims that are no object",
            token::hs256(&json!("ann"), secret),
        ),
    ] {
        assert_refused(&server, what, &token).await;
    }
}

async fn a_token_of_a_key_file_is_not_forged(database: Database) {
    let key = json!({
        "kty": "RSA", "kid": "k1", "alg": "RS256", "use": "sig", "n": MODULUS, "e": "AQAB",
    });
    let file = database.file("keys.json", &json!({ "keys": [key] }).to_string());
    let settings = [
        ("JWT_JWKS_FILE", file.to_str().unwrap()),
        ("JWT_SECRET", ""),
    ];
    let server = Server::start_with(database, &settings).await;
    let good = rs256(&claims(), Some("k1"));
    server
        .client("ann")
        .with_token(&good)
        .get("/api/threads")
        .await
        .expect(200);

    let hs = json!({ "alg": "HS256", "typ": "JWT", "kid": "k1" });
    let plain = json!({ "alg": "HS256", "typ": "JWT" });
    let modulus = URL_SAFE_NO_PAD.decode(MODULUS).unwrap();
    let keys: [(&str, &[u8]); 5] = [
        ("HS256 with the public key", PUBLIC_KEY.as_bytes()),
        (
            "HS256 with the public key, trimmed",
            PUBLIC_KEY.trim().as_bytes(),
        ),
        ("HS256 with the modulus", &modulus),
        ("HS256 with the modulus as text", MODULUS.as_bytes()),
        (
            "HS256 with the secret that is not set",
            token::SECRET.as_bytes(),
        ),
    ];
    for (what, key) in keys {
        assert_refused(&server, what, &signed_as(&hs, &claims(), key)).await;
        assert_refused(&server, what, &signed_as(&plain, &claims(), key)).await;
    }
    let now = token::now();
    for (what, token) in [
        ("an unknown key", rs256(&claims(), Some("k2"))),
        (
            "expired",
            rs256(&with("exp", (now - 3600).into()), Some("k1")),
        ),
        ("without exp", rs256(&with("exp", Value::Null), Some("k1"))),
        (
            "none",
            assembled(&json!({ "alg": "none", "kid": "k1" }), &claims(), ""),
        ),
        (
            "another algorithm",
            good.replacen(
                good.split('.').next().unwrap(),
                &encoded(&json!({ "alg": "RS512", "kid": "k1" })),
                1,
            ),
        ),
    ] {
        assert_refused(&server, what, &token).await;
    }
}

async fn issuer_and_audience_are_checked_when_configured(database: Database) {
    let settings = [
        ("JWT_ISSUER", "https://id.example"),
        ("JWT_AUDIENCE", "messaging"),
    ];
    let server = Server::start_with(database, &settings).await;
    let secret = token::SECRET.as_bytes();
    let claims = |iss: Value, aud: Value| {
        let mut claims = with("iss", iss);
        claims["aud"] = aud;
        if claims["aud"].is_null() {
            claims.as_object_mut().unwrap().remove("aud");
        }
        token::hs256(&claims, secret)
    };
    let iss = || json!("https://id.example");
    for aud in [json!("messaging"), json!(["other", "messaging"])] {
        let good = server.client("ann").with_token(claims(iss(), aud));
        good.get("/api/threads").await.expect(200);
    }
    for (what, iss, aud) in [
        ("another audience", iss(), json!("billing")),
        ("other audiences", iss(), json!(["billing", "mail"])),
        ("no audience", iss(), Value::Null),
        (
            "another issuer",
            json!("https://evil.example"),
            json!("messaging"),
        ),
        ("no issuer", Value::Null, json!("messaging")),
    ] {
        assert_refused(&server, what, &claims(iss, aud)).await;
    }
}

async fn what_is_no_bearer_token_is_no_token(database: Database) {
    let server = Server::start(database).await;
    let ann = server.client("ann");
    for header in [
        "",
        "Bearer",
        "Bearer ",
        "Basic YW5uOmFubg==",
        &ann.token,
        &format!("Token {}", ann.token),
        &format!("Bearer {0} {0}", ann.token),
        "Bearer \u{e9}",
    ] {
        let mut wish = crate::support::wish(
            server.address(),
            http::Method::GET,
            "/api/threads",
            None,
            None,
        );
        let value = http::HeaderValue::from_bytes(header.as_bytes()).unwrap();
        wish.headers_mut().insert("authorization", value);
        let answer = crate::support::request(server.address(), wish).await;
        answer.expect_problem(401, "unauthenticated");
    }
    let in_address = format!("/api/threads?token={0}&access_token={0}", ann.token);
    let path = crate::support::anonymous(server.address(), http::Method::GET, &in_address, None);
    path.await.expect_problem(401, "unauthenticated");
}
