//! Reading a request's body: by type, up to a size, within a time.

use std::{fmt, pin::Pin, time::Duration};

use bytes::{Buf, Bytes, BytesMut};
use futures_util::{Stream, StreamExt, TryStreamExt};
use http::{
    HeaderMap,
    header::{CONTENT_LENGTH, CONTENT_TYPE, EXPECT, TRANSFER_ENCODING},
};
use messaging_core::error::ErrorKind;
use tokio::{runtime::Handle, time::timeout};

use crate::problem::ApiError;

/// How long a body may take to arrive.
const READ_TIMEOUT: Duration = Duration::from_secs(10);
/// How much of an unwanted body is read and thrown away behind its answer.
const MAX_DISCARD: usize = 16 * 1024 * 1024;

type Chunks = Pin<Box<dyn Stream<Item = Result<Bytes, warp::Error>> + Send + Sync>>;

/// A body that has not been read yet.
///
/// What is left of it when it is dropped is read and thrown away, within bounds and beside the
/// answer: a client that is still sending would otherwise meet a reset connection, not the answer.
pub(crate) struct Body {
    chunks: Option<Chunks>,
    /// In lower case and without parameters; `None` when it is not told.
    media_type: Option<String>,
    length: Option<usize>,
    limit: usize,
    is_being_sent: bool,
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body")
            .field("length", &self.length)
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}

impl Body {
    /// The body of the request with these headers; `limit` is the most bytes it may have.
    pub(crate) fn new<S, B>(stream: S, headers: &HeaderMap, limit: usize) -> Self
    where
        S: Stream<Item = Result<B, warp::Error>> + Send + Sync + 'static,
        B: Buf,
    {
        let length = headers.get(CONTENT_LENGTH);
        let length = length.and_then(|value| value.to_str().ok()?.parse().ok());
        let announced =
            headers.contains_key(TRANSFER_ENCODING) || length.is_some_and(|length| length > 0);
        let chunks = stream.map_ok(|mut buffer| buffer.copy_to_bytes(buffer.remaining()));
        Self {
            chunks: Some(Box::pin(chunks)),
            media_type: media_type(headers),
            length,
            limit,
            // A client that asks first (`Expect: 100-continue`) has not begun to send.
            is_being_sent: announced && !headers.contains_key(EXPECT),
        }
    }

    /// The whole of a JSON body; empty when there is none.
    pub(crate) async fn read_json(&mut self) -> Result<Bytes, ApiError> {
        Ok(self.read(&["application/json"]).await?.1)
    }

    /// The whole of a body of one of these types, and of which. One of no stated type is taken for
    /// the first.
    pub(crate) async fn read(
        &mut self,
        types: &[&'static str],
    ) -> Result<(&'static str, Bytes), ApiError> {
        let stated = self.media_type.as_deref().or(types.first().copied());
        let mut taken = types.iter().copied();
        let Some(media_type) = taken.find(|taken| Some(*taken) == stated) else {
            let detail = format!("the body must be {}", types.join(" or "));
            return Err(ApiError::new(ErrorKind::UnsupportedMediaType, detail));
        };
        if self.length.is_some_and(|length| length > self.limit) {
            return Err(self.too_large());
        }
        match timeout(READ_TIMEOUT, self.collect()).await {
            Ok(outcome) => Ok((media_type, outcome?)),
            Err(_) => Err(ApiError::BodyTimeout),
        }
    }

    async fn collect(&mut self) -> Result<Bytes, ApiError> {
        let Some(chunks) = &mut self.chunks else {
            return Ok(Bytes::new());
        };
        let mut whole = BytesMut::new();
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk
                .map_err(|_| ApiError::new(ErrorKind::InvalidRequest, "the body was cut short"))?;
            if whole.len() + chunk.len() > self.limit {
                return Err(self.too_large());
            }
            whole.extend_from_slice(&chunk);
        }
        self.chunks = None;
        Ok(whole.freeze())
    }

    fn too_large(&self) -> ApiError {
        let detail = format!("the body must be at most {} bytes", self.limit);
        ApiError::new(ErrorKind::PayloadTooLarge, detail)
    }
}

impl Drop for Body {
    fn drop(&mut self) {
        if let Some(chunks) = self.chunks.take()
            && self.is_being_sent
            && let Ok(runtime) = Handle::try_current()
        {
            runtime.spawn(timeout(READ_TIMEOUT, discard(chunks)));
        }
    }
}

async fn discard(mut chunks: Chunks) {
    let mut discarded = 0;
    while let Some(Ok(chunk)) = chunks.next().await {
        discarded += chunk.len();
        if discarded > MAX_DISCARD {
            break;
        }
    }
}

/// The body's type, if it is told.
fn media_type(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(CONTENT_TYPE)?.to_str().unwrap_or_default();
    let media_type = value.split(';').next().unwrap_or_default();
    Some(media_type.trim().to_ascii_lowercase())
}
