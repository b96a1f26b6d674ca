//! What the user sees. On a terminal the line being typed stays below whatever arrives.

use std::io::{self, Write};

const DIM: &str = "\x1b[2m";
const BOLD: &str = "\x1b[1m";
const PLAIN: &str = "\x1b[0m";
const CLEAR_LINE: &str = "\r\x1b[2K";

/// Standard output, a line at a time.
#[derive(Debug)]
pub(super) struct Screen {
    terminal: bool,
    draft: String,
}

impl Screen {
    pub(super) fn new(terminal: bool) -> Self {
        Self {
            terminal,
            draft: String::new(),
        }
    }

    /// What someone said.
    pub(super) fn message(&mut self, time: &str, who: &str, text: &str) {
        let line = if self.terminal {
            format!("{DIM}{time}{PLAIN} {BOLD}{who}{PLAIN} {text}")
        } else {
            format!("{time} {who}: {text}")
        };
        self.print(&line);
    }

    /// What happened besides.
    pub(super) fn note(&mut self, text: &str) {
        let line = if self.terminal {
            format!("{DIM}· {text}{PLAIN}")
        } else {
            format!("· {text}")
        };
        self.print(&line);
    }

    /// The line being typed.
    pub(super) fn draft(&mut self, draft: String) {
        self.draft = draft;
        if self.terminal {
            self.redraw(CLEAR_LINE);
        }
    }

    fn print(&mut self, line: &str) {
        if self.terminal {
            self.redraw(&format!("{CLEAR_LINE}{line}\n"));
        } else {
            write(&format!("{line}\n"));
        }
    }

    fn redraw(&self, before: &str) {
        write(&format!("{before}> {}", self.draft));
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        if self.terminal {
            write(CLEAR_LINE);
        }
    }
}

/// A terminal that is gone hears nothing; the input ends with it, and so does the chat.
fn write(text: &str) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes());
    let _ = out.flush();
}
