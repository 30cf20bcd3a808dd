//! A database of one session's own on one of the servers, which goes with the session.

use std::fmt::Write as _;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::databases::{MARIADB_URL, POSTGRESQL_URL, program, query, url};
use crate::session::Backend;

/// A database that is dropped with this value.
#[derive(Debug)]
pub struct Database {
    backend: Backend,
    /// The server's own database, from which others are made.
    maintenance: String,
    /// `user@host:port`
    server: String,
    name: String,
}

impl Database {
    /// Makes an empty database on a server; `servers` has the URLs of those that are not in the environment.
    ///
    /// # Errors
    /// There is no such server, or it makes none.
    pub fn create(backend: Backend, servers: &[(String, String)]) -> Result<Self, String> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let variable = match backend {
            Backend::Postgresql => POSTGRESQL_URL,
            Backend::Mariadb => MARIADB_URL,
        };
        let known = servers.iter().find(|(name, _)| name == variable).map(|(_, url)| url.clone());
        let maintenance = known.map_or_else(|| url(variable), Ok)?;
        let (server, _) = maintenance
            .split_once("://")
            .and_then(|(_, rest)| rest.split_once('/'))
            .ok_or_else(|| format!("no URL of a server: {maintenance}"))?;
        let server = server.to_owned();
        let name = format!("limbeck_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        query(&maintenance, &format!("CREATE DATABASE {name}"))?;
        Ok(Self { backend, maintenance, server, name })
    }

    /// Gives `user@host:port/name`, which a dialect and `://` make a URL of.
    #[must_use]
    pub fn address(&self) -> String {
        format!("{}/{}", self.server, self.name)
    }

    /// Gives the URL that the server's own client takes.
    #[must_use]
    pub fn url(&self) -> String {
        let scheme = match self.backend {
            Backend::Postgresql => "postgresql",
            Backend::Mariadb => "mariadb",
        };
        format!("{scheme}://{}", self.address())
    }

    /// Gives what of the address varies from run to run, with what stands for it in records.
    #[must_use]
    pub fn replacements(&self) -> Vec<(String, String)> {
        let mut replacements = vec![(self.address(), crate::session::SERVER.to_owned())];
        replacements.push((self.name.clone(), "<database>".to_owned()));
        if let Some((_, port)) = self.server.rsplit_once(':') {
            replacements.push((format!("port {port}"), "port <port>".to_owned()));
            replacements.push((format!(":{port}"), ":<port>".to_owned()));
        }
        replacements
    }

    /// Runs statements with the server's own client, stopping at the first error; gives what it prints.
    ///
    /// # Errors
    /// A statement fails.
    pub fn run(&self, statements: &str) -> Result<String, String> {
        query(&self.url(), statements)
    }

    /// Dumps schema and rows with the server's own program, without what changes between versions and runs.
    ///
    /// # Errors
    /// The program is not there, or fails.
    pub fn dump(&self) -> Result<String, String> {
        let mut command = match self.backend {
            Backend::Postgresql => {
                let mut command = Command::new(program("pg_dump")?);
                command.args(["--inserts", "--no-owner", &self.url()]);
                command
            }
            Backend::Mariadb => {
                let mut command = Command::new(program("mariadb-dump")?);
                let (user, address) = self.server.split_once('@').unwrap_or(("root", &self.server));
                let (host, port) = address.split_once(':').unwrap_or((address, "3306"));
                command.args(["--no-defaults", "--host", host, "--port", port, "--user", user]);
                command.args(["--compact", "--routines", "--skip-extended-insert", "--order-by-primary"]);
                command.arg(&self.name);
                command
            }
        };
        let output = command.output().map_err(|error| format!("cannot start {command:?}: {error}"))?;
        if !output.status.success() {
            return Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr)));
        }
        let mut dump = String::new();
        for line in String::from_utf8_lossy(&output.stdout).lines() {
            // comments, the settings of the session that reads the dump, and marks of the program itself
            let is_noise = ["--", "SET ", "SELECT pg_catalog.set_config(", "\\", "/*!", "/*M!"]
                .iter()
                .any(|start| line.starts_with(start));
            if !is_noise && !line.is_empty() {
                let _ = writeln!(dump, "{line}");
            }
        }
        Ok(if dump.is_empty() { "nothing\n".to_owned() } else { dump })
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let force = match self.backend {
            Backend::Postgresql => " WITH (FORCE)",
            Backend::Mariadb => "",
        };
        // The server of a test run goes as well.
        let _ = query(&self.maintenance, &format!("DROP DATABASE {}{force}", self.name));
    }
}
