//! What keeps a sandbox from being made, and what to do about it.

use std::fmt;
use std::io;
use wire::wire;

/// What to do about a machine that can start nothing more.
pub(super) const FREE_RESOURCES: &str = "this machine is full: end other programs, or allow more \
    processes (`ulimit -u`, in a container its `pids` limit) or memory";

wire! {
    /// The step at which making a sandbox failed, or the reason where the system names one.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) enum Obstacle {
        /// The machine has no more processes, memory or open files.
        FullMachine,
        /// No more namespaces may be made.
        NamespaceQuota,
        /// Namespaces may not be made at all.
        Namespaces,
        /// A new user namespace may not be used.
        UserMap,
        /// The private root cannot be mounted.
        Mounts,
        /// The loopback interface cannot be raised.
        Network,
        /// Landlock is missing.
        Landlock,
        /// System calls cannot be filtered.
        Seccomp,
        /// Anything else.
        Other
    }
}

wire! {
    /// A sandbox was not made.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub(crate) struct NotOpened {
        /// What kept it.
        pub(crate) obstacle: Obstacle,
        /// What the system says.
        pub(crate) why: String,
    }
}

impl Obstacle {
    /// Why this step failed.
    pub(super) fn because(self, error: &io::Error) -> NotOpened {
        let obstacle = match error.kind() {
            io::ErrorKind::WouldBlock | io::ErrorKind::OutOfMemory => Self::FullMachine,
            io::ErrorKind::StorageFull if self == Self::Namespaces => Self::NamespaceQuota,
            _ => self,
        };
        NotOpened {
            obstacle,
            why: error.to_string(),
        }
    }

    fn remedy(self) -> &'static str {
        match self {
            Self::FullMachine => FREE_RESOURCES,
            Self::NamespaceQuota => {
                "allow user namespaces: `sudo sysctl -w user.max_user_namespaces=10000`"
            }
            Self::Namespaces => {
                "allow user namespaces: `sudo sysctl -w kernel.unprivileged_userns_clone=1`; in a \
                 container start it with `--security-opt seccomp=unconfined` or with a profile \
                 that allows `unshare` and `mount`"
            }
            Self::UserMap => {
                "allow user namespaces to programs without a profile: `sudo sysctl -w \
                 kernel.apparmor_restrict_unprivileged_userns=0`"
            }
            Self::Mounts => {
                "in a container, start it with `--security-opt apparmor=unconfined \
                 --security-opt systempaths=unconfined`"
            }
            Self::Network | Self::Landlock | Self::Seccomp | Self::Other => {
                "a Linux kernel from 6.1 on with user namespaces, Landlock and seccomp has all \
                 of it"
            }
        }
    }
}

impl NotOpened {
    /// What gives the full sandbox what it lacks.
    pub(crate) fn remedy(&self) -> String {
        let remedy = self.obstacle.remedy();
        if self.obstacle == Obstacle::FullMachine {
            return remedy.to_owned();
        }
        format!("{remedy}; or use --sandbox=best for code that you trust")
    }
}

impl From<io::Error> for NotOpened {
    fn from(error: io::Error) -> Self {
        Obstacle::Other.because(&error)
    }
}

impl fmt::Display for NotOpened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EPERM: i32 = 1;
    const EAGAIN: i32 = 11;
    const ENOSPC: i32 = 28;

    #[test]
    fn each_obstacle_has_a_remedy_of_its_own_whatever_its_error_text_says() {
        let failed = |obstacle: Obstacle, number| {
            let kind = io::Error::from_raw_os_error(number).kind();
            let error = io::Error::new(kind, "unshare mount uid_map");
            obstacle.because(&error).remedy()
        };
        assert!(failed(Obstacle::Namespaces, EPERM).contains("unprivileged_userns_clone"));
        assert!(failed(Obstacle::Namespaces, ENOSPC).contains("max_user_namespaces"));
        assert!(failed(Obstacle::UserMap, EPERM).contains("apparmor_restrict"));
        assert!(failed(Obstacle::Mounts, ENOSPC).contains("systempaths"));
        assert!(failed(Obstacle::Mounts, EAGAIN).contains("ulimit -u"));
    }
}
