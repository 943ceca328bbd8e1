//! The sandbox's own processes: the supervisor outside, and inside the init that holds programs.
//!
//! The supervisor makes the namespaces and waits. Init, the first process in them, builds the
//! private root and then serves: it confines each program that it starts. When init dies the kernel ends everything in its namespace; when the grader dies the supervisor
//! ends init. Without namespaces the supervisor does init's work itself and, as subreaper, ends
//! what is below it.

use super::Level;
use super::cgroups;
use super::confinement::{self, Confinement, at};
use super::init::{self, Fresh, Init, Scope};
use super::messages::{self, Reply, Request, receive, reply};
use super::mounts;
use super::namespaces::{self, Settings};
use super::obstacle::{NotOpened, Obstacle};
use super::policy::Policy;
use super::seccomp::Filters;
use crate::exit_code::ExitCode;
use crate::files::removal;
use landlock::RulesetStatus;
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
/// The argument that makes the grader confine itself and become a program.
pub(crate) const ENTER: &str = "__enter";

/// The supervisor's main function.
pub(crate) fn supervise() -> ExitCode {
    let served = control().and_then(|control| {
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
        served.or_else(|not_opened| reply(&control, &Reply::NotOpened(not_opened)))
    });
    outcome(served.is_ok())
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
fn supervise_init(control: &UnixStream, policy: Policy) -> Result<(), NotOpened> {
    namespaces::enter()?;
    let Some(init) = namespaces::fork()? else {
        return init(control.try_clone()?, policy);
    };
    reply(control, &Reply::Init(init.as_raw_pid().unsigned_abs()))?;
    Ok(wait_for_init(control, init)?)
}

fn wait_for_init(control: &UnixStream, init: Pid) -> io::Result<()> {
    let pidfd = pidfd_open(init, PidfdFlags::empty())?;
    // Only its closing interests here: what is said on it is for init.
    let mut fds = [
        PollFd::new(control, PollFlags::empty()),
        PollFd::new(&pidfd, PollFlags::IN),
    ];
    init::wait_for(&mut fds, None)?;
    pidfd_send_signal(&pidfd, Signal::KILL)?;
    waitpid(Some(init), WaitOptions::empty())?;
    Ok(())
}

/// What the first process of the namespaces does.
fn init(control: UnixStream, policy: Policy) -> Result<(), NotOpened> {
    confinement::die_with_parent()?;
    let settings = Settings::open();
    mounts::enter_root(&policy).map_err(|error| Obstacle::Mounts.because(&error))?;
    let network = settings.set_up_network();
    network.map_err(|error| Obstacle::Network.because(&error))?;
    rustix::system::sethostname(b"sandbox").map_err(at("sethostname"))?;
    let confinement = Confinement::prepare(&policy)?;
    confinement::harden()?;
    namespaces::drop_capabilities()?;
    let filtered = Filters::for_init().and_then(|filters| filters.apply());
    filtered.map_err(|error| Obstacle::Seccomp.because(&error))?;
    let fresh = Fresh {
        confinement,
        settings,
    };
    Ok(Init::new(control, policy, Scope::Namespace(fresh))?.serve()?)
}

/// Confines itself and becomes a program: `ENTER policy [program argument…]`. For sandboxes
/// without an init that confines programs. Without a program it has only tried, and says on
/// standard output what it failed at.
pub(crate) fn enter(args: &[OsString]) -> ExitCode {
    let entered = args.split_first().map_or_else(
        || Err(io::Error::from(io::ErrorKind::InvalidInput).into()),
        |(policy, program)| entered(policy, program),
    );
    if let Err(not_opened) = &entered {
        let _ = writeln!(io::stdout(), "{}", messages::to_hex(not_opened));
        // Read by who looks into what a program said.
        let _ = writeln!(io::stderr(), "cannot start in the sandbox: {not_opened}");
    }
    outcome(entered.is_ok())
}

fn entered(policy: &OsString, program: &[OsString]) -> Result<(), NotOpened> {
    let Some(policy) = policy.to_str().and_then(messages::from_hex::<Policy>) else {
        return Err(io::Error::from(io::ErrorKind::InvalidData).into());
    };
    confinement::harden()?;
    let landlock = Confinement::prepare(&policy)?.enter()?;
    if policy.level == Level::Landlock && landlock == RulesetStatus::NotEnforced {
        let none = io::Error::other("Landlock: this kernel has none");
        return Err(Obstacle::Landlock.because(&none));
    }
    match program {
        [] => Ok(()),
        [program, args @ ..] => Err(Command::new(program).args(args).exec().into()),
    }
}

/// Whether a program could confine itself as it must. Found out before there is one, so that
/// what this system lacks is not taken for the program's end.
fn try_to_enter(policy: &Policy) -> Result<(), NotOpened> {
    let tried = Command::new("/proc/self/exe")
        .args([ENTER, &messages::to_hex(policy)])
        .env_clear()
        .stdin(Stdio::null())
        .output()?;
    if tried.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&tried.stdout);
    let not_opened = messages::from_hex(said.trim());
    Err(not_opened.unwrap_or_else(|| io::Error::other("it cannot be entered").into()))
}

/// Runs programs where there are no namespaces. It is not confined itself, because it must
/// find everything that they start; each program is.
fn serve_without_namespaces(control: &UnixStream, policy: Policy) -> Result<(), NotOpened> {
    set_child_subreaper(Pid::from_raw(1)).map_err(at("become a subreaper"))?;
    fs::create_dir_all(&policy.writable)?;
    try_to_enter(&policy)?;
    reply(control, &Reply::Init(std::process::id()))?;
    let mut init = Init::new(control.try_clone()?, policy, Scope::Descendants)?;
    let served = init.serve();
    init.end_all()?;
    // What the last program left would be too deep for others to remove.
    removal::empty(Path::new(&init.policy.writable))?;
    Ok(served?)
}
