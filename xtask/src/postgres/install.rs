//! Installs PostgreSQL where that is ours to do, and says how where it is not.

use anyhow::Result;

use crate::apt;

const HOW: &str = "the tests need PostgreSQL 15 or later, and none was found.
Install it, or name a running one (its user must be allowed to create databases):
  Debian, Ubuntu   sudo apt-get install postgresql
  Fedora           sudo dnf install postgresql-server
  macOS            brew install postgresql@17
  anywhere         MESSAGING_TEST_POSTGRES_URL=postgres://user:password@host:5432/postgres";

/// Installs the server with apt where we are root and there is an apt.
pub(super) fn install() -> Result<()> {
    apt::install(&["postgresql"], HOW)
}
