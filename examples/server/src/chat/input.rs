//! What the user types: keys on a terminal, so that typing can be told to the other; otherwise
//! lines.

use std::{
    io::{self, BufRead, IsTerminal, Read},
    process::{Command, Stdio},
    thread,
};

use anyhow::{Context, Result};
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::mpsc,
};

/// What was typed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Typed {
    /// A whole line.
    Line(String),
    /// The line so far.
    Draft(String),
    /// Nothing more will come.
    End,
    /// Enough, whatever is still under way.
    Quit,
}

/// Standard input. It is read on a thread of its own, because reading blocks.
#[derive(Debug)]
pub(super) struct Input {
    typed: mpsc::Receiver<Typed>,
    interrupts: Signal,
    keys: Option<KeyMode>,
}

impl Input {
    pub(super) fn start() -> Result<Self> {
        let (sender, typed) = mpsc::channel(64);
        let interrupts = signal(SignalKind::interrupt())?;
        let terminal = io::stdin().is_terminal() && io::stdout().is_terminal();
        let keys = terminal.then(KeyMode::enter).transpose()?;
        thread::spawn(move || {
            let read = if terminal { read_keys } else { read_lines };
            // An input that fails has ended.
            let _ = read(&sender);
            let _ = sender.blocking_send(Typed::End);
        });
        Ok(Self {
            typed,
            interrupts,
            keys,
        })
    }

    pub(super) fn is_terminal(&self) -> bool {
        self.keys.is_some()
    }

    /// What is typed next. After the end only Ctrl-C can follow.
    pub(super) async fn next(&mut self) -> Typed {
        tokio::select! {
            Some(typed) = self.typed.recv() => typed,
            _ = self.interrupts.recv() => Typed::Quit,
        }
    }
}

fn read_lines(sender: &mpsc::Sender<Typed>) -> io::Result<()> {
    for line in io::stdin().lock().lines() {
        let line = line?;
        if !line.trim().is_empty() && sender.blocking_send(Typed::Line(line)).is_err() {
            break;
        }
    }
    Ok(())
}

fn read_keys(sender: &mpsc::Sender<Typed>) -> io::Result<()> {
    let mut editor = Editor::default();
    for byte in io::stdin().lock().bytes() {
        let typed = match editor.press(byte?) {
            Pressed::Nothing => continue,
            Pressed::Typed(typed) => typed,
            Pressed::End => break,
        };
        if sender.blocking_send(typed).is_err() {
            break;
        }
    }
    Ok(())
}

/// A terminal that hands over each key as it is pressed and draws nothing itself.
#[derive(Debug)]
struct KeyMode;

impl KeyMode {
    fn enter() -> Result<Self> {
        stty(&["-icanon", "-echo", "min", "1"]).context("cannot set up the terminal with stty")?;
        Ok(Self)
    }
}

impl Drop for KeyMode {
    fn drop(&mut self) {
        let _ = stty(&["icanon", "echo"]);
    }
}

fn stty(args: &[&str]) -> io::Result<()> {
    let status = Command::new("stty")
        .args(args)
        .stdin(Stdio::inherit())
        .status()?;
    if status.success() {
        Ok(())
    } else {
        Err(io::Error::other(format!("stty ended with {status}")))
    }
}

/// The line being typed.
#[derive(Debug, Default)]
struct Editor {
    line: Vec<u8>,
    /// Inside the bytes that a cursor or function key sends.
    escape: bool,
}

#[derive(Debug, PartialEq, Eq)]
enum Pressed {
    Nothing,
    Typed(Typed),
    End,
}

impl Editor {
    fn press(&mut self, byte: u8) -> Pressed {
        if self.escape {
            // Such a sequence ends with a letter or a tilde; keys like these do nothing here.
            self.escape = !(byte.is_ascii_alphabetic() || byte == b'~');
            return Pressed::Nothing;
        }
        match byte {
            b'\n' | b'\r' => {
                let line = self.draft();
                self.line.clear();
                if line.trim().is_empty() {
                    return Pressed::Nothing;
                }
                return Pressed::Typed(Typed::Line(line));
            }
            // Ctrl-D.
            0x04 => return Pressed::End,
            0x1b => {
                self.escape = true;
                return Pressed::Nothing;
            }
            0x08 | 0x7f => self.erase(),
            // Ctrl-U.
            0x15 => self.line.clear(),
            0..0x20 => return Pressed::Nothing,
            _ => self.line.push(byte),
        }
        match std::str::from_utf8(&self.line) {
            Ok(draft) => Pressed::Typed(Typed::Draft(draft.to_owned())),
            // In the middle of a character.
            Err(_) => Pressed::Nothing,
        }
    }

    /// Takes off the last character: its first byte is the last that does not continue one.
    fn erase(&mut self) {
        while let Some(byte) = self.line.pop() {
            if byte & 0xc0 != 0x80 {
                break;
            }
        }
    }

    fn draft(&self) -> String {
        String::from_utf8_lossy(&self.line).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press_all(keys: &[u8]) -> (Editor, Vec<Pressed>) {
        let mut editor = Editor::default();
        let pressed = keys.iter().map(|key| editor.press(*key)).collect();
        (editor, pressed)
    }

    #[test]
    fn a_character_of_several_bytes_is_typed_and_erased_as_one() {
        let (mut editor, pressed) = press_all("né".as_bytes());
        assert_eq!(pressed[1], Pressed::Nothing);
        assert_eq!(pressed[2], Pressed::Typed(Typed::Draft("né".into())));
        assert_eq!(editor.press(0x7f), Pressed::Typed(Typed::Draft("n".into())));
    }

    #[test]
    fn cursor_keys_leave_no_trace_in_the_line() {
        let (mut editor, _) = press_all(b"a\x1b[Db");
        assert_eq!(
            editor.press(b'\n'),
            Pressed::Typed(Typed::Line("ab".into()))
        );
        assert_eq!(editor.press(b'\n'), Pressed::Nothing);
        assert_eq!(editor.press(0x04), Pressed::End);
    }
}
