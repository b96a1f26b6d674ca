//! The same for JavaScript: what fails throws an `Error` that says why.

use js_sys::{Array, BigInt64Array, JSON};
use messaging_moderation::{Audience, Context, Surface};
use serde::Deserialize as _;
use serde::de::IntoDeserializer as _;
use serde::de::value::{Error as NameError, StrDeserializer};
use wasm_bindgen::prelude::*;

use crate::judge::{Judge, Prepared};

/// [`Judge`], for JavaScript.
#[wasm_bindgen(js_name = Judge)]
#[derive(Debug)]
pub struct JsJudge(Judge);

/// [`Prepared`], for JavaScript, which must `free()` it.
#[wasm_bindgen(js_name = Prepared)]
#[derive(Debug)]
pub struct JsPrepared(Prepared);

#[wasm_bindgen(js_class = Judge)]
impl JsJudge {
    /// See [`Judge::new`].
    #[wasm_bindgen(constructor)]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "what comes from JavaScript is owned"
    )]
    pub fn new(manifest: &str, tokenizer: &[u8], policy: Option<String>) -> Result<Self, JsError> {
        Ok(Self(Judge::new(manifest, tokenizer, policy.as_deref())?))
    }

    /// See [`Judge::model_id`].
    #[wasm_bindgen(getter)]
    pub fn model(&self) -> String {
        self.0.model_id()
    }

    /// See [`Judge::check_network`].
    #[wasm_bindgen(js_name = checkNetwork)]
    pub fn check_network(&self, bytes: &[u8]) -> Result<(), JsError> {
        Ok(self.0.check_network(bytes)?)
    }

    /// See [`Judge::prepare`]; `audience` and `surface` are the names that the server takes.
    pub fn prepare(
        &self,
        text: &str,
        audience: &str,
        surface: &str,
    ) -> Result<JsPrepared, JsError> {
        let audience: StrDeserializer<'_, NameError> = audience.into_deserializer();
        let surface: StrDeserializer<'_, NameError> = surface.into_deserializer();
        let context = Context::new(
            Audience::deserialize(audience)?,
            Surface::deserialize(surface)?,
        );
        Ok(JsPrepared(self.0.prepare(text, context)?))
    }

    /// See [`Judge::decide`]: the verdict as an object, the same as the server's JSON.
    pub fn decide(&self, prepared: &JsPrepared, logits: &[f32]) -> Result<JsValue, JsError> {
        let verdict = self.0.decide(&prepared.0, logits)?;
        let json = serde_json::to_string(&verdict)?;
        JSON::parse(&json).map_err(|_| JsError::new("the verdict is no JSON"))
    }
}

#[wasm_bindgen(js_class = Prepared)]
impl JsPrepared {
    /// See [`Prepared::windows`]: an array of `BigInt64Array`.
    #[wasm_bindgen(getter)]
    pub fn windows(&self) -> Array {
        self.0
            .windows()
            .iter()
            .map(|window| BigInt64Array::from(&window[..]))
            .collect()
    }
}
