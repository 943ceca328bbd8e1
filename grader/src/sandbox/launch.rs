//! Starting one program, confined before its first instruction.

use super::confinement::{Confinement, set_limit};
use super::messages::Spawn;
use rustix::process::{Pid, PidfdFlags, Resource, pidfd_open};
use std::ffi::{CString, NulError, c_char};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

/// Starts a program with three descriptors: its channel and what it prints on.
pub(super) fn start(
    spawn: &Spawn,
    confinement: Option<Confinement>,
    fds: Vec<OwnedFd>,
) -> io::Result<(Pid, OwnedFd)> {
    let Ok([channel, stdout, stderr]) = <[OwnedFd; 3]>::try_from(fds) else {
        return Err(io::Error::other("three descriptors must come along"));
    };
    let mut command = Command::new(&spawn.program);
    replace_start(&mut command, spawn, confinement)?;
    let child = command
        .env_clear()
        .current_dir(&spawn.cwd)
        .stdin(Stdio::from(channel))
        .stdout(Stdio::from(stdout))
        .stderr(Stdio::from(stderr))
        .spawn()?;
    let pid = Pid::from_child(&child);
    Ok((pid, pidfd_open(pid, PidfdFlags::empty())?))
}

/// Has `command` confine itself and start the program. The kernel alone decides whether it is
/// one: std, left to itself, would hand what is none to a shell.
#[expect(
    unsafe_code,
    reason = "it must be confined before its first instruction"
)]
fn replace_start(
    command: &mut Command,
    spawn: &Spawn,
    mut confinement: Option<Confinement>,
) -> io::Result<()> {
    let program = CString::new(spawn.program.as_str())?;
    let args = [&spawn.program].into_iter().chain(&spawn.args);
    let args = Words::new(args.map(|arg| CString::new(arg.as_str())))?;
    let env = spawn.env.iter();
    let env = Words::new(env.map(|(name, value)| CString::new(format!("{name}={value}"))))?;
    let seconds = spawn.cpu_seconds;
    let start = move || {
        yield_to_the_grader();
        // Where both are equal the kernel kills without saying that time was the reason.
        set_limit(Resource::Cpu, seconds, seconds + 1).map_err(|_| no_room())?;
        if let Some(confinement) = &mut confinement {
            confinement.enter().map_err(|_| no_room())?;
        }
        // SAFETY: all three end in a zero byte or a null pointer, and what the pointers name
        // is owned by this closure.
        unsafe { libc::execve(program.as_ptr(), args.as_ptr(), env.as_ptr()) };
        Err(io::Error::last_os_error())
    };
    // SAFETY: who starts it has one thread, so that the child may allocate, and no lock is held.
    unsafe { command.pre_exec(start) };
    Ok(())
}

/// What cannot be confined is not started. That the kernel can do it was seen when the sandbox was
/// made, so it lacks memory; no text comes out of a process that is being started.
fn no_room() -> io::Error {
    io::Error::from_raw_os_error(libc::EAGAIN)
}

/// From now on this process does not take a processor from who has just woken up: the grader,
/// which watches it, and the init that ends it. Its share of the time stays the same.
#[expect(unsafe_code, reason = "the system call has no safe wrapper")]
fn yield_to_the_grader() {
    let parameter = libc::sched_param { sched_priority: 0 };
    // SAFETY: the kernel reads the parameter and keeps no pointer to it. Where it refuses, the
    // program runs as any other.
    let _ = unsafe { libc::sched_setscheduler(0, libc::SCHED_BATCH, &raw const parameter) };
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
