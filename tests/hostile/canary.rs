//! What must be alive, unread and unvisited after every entry.

use crate::user::User;
use std::io;
use std::net::TcpListener;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{SocketAddr, UnixListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::{Mutex, PoisonError};

use crate::kin::Kin;

/// A process, listeners and a secret outside every sandbox.
pub(crate) struct Canaries {
    process: Mutex<Child>,
    tcp: TcpListener,
    unix: UnixListener,
    hidden: UnixListener,
    /// Where the local socket is.
    pub(crate) socket: PathBuf,
    /// Its port.
    pub(crate) port: u16,
    /// A text that must never appear anywhere.
    pub(crate) secret: String,
}

impl Canaries {
    /// Sets them up; `word` is a word of this run.
    pub(crate) fn hatch(
        base: &Path,
        user: Option<&User>,
        kin: &Kin,
        word: u64,
    ) -> io::Result<Self> {
        let sleep = Path::new("sleep");
        let mut command = user.map_or_else(|| Command::new(sleep), |user| user.command(sleep));
        command.arg(format!("86400.{word}"));
        let socket = base.join("socket");
        let unix = UnixListener::bind(&socket)?;
        std::fs::set_permissions(&socket, std::fs::Permissions::from_mode(0o777))?;
        let name = SocketAddr::from_abstract_name(b"hostile-canary")?;
        let hidden = UnixListener::bind_addr(&name).or_else(|_| {
            // Another run of these tests has the name; any connection there is its matter.
            let name = SocketAddr::from_abstract_name(format!("hostile-{word}"))?;
            UnixListener::bind_addr(&name)
        })?;
        let tcp = TcpListener::bind(("127.0.0.1", 0))?;
        for done in [
            unix.set_nonblocking(true),
            hidden.set_nonblocking(true),
            tcp.set_nonblocking(true),
        ] {
            done?;
        }
        Ok(Self {
            process: Mutex::new(kin.start(&mut command)?),
            port: tcp.local_addr()?.port(),
            tcp,
            unix,
            hidden,
            socket,
            secret: format!("secret-{word:016x}"),
        })
    }

    /// What has happened to them.
    pub(crate) fn harm(&self) -> Vec<String> {
        let mut harm = Vec::new();
        let mut process = self.process.lock().unwrap_or_else(PoisonError::into_inner);
        if !matches!(process.try_wait(), Ok(None)) {
            harm.push("the canary process is dead".to_owned());
        }
        let state = std::fs::read_to_string(format!("/proc/{}/stat", process.id()));
        if state.is_ok_and(|state| state.contains(") T ")) {
            harm.push("the canary process is stopped".to_owned());
        }
        if self.tcp.accept().is_ok() {
            harm.push("somebody connected to a port outside".to_owned());
        }
        if self.unix.accept().is_ok() || self.hidden.accept().is_ok() {
            harm.push("somebody connected to a local socket outside".to_owned());
        }
        harm
    }
}

impl Drop for Canaries {
    fn drop(&mut self) {
        let process = self.process.get_mut();
        let process = process.unwrap_or_else(PoisonError::into_inner);
        let _ = process.kill();
        let _ = process.wait();
    }
}
