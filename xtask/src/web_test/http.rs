//! A server of files on this machine alone, that also takes the page's answer.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

use anyhow::{Context, Result, anyhow};

/// Longer than any answer of the page.
const LARGEST_ANSWER: u64 = 256 << 20;

/// A server that runs until the program ends.
#[derive(Debug)]
pub(super) struct Server {
    address: SocketAddr,
    answers: mpsc::Receiver<Vec<u8>>,
}

#[derive(Debug)]
struct Site {
    /// Folders, by the beginning of the paths that they serve.
    folders: Vec<(&'static str, PathBuf)>,
    /// What `/work.json` is.
    work: Vec<u8>,
    answers: mpsc::Sender<Vec<u8>>,
}

/// Serves `folders`, and `work` as `/work.json`, on any free port.
pub(super) fn serve(folders: Vec<(&'static str, PathBuf)>, work: Vec<u8>) -> Result<Server> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let address = listener.local_addr()?;
    let (sender, answers) = mpsc::channel();
    let site = Arc::new(Site {
        folders,
        work,
        answers: sender,
    });
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let site = Arc::clone(&site);
            thread::spawn(move || {
                if let Err(error) = site.serve(&stream) {
                    eprintln!("web-test's server: {error:#}");
                }
            });
        }
    });
    Ok(Server { address, answers })
}

impl Server {
    /// `path`, as a browser asks for it.
    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What the page sends to `/answer` when it is done.
    pub(super) fn answer(&self, patience: Duration) -> Result<Vec<u8>> {
        self.answers
            .recv_timeout(patience)
            .map_err(|_| anyhow!("the page has not answered within {patience:?}"))
    }
}

impl Site {
    fn serve(&self, stream: &TcpStream) -> Result<()> {
        let mut reader = BufReader::new(stream);
        let mut request = String::new();
        if reader.read_line(&mut request)? == 0 {
            // A browser opens connections that it may need later.
            return Ok(());
        }
        let mut length = 0;
        loop {
            let mut header = String::new();
            reader.read_line(&mut header)?;
            let Some((name, value)) = header.split_once(':') else {
                break;
            };
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse().context("content-length")?;
            }
        }
        let mut words = request.split(' ');
        let (method, path) = (words.next(), words.next().unwrap_or_default());
        if method == Some("POST") {
            let mut body = Vec::new();
            reader
                .take(LARGEST_ANSWER.min(length))
                .read_to_end(&mut body)?;
            self.answers.send(body).ok();
            return reply(stream, "200 OK", "text/plain", b"");
        }
        match self.find(path) {
            Some(bytes) => reply(stream, "200 OK", media_type(path), &bytes),
            None => reply(stream, "404 Not Found", "text/plain", b"not found"),
        }
    }

    fn find(&self, path: &str) -> Option<Vec<u8>> {
        if path == "/work.json" {
            return Some(self.work.clone());
        }
        let (file, folder) = self
            .folders
            .iter()
            .find_map(|(prefix, folder)| Some((path.strip_prefix(prefix)?, folder)))?;
        let inside = !file.split('/').any(|part| part == "..");
        inside.then(|| fs::read(folder.join(file)).ok()).flatten()
    }
}

fn reply(mut stream: &TcpStream, status: &str, media_type: &str, body: &[u8]) -> Result<()> {
    write!(
        stream,
        "HTTP/1.1 {status}\r\ncontent-type: {media_type}\r\ncontent-length: {}\r\n\
         connection: close\r\n\r\n",
        body.len()
    )?;
    stream.write_all(body)?;
    Ok(())
}

fn media_type(path: &str) -> &'static str {
    let extension = Path::new(path).extension().and_then(|name| name.to_str());
    match extension {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript",
        Some("json") => "application/json",
        Some("wasm") => "application/wasm",
        _ => "application/octet-stream",
    }
}
