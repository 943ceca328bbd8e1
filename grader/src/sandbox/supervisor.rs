//! The sandbox's own processes: the supervisor outside, and inside the init that holds programs.
//!
//! The supervisor makes the namespaces and waits. Init, the first process in them, builds the
//! private root, shuts itself in and then serves: all it starts is shut in with it. When
//! init dies the kernel ends everything in its namespace; when the grader dies the supervisor
//! ends init. Without namespaces the supervisor does init's work itself and, as subreaper, ends
//! what is below it.

use super::Level;
use super::cgroups;
use super::confinement;
use super::init::{self, Init, Scope};
use super::messages::{self, Reply, Request, receive, reply};
use super::mounts;
use super::policy::Policy;
use crate::exit_code::ExitCode;
use crate::files::removal;
use rustix::event::{PollFd, PollFlags};
use rustix::process::{
    Pid, PidfdFlags, Signal, WaitOptions, pidfd_open, pidfd_send_signal, set_child_subreaper,
    waitpid,
};
use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

/// The argument that makes the grader a supervisor.
pub(crate) const SUPERVISOR: &str = "__supervisor";
/// The argument that makes the grader shut itself in and become a program.
pub(crate) const ENTER: &str = "__enter";

/// The supervisor's main function.
pub(crate) fn supervise() -> ExitCode {
    let kept = control().and_then(|control| {
        let Some((Request::Enter(policy), _)) = receive(&control)? else {
            return Ok(());
        };
        for group in &policy.groups {
            // Where that is not allowed the watch from outside has to do.
            let _ = cgroups::enter(Path::new(group));
        }
        let served = match policy.level {
            Level::Full => supervise_init(&control, policy),
            Level::Landlock | Level::Limits | Level::Bare => {
                serve_without_namespaces(&control, policy)
            }
        };
        served.or_else(|error| reply(&control, &Reply::Failed(error.to_string())))
    });
    outcome(kept.is_ok())
}

fn outcome(fine: bool) -> ExitCode {
    if fine {
        ExitCode::Passed
    } else {
        ExitCode::Grader
    }
}

fn control() -> io::Result<UnixStream> {
    Ok(io::stdin().as_fd().try_clone_to_owned()?.into())
}

/// Makes the namespaces, starts init in them, and waits for its end or the grader's.
fn supervise_init(control: &UnixStream, policy: Policy) -> io::Result<()> {
    confinement::enter_namespaces()?;
    let Some(init) = confinement::fork()? else {
        return init(control.try_clone()?, policy);
    };
    reply(control, &Reply::Init(init.as_raw_pid().unsigned_abs()))?;
    let pidfd = pidfd_open(init, PidfdFlags::empty())?;
    // Only its closing interests here: what is said on it is for init.
    let mut fds = [
        PollFd::new(control, PollFlags::empty()),
        PollFd::new(&pidfd, PollFlags::IN),
    ];
    init::wait_for(&mut fds)?;
    pidfd_send_signal(&pidfd, Signal::KILL)?;
    waitpid(Some(init), WaitOptions::empty())?;
    Ok(())
}

/// What the first process of the namespaces does.
fn init(control: UnixStream, policy: Policy) -> io::Result<()> {
    confinement::die_with_parent()?;
    mounts::enter_root(&policy)?;
    confinement::confine(&policy)?;
    Init::new(control, policy, Scope::Namespace)?.serve()
}

/// Shuts itself in and becomes a program: `ENTER policy [program argument…]`. For sandboxes
/// without an init that is shut in itself. Without a program it has only tried.
pub(crate) fn enter(args: &[OsString]) -> ExitCode {
    let entered = args.split_first().map_or_else(
        || Err(io::ErrorKind::InvalidInput.into()),
        |(policy, program)| entered(policy, program),
    );
    if let Err(error) = &entered {
        // Read by who has only tried, and by who looks into what a program said.
        let _ = writeln!(io::stderr(), "cannot start in the sandbox: {error}");
    }
    outcome(entered.is_ok())
}

fn entered(policy: &OsString, program: &[OsString]) -> io::Result<()> {
    let Some(policy) = policy.to_str().and_then(messages::from_hex) else {
        return Err(io::ErrorKind::InvalidData.into());
    };
    confinement::confine(&policy)?;
    match program {
        [] => Ok(()),
        [program, args @ ..] => Err(Command::new(program).args(args).exec()),
    }
}

/// Whether a program could shut itself in as it must. Found out before there is one, so that
/// what this system lacks is not taken for the program's end.
fn try_to_enter(policy: &Policy) -> io::Result<()> {
    let tried = Command::new("/proc/self/exe")
        .args([ENTER, &messages::to_hex(policy)])
        .env_clear()
        .stdin(Stdio::null())
        .output()?;
    if tried.status.success() {
        return Ok(());
    }
    let why = String::from_utf8_lossy(&tried.stderr);
    Err(io::Error::other(why.trim().to_owned()))
}

/// Holds programs where there are no namespaces. It is not shut in itself, because it must
/// find everything that they start; each program is.
fn serve_without_namespaces(control: &UnixStream, policy: Policy) -> io::Result<()> {
    set_child_subreaper(Pid::from_raw(1))?;
    fs::create_dir_all(&policy.writable)?;
    try_to_enter(&policy)?;
    reply(control, &Reply::Init(std::process::id()))?;
    let mut init = Init::new(control.try_clone()?, policy, Scope::Descendants)?;
    let served = init.serve();
    init.end_all()?;
    // What the last program left would be too deep for others to remove.
    removal::empty(Path::new(&init.policy.writable))?;
    served
}
