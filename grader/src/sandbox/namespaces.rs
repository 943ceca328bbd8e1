//! The namespaces of a full sandbox: made by the supervisor, renewed by init between cases.

use super::confinement::at;
use super::obstacle::{NotOpened, Obstacle};
use rustix::fs::{Mode, OFlags, open, openat};
use rustix::net::netlink::SocketAddrNetlink;
use rustix::net::{AddressFamily, SendFlags, SocketType, sendto, socket};
use rustix::process::Pid;
use rustix::thread::{
    CapabilitySet, CapabilitySets, UnshareFlags, remove_capability_from_bounding_set,
    set_capabilities, unshare_unsafe,
};
use std::fs;
use std::io;
use std::os::fd::OwnedFd;

/// The user that programs in a sandbox are, inside: not root, so that a program's start takes
/// away every capability.
const INSIDE: u32 = 1000;

/// What init needs to build the sandbox from inside.
const FOR_BUILDING: [CapabilitySet; 3] = [
    CapabilitySet::SYS_ADMIN,
    CapabilitySet::NET_ADMIN,
    CapabilitySet::SETPCAP,
];

/// What init needs to renew what a case has used.
const FOR_RENEWING: [CapabilitySet; 2] = [CapabilitySet::SYS_ADMIN, CapabilitySet::NET_ADMIN];

/// What the kernel counts for each user and namespace, below `/proc/sys/user`, and nothing in a
/// sandbox needs. Init needs mounts and networks, but programs have no privilege to make any.
const COUNTED: [&str; 10] = [
    "max_cgroup_namespaces",
    "max_fanotify_groups",
    "max_fanotify_marks",
    "max_inotify_instances",
    "max_inotify_watches",
    "max_ipc_namespaces",
    "max_pid_namespaces",
    "max_time_namespaces",
    "max_user_namespaces",
    "max_uts_namespaces",
];

/// Leaves every namespace but that of mounts, which init leaves itself: changing the root
/// would move the supervisor too.
pub(super) fn enter() -> Result<(), NotOpened> {
    let (uid, gid) = (rustix::process::geteuid(), rustix::process::getegid());
    let all = UnshareFlags::NEWUSER
        | UnshareFlags::NEWPID
        | UnshareFlags::NEWNET
        | UnshareFlags::NEWIPC
        | UnshareFlags::NEWUTS
        | UnshareFlags::NEWCGROUP;
    leave(all).map_err(|error| Obstacle::Namespaces.because(&error))?;
    for (file, text) in [
        ("/proc/self/setgroups", "deny".to_owned()),
        ("/proc/self/uid_map", map(uid.as_raw())),
        ("/proc/self/gid_map", map(gid.as_raw())),
    ] {
        let written = fs::write(file, text).map_err(at(file));
        written.map_err(|error| Obstacle::UserMap.because(&error))?;
    }
    forbid_counted();
    Ok(keep_capabilities(&FOR_BUILDING)?)
}

fn map(outside: u32) -> String {
    format!("{INSIDE} {outside} 1")
}

/// Where `/proc/sys` cannot be written, as in many containers, the filter of system calls alone
/// refuses these.
fn forbid_counted() {
    for name in COUNTED {
        let _ = fs::write(format!("/proc/sys/user/{name}"), "0");
    }
}

/// Leaves the namespace of mounts.
pub(super) fn leave_mounts() -> io::Result<()> {
    leave(UnshareFlags::NEWNS).map_err(at("unshare mounts"))
}

#[expect(unsafe_code, reason = "the system call has no safe wrapper")]
fn leave(namespaces: UnshareFlags) -> io::Result<()> {
    // SAFETY: none of the flags is about the descriptor table, which stays shared; supervisor
    // and init, who call this, have one thread.
    unsafe { unshare_unsafe(namespaces) }.map_err(at("unshare"))
}

/// Becomes two: the child is told `None`. Not another start of the program, which costs as much
/// as all else that a sandbox needs.
#[expect(unsafe_code, reason = "no safe wrapper: others may have threads")]
pub(super) fn fork() -> io::Result<Option<Pid>> {
    // SAFETY: the supervisor has one thread, so the child has all of it and no lock is held.
    match unsafe { libc::fork() } {
        -1 => Err(io::Error::last_os_error()),
        pid => Ok(Pid::from_raw(pid)),
    }
}

/// Gives up every capability that init does not need once its sandbox is built.
pub(super) fn drop_capabilities() -> io::Result<()> {
    for capability in CapabilitySet::all().iter() {
        // Unknown to an older kernel: then nobody has it either.
        let _ = remove_capability_from_bounding_set(capability);
    }
    keep_capabilities(&FOR_RENEWING)
}

fn keep_capabilities(kept: &[CapabilitySet]) -> io::Result<()> {
    let kept = kept
        .iter()
        .fold(CapabilitySet::empty(), |all, one| all | *one);
    let sets = CapabilitySets {
        effective: kept,
        permitted: kept,
        inheritable: CapabilitySet::empty(),
    };
    set_capabilities(None, sets).map_err(at("drop capabilities"))
}

/// The kernel's settings of the namespaces that whoever asks is in. To be opened while the
/// machine's own `/proc` is still seen; where there are none, the kernel's usual ones have to do.
#[derive(Debug)]
pub(super) struct Settings(Option<OwnedFd>);

/// What a socket may hold in either direction. By itself the kernel lets it grow to megabytes, which
/// no limit of a process counts.
const SOCKET_BUFFERS: [(&str, &str); 2] = [
    ("net/ipv4/tcp_rmem", "4096 65536 131072"),
    ("net/ipv4/tcp_wmem", "4096 65536 131072"),
];

/// The number of the last process that was started. Numbers would tell a case how much has run
/// before it.
const LAST_PROCESS: (&str, &str) = ("kernel/ns_last_pid", "1");

impl Settings {
    pub(super) fn open() -> Self {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Self(open("/proc/sys", flags, Mode::empty()).ok())
    }

    /// A network in which nobody has been, with nothing but a loopback interface.
    pub(super) fn renew_network(&self) -> io::Result<()> {
        leave(UnshareFlags::NEWNET)?;
        self.set_up_network()
    }

    /// The same where nobody has been yet.
    pub(super) fn set_up_network(&self) -> io::Result<()> {
        for setting in SOCKET_BUFFERS {
            self.set(setting);
        }
        raise_loopback()
    }

    /// Lets the next process have the first number after init's.
    pub(super) fn reset_process_numbers(&self) {
        self.set(LAST_PROCESS);
    }

    fn set(&self, (name, value): (&str, &str)) {
        let flags = OFlags::WRONLY | OFlags::CLOEXEC;
        let folder = self.0.as_ref();
        let file = folder.and_then(|folder| openat(folder, name, flags, Mode::empty()).ok());
        let _ = file.map(|file| rustix::io::write(file, value.as_bytes()));
    }
}

/// Brings the loopback interface up by one netlink message: `RTM_NEWLINK` for interface 1
/// with the flag `IFF_UP` (see rtnetlink(7)).
fn raise_loopback() -> io::Result<()> {
    let step = "raise the loopback interface";
    let netlink = socket(AddressFamily::NETLINK, SocketType::RAW, None).map_err(at(step))?;
    let (length, kind, request) = (32_u32, 16_u16, 1_u16);
    let (interface, up) = (1_i32, 1_u32);
    let mut message = Vec::new();
    message.extend(length.to_ne_bytes());
    message.extend(kind.to_ne_bytes());
    message.extend(request.to_ne_bytes());
    message.extend([0; 8]);
    message.extend([0; 4]);
    message.extend(interface.to_ne_bytes());
    message.extend(up.to_ne_bytes());
    message.extend(up.to_ne_bytes());
    let kernel = SocketAddrNetlink::new(0, 0);
    sendto(&netlink, &message, SendFlags::empty(), &kernel).map_err(at(step))?;
    Ok(())
}
