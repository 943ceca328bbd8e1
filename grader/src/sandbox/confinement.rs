//! Everything a process does to shut itself in: namespaces, capabilities, resource limits,
//! Landlock, seccomp.

use super::Level;
use super::messages::Spawn;
use super::policy::Policy;
use super::seccomp;
use landlock::{
    ABI, Access, AccessFs, CompatLevel, Compatible, Ruleset, RulesetAttr, RulesetCreatedAttr,
    RulesetStatus, Scope, path_beneath_rules,
};
use rustix::net::netlink::SocketAddrNetlink;
use rustix::net::{AddressFamily, SendFlags, SocketType, sendto, socket};
use rustix::process::{
    DumpableBehavior, Pid, Resource, Rlimit, Signal, getrlimit, set_dumpable_behavior,
    set_parent_process_death_signal, setrlimit,
};
use rustix::thread::{
    CapabilitySet, CapabilitySets, UnshareFlags, remove_capability_from_bounding_set,
    set_capabilities, set_no_new_privs, unshare_unsafe,
};
use std::ffi::{CString, NulError, c_char};
use std::fs;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The user that programs in a sandbox are, inside: not root, so that a program's start takes
/// away every capability.
const INSIDE: u32 = 1000;

/// What init needs to build the sandbox from inside.
const NEEDED: [CapabilitySet; 3] = [
    CapabilitySet::SYS_ADMIN,
    CapabilitySet::NET_ADMIN,
    CapabilitySet::SETPCAP,
];

/// Leaves every namespace but that of mounts, which init leaves itself: changing the root
/// would move the supervisor too.
#[expect(unsafe_code, reason = "the system call has no safe wrapper")]
pub(super) fn enter_namespaces() -> io::Result<()> {
    let (uid, gid) = (rustix::process::geteuid(), rustix::process::getegid());
    let all = UnshareFlags::NEWUSER
        | UnshareFlags::NEWPID
        | UnshareFlags::NEWNET
        | UnshareFlags::NEWIPC
        | UnshareFlags::NEWUTS
        | UnshareFlags::NEWCGROUP;
    // SAFETY: the descriptor table stays shared; the supervisor has one thread.
    unsafe { unshare_unsafe(all) }.map_err(at("unshare"))?;
    write("/proc/self/setgroups", "deny")?;
    write(
        "/proc/self/uid_map",
        &format!("{INSIDE} {} 1", uid.as_raw()),
    )?;
    write(
        "/proc/self/gid_map",
        &format!("{INSIDE} {} 1", gid.as_raw()),
    )?;
    let needed = NEEDED
        .iter()
        .fold(CapabilitySet::empty(), |all, one| all | *one);
    set_capabilities(
        None,
        CapabilitySets {
            effective: needed,
            permitted: needed,
            inheritable: CapabilitySet::empty(),
        },
    )?;
    Ok(())
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

fn write(path: &str, text: &str) -> io::Result<()> {
    fs::write(path, text).map_err(|error| io::Error::other(format!("{path}: {error}")))
}

/// Dies when the process that started it does.
pub(super) fn die_with_parent() -> io::Result<()> {
    Ok(set_parent_process_death_signal(Some(Signal::KILL))?)
}

/// Shuts this process in, and everything it will start, but for CPU time: init lives through all
/// cases of a kata, and its own adds up.
pub(super) fn confine(policy: &Policy) -> io::Result<()> {
    // Its memory holds what the grader sent; programs in the sandbox are the same user.
    set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    if policy.level == Level::Full {
        raise_loopback()?;
        rustix::system::sethostname(b"sandbox").map_err(at("sethostname"))?;
    }
    limit(policy)?;
    set_no_new_privs(true)?;
    if policy.level == Level::Full {
        drop_capabilities()?;
    }
    if policy.level != Level::Limits {
        restrict_files(policy)?;
        seccomp::apply(policy.level)?;
    }
    Ok(())
}

fn limit(policy: &Policy) -> io::Result<()> {
    let limits = &policy.limits;
    let all = [
        (Resource::As, limits.address_space),
        (Resource::Fsize, limits.file_size),
        (Resource::Nofile, limits.open_files),
        (Resource::Core, 0),
        (Resource::Memlock, 0),
        (Resource::Msgqueue, 0),
    ];
    for (resource, most) in all {
        set_limit(resource, most, most)?;
    }
    // Outside a user namespace this counts everything the user runs, so there the watch from
    // outside has to do.
    if policy.level == Level::Full {
        set_limit(Resource::Nproc, limits.processes, limits.processes)?;
    }
    Ok(())
}

/// Has `command` start `image` with this limit of CPU time. The kernel alone decides whether it
/// is a program: std, left to itself, would hand what is none to a shell.
#[expect(
    unsafe_code,
    reason = "it must be limited before its first instruction"
)]
pub(super) fn start_limited(command: &mut Command, image: &Spawn, seconds: u64) -> io::Result<()> {
    let program = CString::new(image.program.as_str())?;
    let args = [&image.program].into_iter().chain(&image.args);
    let args = Words::new(args.map(|arg| CString::new(arg.as_str())))?;
    let env = image.env.iter();
    let env = Words::new(env.map(|(name, value)| CString::new(format!("{name}={value}"))))?;
    let start = move || {
        // Where both are equal the kernel kills without saying that time was the reason.
        set_limit(Resource::Cpu, seconds, seconds + 1)?;
        // SAFETY: all three end in a zero byte or a null pointer, and what the pointers name
        // is owned by this closure.
        unsafe { libc::execve(program.as_ptr(), args.as_ptr(), env.as_ptr()) };
        Err(io::Error::last_os_error())
    };
    // SAFETY: who starts it has one thread, and between fork and exec only system calls are
    // made.
    unsafe { command.pre_exec(start) };
    Ok(())
}

/// Texts as the kernel takes them: addresses, the last of them null. As numbers, because
/// pointers may not wait in a closure.
struct Words {
    _texts: Vec<CString>,
    addresses: Vec<usize>,
}

impl Words {
    fn new(texts: impl Iterator<Item = Result<CString, NulError>>) -> io::Result<Self> {
        let texts: Vec<CString> = texts.collect::<Result<_, _>>()?;
        let addresses = texts
            .iter()
            .map(|text| text.as_ptr().expose_provenance())
            .chain([0]);
        Ok(Self {
            addresses: addresses.collect(),
            _texts: texts,
        })
    }

    fn as_ptr(&self) -> *const *const c_char {
        self.addresses.as_ptr().cast()
    }
}

/// Sets a limit, or the one that there is already where that is lower: only root can raise it.
fn set_limit(resource: Resource, current: u64, maximum: u64) -> io::Result<()> {
    let most = getrlimit(resource).maximum.unwrap_or(u64::MAX);
    let limit = Rlimit {
        current: Some(current.min(most)),
        maximum: Some(maximum.min(most)),
    };
    setrlimit(resource, limit).map_err(at("setrlimit"))
}

fn drop_capabilities() -> io::Result<()> {
    for capability in CapabilitySet::all().iter() {
        // Unknown to an older kernel: then nobody has it either.
        let _ = remove_capability_from_bounding_set(capability);
    }
    let none = CapabilitySet::empty();
    set_capabilities(
        None,
        CapabilitySets {
            effective: none,
            permitted: none,
            inheritable: none,
        },
    )
    .map_err(at("drop capabilities"))
}

/// Brings the loopback interface up by one netlink message: `RTM_NEWLINK` for interface 1
/// with the flag `IFF_UP` (see rtnetlink(7)).
fn raise_loopback() -> io::Result<()> {
    let netlink = socket(AddressFamily::NETLINK, SocketType::RAW, None)?;
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
    sendto(
        &netlink,
        &message,
        SendFlags::empty(),
        &SocketAddrNetlink::new(0, 0),
    )
    .map_err(at("raise the loopback interface"))?;
    Ok(())
}

/// Landlock: reading and running what is readable, writing only where it is allowed, no
/// signals and no abstract sockets to anybody outside.
fn restrict_files(policy: &Policy) -> io::Result<()> {
    let abi = ABI::V6;
    let (read, all) = (AccessFs::from_read(abi), AccessFs::from_all(abi));
    let devices = [
        "/dev/null",
        "/dev/zero",
        "/dev/full",
        "/dev/urandom",
        "/dev/random",
    ];
    let readable = policy
        .readable
        .iter()
        .map(|(_, inside)| PathBuf::from(inside));
    let readable: Vec<PathBuf> = readable.filter(|path| path.exists()).collect();
    let persistent = policy.persistent.iter().map(|(_, inside)| inside);
    let status = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(all)
        .and_then(|ruleset| ruleset.scope(Scope::from_all(abi)))
        .and_then(Ruleset::create)
        .and_then(|ruleset| ruleset.add_rules(path_beneath_rules(readable, read)))
        .and_then(|ruleset| {
            // What can be written can never be run.
            let write = all & !AccessFs::Execute;
            ruleset.add_rules(path_beneath_rules(
                persistent.chain([&policy.writable]),
                write,
            ))
        })
        .and_then(|ruleset| {
            let device = AccessFs::ReadFile | AccessFs::WriteFile;
            let devices = devices.iter().filter(|device| Path::new(device).exists());
            ruleset.add_rules(path_beneath_rules(devices, device))
        })
        .and_then(|ruleset| {
            let proc = policy.proc.then_some("/proc");
            let proc = proc.into_iter().filter(|proc| Path::new(proc).exists());
            ruleset.add_rules(path_beneath_rules(
                proc,
                AccessFs::ReadFile | AccessFs::ReadDir,
            ))
        })
        .and_then(landlock::RulesetCreated::restrict_self)
        .map_err(|error| io::Error::other(format!("Landlock: {error}")))?;
    // In a full sandbox the private root alone keeps files out of reach.
    if policy.level == Level::Landlock && status.ruleset == RulesetStatus::NotEnforced {
        return Err(io::Error::other("Landlock: this kernel has none"));
    }
    Ok(())
}

/// Kills every process that this one may signal, itself spared: for the init of a process
/// namespace, everything in it.
#[expect(unsafe_code, reason = "no safe wrapper can say \"every process\"")]
pub(super) fn kill_everyone_else() -> io::Result<()> {
    // SAFETY: two plain integers; the kernel touches no memory of this process.
    match unsafe { libc::kill(-1, libc::SIGKILL) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Says at which step a system call failed.
fn at(step: &'static str) -> impl FnOnce(rustix::io::Errno) -> io::Error {
    move |error| io::Error::other(format!("{step}: {}", io::Error::from(error)))
}
