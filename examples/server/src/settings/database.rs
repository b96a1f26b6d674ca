//! Where everything is stored.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use super::{
    Secret,
    value::{given, parse_port, percent_encode},
};

/// Where everything is stored.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Database")]
pub(crate) struct Database {
    /// `postgres://user:password@host/name` or `sqlite://file?mode=rwc`. Without it and the
    /// settings below: an SQLite file in the data folder.
    #[arg(
        id = "DATABASE_URL",
        long = "database-url",
        env = "DATABASE_URL",
        hide_env_values = true
    )]
    url: Option<Secret>,
    #[command(flatten)]
    postgres: Postgres,
    /// The folder for what the server keeps in files.
    #[arg(
        long,
        env = "MESSAGING_DATA_DIR",
        value_name = "MESSAGING_DATA_DIR",
        default_value = "./data"
    )]
    data_dir: PathBuf,
}

/// A PostgreSQL server, in parts.
#[derive(Debug, Clone, Default, clap::Args)]
struct Postgres {
    /// A PostgreSQL server's host, in place of a URL.
    #[arg(
        id = "DATABASE_POSTGRES_HOST",
        long = "database-postgres-host",
        env = "DATABASE_POSTGRES_HOST"
    )]
    host: Option<String>,
    /// Its port.
    #[arg(
        id = "DATABASE_POSTGRES_PORT",
        long = "database-postgres-port",
        env = "DATABASE_POSTGRES_PORT",
        default_value_t = 5432,
        value_parser = parse_port
    )]
    port: u16,
    /// Who logs in there.
    #[arg(
        id = "DATABASE_POSTGRES_USER",
        long = "database-postgres-user",
        env = "DATABASE_POSTGRES_USER",
        default_value = "postgres"
    )]
    user: String,
    /// The password.
    #[arg(
        id = "DATABASE_POSTGRES_PASSWORD",
        long = "database-postgres-password",
        env = "DATABASE_POSTGRES_PASSWORD",
        hide_env_values = true
    )]
    password: Option<Secret>,
    /// The database's name.
    #[arg(
        id = "DATABASE_POSTGRES_NAME",
        long = "database-postgres-name",
        env = "DATABASE_POSTGRES_NAME",
        default_value = "messaging"
    )]
    name: String,
}

impl Database {
    /// The SQLite file of a data folder.
    pub(crate) fn sqlite_in(data_dir: PathBuf) -> Self {
        Self {
            data_dir,
            ..Self::default()
        }
    }

    /// The URL to connect to. Makes the data folder when the database is a file in it.
    pub(crate) fn url(&self) -> Result<Secret> {
        if let Some(url) = given(self.url.as_ref()) {
            return check_url(url);
        }
        if let Some(url) = self.postgres.url() {
            return Ok(url);
        }
        if given(self.postgres.password.as_ref()).is_some() {
            bail!("DATABASE_POSTGRES_PASSWORD is set, but DATABASE_POSTGRES_HOST is not");
        }
        self.sqlite_url()
    }

    fn sqlite_url(&self) -> Result<Secret> {
        let dir = &self.data_dir;
        std::fs::create_dir_all(dir)
            .with_context(|| format!("MESSAGING_DATA_DIR: cannot make {}", dir.display()))?;
        let file = dir.join("messaging.db");
        let file = file.to_str().context("MESSAGING_DATA_DIR must be UTF-8")?;
        let file = percent_encode(file, b"/");
        Ok(Secret::new(format!("sqlite://{file}?mode=rwc")))
    }
}

impl Postgres {
    /// The parts as a URL, when a host is given.
    fn url(&self) -> Option<Secret> {
        let host = self.host.as_deref().filter(|host| !host.is_empty())?;
        let user = percent_encode(&self.user, b"");
        let password = given(self.password.as_ref())
            .map(|password| format!(":{}", percent_encode(password, b"")))
            .unwrap_or_default();
        // An IPv6 address stands in brackets; a path of a socket's folder is encoded.
        let host = if host.contains(':') && !host.starts_with('[') {
            format!("[{host}]")
        } else {
            percent_encode(host, b"[]:")
        };
        let name = percent_encode(&self.name, b"");
        let port = self.port;
        Some(Secret::new(format!(
            "postgres://{user}{password}@{host}:{port}/{name}"
        )))
    }
}

fn check_url(url: &str) -> Result<Secret> {
    let scheme = url.split(':').next().unwrap_or_default();
    match scheme {
        "postgres" | "postgresql" | "sqlite" => Ok(Secret::new(url)),
        // The value itself is not shown: it may hold a password.
        _ => bail!("DATABASE_URL must begin with postgres://, postgresql:// or sqlite:"),
    }
}

/// A database's URL as it may be shown: without its password and parameters.
pub(crate) fn shown(url: &Secret) -> String {
    let url = url.expose().split('?').next().unwrap_or_default();
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    // The host begins after the last `@`: a password may hold one that was not encoded.
    match rest.rsplit_once('@') {
        Some((login, place)) => {
            let user = login.split(':').next().unwrap_or_default();
            format!("{scheme}://{user}@{place}")
        }
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Cli {
        #[command(flatten)]
        database: Database,
    }

    fn url(args: &[&str]) -> Result<Secret> {
        let args = std::iter::once("test").chain(args.iter().copied());
        Cli::try_parse_from(args)?.database.url()
    }

    #[test]
    fn parts_make_a_url_whatever_characters_they_hold() {
        let args = [
            "--database-postgres-host=db",
            "--database-postgres-user=chat",
            "--database-postgres-password=a:b/c@d",
        ];
        let url = url(&args).unwrap();
        assert_eq!(
            url.expose(),
            "postgres://chat:a%3Ab%2Fc%40d@db:5432/messaging"
        );
        assert_eq!(shown(&url), "postgres://chat@db:5432/messaging");
    }

    #[test]
    fn a_url_of_another_database_is_refused_without_showing_it() {
        let error = url(&["--database-url=mysql://root:hunter2@db/x"]).unwrap_err();
        let text = format!("{error:#}");
        assert!(text.contains("DATABASE_URL"), "{text}");
        assert!(!text.contains("hunter2"), "{text}");
    }

    #[test]
    fn passwords_are_left_out_of_what_is_shown() {
        for url in [
            "postgres://u:hunter2@h/db",
            "postgres://u:hunt@er2@h/db",
            "postgres://u@h/db?password=hunter2",
        ] {
            assert_eq!(shown(&Secret::new(url)), "postgres://u@h/db");
        }
        assert_eq!(
            shown(&Secret::new("sqlite://a.db?mode=rwc")),
            "sqlite://a.db"
        );
    }
}
