//! Running the network, through `ort`: with tract, which is part of the program, or with the
//! machine's ONNX Runtime, which is faster.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use ort::environment::Environment;
use ort::session::Session;
use ort::session::builder::GraphOptimizationLevel;
use ort::value::Tensor;

use super::manifest::{Manifest, ManifestError};
use super::tokens::{Tokens, TokensError};
use super::{Logits, shipped};
use crate::context::Context;

/// The network's input and output.
const INPUT: &str = "input_ids";
const OUTPUT: &str = "logits";

/// Why a model cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// One of its files is not what it should be.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// Its tokenizer cannot be used, or did not take a text.
    #[error(transparent)]
    Tokens(#[from] TokensError),
    /// One of its files cannot be read.
    #[error("cannot read the model's {}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The program was built without the backend.
    #[error("this program was built without {0}")]
    NotBuilt(&'static str),
    /// No ONNX Runtime at the path given, or none that can be used.
    #[error("cannot use the ONNX Runtime {}: {reason}", library.display())]
    Library {
        /// The path given.
        library: PathBuf,
        /// Why.
        reason: String,
    },
    /// Another backend was chosen before: a process has one.
    #[error("this process runs its models with {chosen} already")]
    Chosen {
        /// The backend chosen first.
        chosen: String,
    },
    /// The backend failed.
    #[error("the model cannot be run: {0}")]
    Run(String),
}

fn run_error(error: impl std::fmt::Display) -> ModelError {
    ModelError::Run(error.to_string())
}

/// What runs the network.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Backend {
    /// tract, which is part of the program: nothing has to be installed.
    Embedded,
    /// The ONNX Runtime library at this path, version 1.24 or newer.
    Native(PathBuf),
}

impl Backend {
    /// The library that the environment variable `ORT_DYLIB_PATH` names, else the embedded one.
    pub fn from_env() -> Self {
        match std::env::var_os("ORT_DYLIB_PATH").filter(|path| !path.is_empty()) {
            Some(path) => Self::Native(path.into()),
            None => Self::Embedded,
        }
    }
}

/// `ort` has one backend a process: the first one chosen.
static CHOSEN: OnceLock<(Backend, String)> = OnceLock::new();
static CHOOSING: Mutex<()> = Mutex::new(());

/// Makes `backend` the process's, and says what it is called.
fn choose(backend: &Backend) -> Result<String, ModelError> {
    let _one_at_a_time = CHOOSING.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((chosen, name)) = CHOSEN.get() {
        return if chosen == backend {
            Ok(name.clone())
        } else {
            Err(ModelError::Chosen {
                chosen: name.clone(),
            })
        };
    }
    let name = match backend {
        Backend::Embedded => embedded()?,
        Backend::Native(library) => native(library)?,
    };
    let _ = CHOSEN.set((backend.clone(), name.clone()));
    Ok(name)
}

#[cfg(feature = "tract")]
fn embedded() -> Result<String, ModelError> {
    if ort::set_api(ort_tract::api()) {
        Ok("tract".to_owned())
    } else {
        Err(ModelError::Chosen {
            chosen: "a backend that the host program chose".to_owned(),
        })
    }
}

#[cfg(not(feature = "tract"))]
fn embedded() -> Result<String, ModelError> {
    Err(ModelError::NotBuilt(
        "its embedded backend (the feature `tract`)",
    ))
}

#[cfg(feature = "native")]
#[expect(
    unsafe_code,
    reason = "a library of the operator's choice is loaded and asked for its API"
)]
fn native(library: &Path) -> Result<String, ModelError> {
    let unusable = |reason: String| ModelError::Library {
        library: library.to_owned(),
        reason,
    };
    // SAFETY: loading runs the library's initialisers; the operator names the library.
    let loaded = unsafe { libloading::Library::new(library) }
        .map_err(|error| unusable(format!("it cannot be loaded ({error})")))?;
    // SAFETY: every ONNX Runtime exports this function with this signature.
    let base = unsafe {
        loaded.get::<unsafe extern "C" fn() -> *const ort::sys::OrtApiBase>(b"OrtGetApiBase")
    }
    .map(|base| unsafe { base() })
    .map_err(|_| unusable("it is no ONNX Runtime: it exports no OrtGetApiBase".to_owned()))?;
    if base.is_null() {
        return Err(unusable("it gives no API".to_owned()));
    }
    // SAFETY: the base is not null, and its strings live as long as the library.
    let version = unsafe { std::ffi::CStr::from_ptr(((*base).GetVersionString)()) }
        .to_string_lossy()
        .into_owned();
    // SAFETY: as above; the API is null when the library does not have this version of it.
    let api = unsafe { ((*base).GetApi)(ort::sys::ORT_API_VERSION) };
    if api.is_null() {
        return Err(unusable(format!(
            "version {version} is too old, 1.{} or newer is needed",
            ort::sys::ORT_API_VERSION
        )));
    }
    // The library stays loaded as long as the process lives: its functions are in use.
    std::mem::forget(loaded);
    // SAFETY: the API is not null; it is a table of functions that may be copied.
    if ort::set_api(unsafe { std::ptr::read(api) }) {
        Ok(format!("onnxruntime {version}"))
    } else {
        Err(ModelError::Chosen {
            chosen: "a backend that the host program chose".to_owned(),
        })
    }
}

#[cfg(not(feature = "native"))]
fn native(_: &Path) -> Result<String, ModelError> {
    Err(ModelError::NotBuilt(
        "the native backend (the feature `native`)",
    ))
}

/// A model that is ready to judge.
#[derive(Debug)]
pub struct Model {
    manifest: Manifest,
    tokens: Tokens,
    backend: String,
    /// A session runs one text at a time: each thread that judges finds one of its own.
    sessions: Vec<Mutex<Session>>,
    next: AtomicUsize,
}

impl Model {
    /// The model that ships with this crate, for `sessions` texts at a time (one at least).
    ///
    /// # Errors
    ///
    /// [`ModelError`], when the backend cannot be used.
    pub fn shipped(backend: &Backend, sessions: usize) -> Result<Self, ModelError> {
        Self::new(
            shipped::MANIFEST,
            shipped::TOKENIZER,
            shipped::NETWORK,
            backend,
            sessions,
        )
    }

    /// The model in `folder`, for `sessions` texts at a time (one at least).
    ///
    /// # Errors
    ///
    /// [`ModelError`], when a file is missing or damaged, or the backend cannot be used.
    pub fn load(folder: &Path, backend: &Backend, sessions: usize) -> Result<Self, ModelError> {
        let read = |name: &str| {
            let file = folder.join(name);
            std::fs::read(&file).map_err(|source| ModelError::File { file, source })
        };
        let manifest = read("model.toml")?;
        let manifest = std::str::from_utf8(&manifest)
            .map_err(|_| ManifestError::Malformed("it is no text".to_owned()))?;
        Self::new(
            manifest,
            &read("tokenizer.json")?,
            &read("model.onnx")?,
            backend,
            sessions,
        )
    }

    fn new(
        manifest: &str,
        tokenizer: &[u8],
        network: &[u8],
        backend: &Backend,
        sessions: usize,
    ) -> Result<Self, ModelError> {
        let manifest = Manifest::parse(manifest)?;
        let tokens = Tokens::new(&manifest, tokenizer)?;
        manifest.check_network(network)?;
        let backend = choose(backend)?;
        let environment = ort::init().build().map_err(run_error)?;
        let sessions = (0..sessions.max(1))
            .map(|_| open(&environment, network).map(Mutex::new))
            .collect::<Result<Vec<_>, _>>()?;
        let model = Self {
            manifest,
            tokens,
            backend,
            sessions,
            next: AtomicUsize::new(0),
        };
        model.warm_up()?;
        Ok(model)
    }

    /// Its manifest.
    pub const fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// What runs it: `tract`, or `onnxruntime` and its version.
    pub fn backend(&self) -> &str {
        &self.backend
    }

    /// The windows of a [`View`](crate::View)'s plain text.
    ///
    /// # Errors
    ///
    /// [`ModelError::Tokens`].
    pub fn windows(&self, text: &str, context: Context) -> Result<Vec<Vec<i64>>, ModelError> {
        Ok(self.tokens.windows(text, context)?)
    }

    /// Runs the network on one window.
    ///
    /// # Errors
    ///
    /// [`ModelError::Run`].
    pub fn logits(&self, window: Vec<i64>) -> Result<Logits, ModelError> {
        let length = window.len();
        let ids = Tensor::from_array(([1, length], window)).map_err(run_error)?;
        let turn = self.next.fetch_add(1, Ordering::Relaxed) % self.sessions.len();
        let free = self
            .sessions
            .iter()
            .find_map(|session| session.try_lock().ok());
        let mut session = free.unwrap_or_else(|| {
            self.sessions[turn]
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
        });
        let outputs = session.run(ort::inputs![INPUT => ids]).map_err(run_error)?;
        let output = outputs
            .get(OUTPUT)
            .ok_or_else(|| run_error("it gives no `logits`"))?;
        let (_, logits) = output.try_extract_tensor::<f32>().map_err(run_error)?;
        logits
            .try_into()
            .map_err(|_| run_error(format!("it gives {} logits", logits.len())))
    }

    /// The first run of a session is the slowest: it is not a sender's.
    fn warm_up(&self) -> Result<(), ModelError> {
        for session in &self.sessions {
            let windows = self.windows("warming up", Context::default())?;
            for window in windows {
                let ids = Tensor::from_array(([1, window.len()], window)).map_err(run_error)?;
                let mut session = session.lock().unwrap_or_else(PoisonError::into_inner);
                session.run(ort::inputs![INPUT => ids]).map_err(run_error)?;
            }
        }
        Ok(())
    }
}

fn open(environment: &Environment, network: &[u8]) -> Result<Session, ModelError> {
    Session::builder(environment)
        .map_err(run_error)?
        .with_optimization_level(GraphOptimizationLevel::Level3)
        .map_err(run_error)?
        .with_intra_threads(1)
        .map_err(run_error)?
        .commit_from_memory(network)
        .map_err(run_error)
}
