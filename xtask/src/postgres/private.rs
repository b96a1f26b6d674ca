//! A PostgreSQL of our own: fresh data in a temporary folder, a free port, gone at the end.

use std::{
    env, fs, io,
    net::TcpListener,
    os::unix::{fs::chown, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use super::{
    OLDEST,
    probe::{self, Address},
};

/// How long the server may take to answer.
const START: Duration = Duration::from_secs(30);

/// A running server that stops, and whose data goes, when this is dropped.
#[derive(Debug)]
pub(crate) struct PrivateServer {
    url: String,
    bin: PathBuf,
    dir: PathBuf,
    user: Option<User>,
    process: Child,
}

/// Whom the server runs as: PostgreSQL refuses to run as root.
#[derive(Debug, Clone, Copy)]
struct User {
    uid: u32,
    gid: u32,
}

/// The folder with `initdb` and `postgres`, the newest when there are several.
pub(super) fn find_binaries() -> Option<PathBuf> {
    let complete = |dir: &PathBuf| ["initdb", "postgres"].iter().all(|b| dir.join(b).exists());
    let path = env::var_os("PATH").unwrap_or_default();
    let mut installed: Vec<(u32, PathBuf)> = ["/usr/lib/postgresql", "/opt/homebrew/opt"]
        .iter()
        .filter_map(|parent| fs::read_dir(parent).ok())
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let version = name.trim_start_matches("postgresql@").parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .filter(|(version, _)| *version >= OLDEST)
        .collect();
    installed.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    let installed = installed.into_iter().map(|(_, dir)| dir);
    installed.chain(env::split_paths(&path)).find(complete)
}

impl PrivateServer {
    /// Makes fresh data and starts a server on it.
    pub(super) fn start(bin: &Path) -> Result<Self> {
        let user = unprivileged_user()?;
        let dir = env::temp_dir().join(format!("messaging-postgres-{}", std::process::id()));
        fs::create_dir(&dir).with_context(|| format!("cannot make {}", dir.display()))?;
        if let Some(User { uid, gid }) = user {
            chown(&dir, Some(uid), Some(gid)).context("cannot give the folder away")?;
        }
        init(bin, &dir, user)?;
        let port = free_port()?;
        let process = serve(bin, &dir, user, port)?;
        let mut server = Self {
            url: Address::Tcp(port).url("postgres"),
            bin: bin.to_owned(),
            dir,
            user,
            process,
        };
        server.wait(port)?;
        Ok(server)
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    fn wait(&mut self, port: u16) -> Result<()> {
        let deadline = Instant::now() + START;
        while probe::probe(&Address::Tcp(port), "postgres").is_err() {
            if let Some(status) = self.process.try_wait()? {
                let log = fs::read_to_string(self.dir.join("log")).unwrap_or_default();
                bail!("PostgreSQL ended at once ({status}):\n{log}");
            }
            if Instant::now() > deadline {
                bail!("PostgreSQL does not answer after {START:?}");
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }
}

impl Drop for PrivateServer {
    fn drop(&mut self) {
        let mut stop = command(&self.bin, "pg_ctl", &self.dir, self.user);
        stop.args(["stop", "-m", "immediate", "-s", "-D"]);
        stop.arg(self.dir.join("data"));
        if !stop.status().is_ok_and(|status| status.success()) {
            // Without `pg_ctl` the postmaster is killed; its children see that and end too.
            let _ = self.process.kill();
        }
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.dir);
    }
}

fn init(bin: &Path, dir: &Path, user: Option<User>) -> Result<()> {
    let mut command = command(bin, "initdb", dir, user);
    command.args(["--username=postgres", "--auth=trust", "--encoding=UTF8"]);
    command.args(["--locale=C", "--no-sync", "-D"]);
    let output = command.arg(dir.join("data")).output()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("initdb failed ({}):\n{said}", output.status);
    }
    Ok(())
}

fn serve(bin: &Path, dir: &Path, user: Option<User>, port: u16) -> Result<Child> {
    let log = fs::File::create(dir.join("log"))?;
    let mut command = command(bin, "postgres", dir, user);
    command.arg("-D").arg(dir.join("data"));
    // The tests kill our server, never this one: its data need not survive a power cut.
    for setting in [
        format!("port={port}"),
        "listen_addresses=127.0.0.1".to_owned(),
        "unix_socket_directories=".to_owned(),
        "max_connections=400".to_owned(),
        "fsync=off".to_owned(),
    ] {
        command.args(["-c", &setting]);
    }
    let child = command.stdout(log.try_clone()?).stderr(log).spawn();
    child.context("cannot start postgres")
}

/// One of PostgreSQL's programs, in a folder that its user may enter.
fn command(bin: &Path, name: &str, dir: &Path, user: Option<User>) -> Command {
    let mut command = Command::new(bin.join(name));
    command.current_dir(dir).stdin(Stdio::null());
    if let Some(User { uid, gid }) = user {
        command.uid(uid).gid(gid);
    }
    command
}

/// For root, someone else: postgres where there is one, else nobody.
fn unprivileged_user() -> Result<Option<User>> {
    if !crate::apt::is_root() {
        return Ok(None);
    }
    let passwd = fs::read_to_string("/etc/passwd").context("cannot read /etc/passwd")?;
    ["postgres", "nobody"]
        .iter()
        .find_map(|name| find_user(&passwd, name))
        .map(Some)
        .context("PostgreSQL does not run as root, and there is no user postgres or nobody")
}

/// A line is `name:password:uid:gid:…`.
fn find_user(passwd: &str, name: &str) -> Option<User> {
    let line = passwd
        .lines()
        .find(|line| line.split(':').next() == Some(name))?;
    let mut fields = line.split(':').skip(2);
    Some(User {
        uid: fields.next()?.parse().ok()?,
        gid: fields.next()?.parse().ok()?,
    })
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_found_by_its_whole_name() {
        let passwd = "root:x:0:0::/root:/bin/sh\npostgres:x:105:110::/var/lib:/bin/sh\n";
        let user = find_user(passwd, "postgres").unwrap();
        assert_eq!((user.uid, user.gid), (105, 110));
        assert!(find_user(passwd, "post").is_none());
    }
}
