//! What keeps a program in its sandbox: resource limits, Landlock, seccomp. Prepared by a process
//! that may still fail, and entered by system calls alone.

use super::Level;
use super::obstacle::{NotOpened, Obstacle};
use super::policy::Policy;
use super::seccomp::Filters;
use landlock::{
    ABI, Access, AccessFs, CompatLevel, Compatible, Ruleset, RulesetAttr, RulesetCreated,
    RulesetCreatedAttr, RulesetError, RulesetStatus, Scope, path_beneath_rules,
};
use rustix::process::{
    DumpableBehavior, Resource, Rlimit, Signal, getrlimit, set_dumpable_behavior,
    set_parent_process_death_signal, setrlimit,
};
use rustix::thread::set_no_new_privs;
use std::io;

/// Devices that give and take, and nothing else.
pub(super) const DEVICES: [&str; 5] = [
    "/dev/null",
    "/dev/zero",
    "/dev/full",
    "/dev/urandom",
    "/dev/random",
];

/// Dies when the process that started it does.
pub(super) fn die_with_parent() -> io::Result<()> {
    Ok(set_parent_process_death_signal(Some(Signal::KILL))?)
}

/// Keeps others of the same user from reading this process, whose memory holds what the grader
/// sent, and keeps what it starts from gaining privileges.
pub(super) fn harden() -> io::Result<()> {
    set_dumpable_behavior(DumpableBehavior::NotDumpable).map_err(at("become unreadable"))?;
    set_no_new_privs(true).map_err(at("refuse new privileges"))
}

/// What a program gets into before its first instruction.
pub(super) struct Confinement {
    limits: Vec<(Resource, u64)>,
    landlock: Option<RulesetCreated>,
    filters: Option<Filters>,
}

impl Confinement {
    /// For programs under this policy.
    pub(super) fn prepare(policy: &Policy) -> Result<Self, NotOpened> {
        let is_filtered = policy.level != Level::Limits;
        Ok(Self {
            limits: limits(policy),
            landlock: is_filtered.then(|| files(policy)).transpose()?,
            filters: is_filtered.then(|| filters(policy)).transpose()?,
        })
    }

    /// The same for one more program.
    pub(super) fn try_clone(&self) -> io::Result<Self> {
        let landlock = self.landlock.as_ref().map(RulesetCreated::try_clone);
        Ok(Self {
            limits: self.limits.clone(),
            landlock: landlock.transpose()?,
            filters: self.filters.clone(),
        })
    }

    /// Makes Landlock's rules anew, which hold for folders, not for their names.
    pub(super) fn renew(&mut self, policy: &Policy) -> Result<(), NotOpened> {
        if self.landlock.is_some() {
            self.landlock = Some(files(policy)?);
        }
        Ok(())
    }

    /// Confines this process and all that it will start, for good.
    ///
    /// # Errors
    /// As of [`Obstacle`], should the kernel refuse. Where Landlock is missing that is for
    /// the caller to judge.
    pub(super) fn enter(&mut self) -> Result<RulesetStatus, NotOpened> {
        for (resource, most) in &self.limits {
            set_limit(*resource, *most, *most)?;
        }
        let landlock = self.landlock.take().map(RulesetCreated::restrict_self);
        let landlock = landlock.transpose().map_err(|error| no_landlock(&error))?;
        if let Some(filters) = &self.filters {
            let applied = filters.apply();
            applied.map_err(|error| Obstacle::Seccomp.because(&error))?;
        }
        Ok(landlock.map_or(RulesetStatus::NotEnforced, |status| status.ruleset))
    }
}

fn filters(policy: &Policy) -> Result<Filters, NotOpened> {
    Filters::for_programs(policy.level, policy.purpose)
        .map_err(|error| Obstacle::Seccomp.because(&error))
}

fn limits(policy: &Policy) -> Vec<(Resource, u64)> {
    let limits = &policy.limits;
    let mut all = vec![
        (Resource::As, limits.address_space),
        (Resource::Data, limits.data),
        (Resource::Fsize, limits.file_size),
        (Resource::Nofile, limits.open_files),
        (Resource::Sigpending, limits.pending_signals),
        (Resource::Core, 0),
        (Resource::Memlock, 0),
        (Resource::Msgqueue, 0),
        (Resource::Rtprio, 0),
    ];
    // Outside a user namespace this counts everything the user runs, so there the watch from
    // outside has to do.
    if policy.level == Level::Full {
        all.push((Resource::Nproc, limits.processes));
    }
    all
}

/// Sets a limit, or the one that there is already where that is lower: only root can raise it.
pub(super) fn set_limit(resource: Resource, current: u64, maximum: u64) -> io::Result<()> {
    let most = getrlimit(resource).maximum.unwrap_or(u64::MAX);
    let limit = Rlimit {
        current: Some(current.min(most)),
        maximum: Some(maximum.min(most)),
    };
    setrlimit(resource, limit).map_err(at("setrlimit"))
}

/// Raises this process's soft limit of open files to its hard one. The kernel lets a user have
/// as many descriptors in flight between processes as whoever sends one may have open.
pub(crate) fn raise_open_files() {
    // Where it is refused the usual limit has to do.
    let _ = set_limit(Resource::Nofile, u64::MAX, u64::MAX);
}

/// Landlock, as far as the kernel has it: reading and running what is readable, writing only where it is allowed, no
/// signals and no abstract sockets to anybody outside.
fn files(policy: &Policy) -> Result<RulesetCreated, NotOpened> {
    let abi = ABI::V6;
    let (read, all) = (AccessFs::from_read(abi), AccessFs::from_all(abi));
    // What can be written can never be run.
    let write = all & !AccessFs::Execute;
    let device = AccessFs::ReadFile | AccessFs::WriteFile;
    let readable = policy.readable.iter().map(|(_, inside)| inside.as_str());
    let persistent = policy.persistent.iter().map(|(_, inside)| inside.as_str());
    let writable = persistent.chain([policy.writable.as_str()]);
    let proc = policy.purpose.sees_proc().then_some("/proc");
    let created = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(all)
        .and_then(|ruleset| ruleset.scope(Scope::from_all(abi)))
        .and_then(Ruleset::create)
        .and_then(|ruleset| ruleset.add_rules(path_beneath_rules(readable, read)))
        .and_then(|ruleset| ruleset.add_rules(path_beneath_rules(writable, write)))
        .and_then(|ruleset| ruleset.add_rules(path_beneath_rules(DEVICES, device)))
        .and_then(|ruleset| {
            let read = AccessFs::ReadFile | AccessFs::ReadDir;
            ruleset.add_rules(path_beneath_rules(proc, read))
        });
    created.map_err(|error| no_landlock(&error))
}

fn no_landlock(error: &RulesetError) -> NotOpened {
    Obstacle::Landlock.because(&io::Error::other(format!("Landlock: {error}")))
}

/// Names the step at which a system call failed, and keeps the kind of the failure.
pub(super) fn at<E: Into<io::Error>>(step: &str) -> impl FnOnce(E) -> io::Error + use<'_, E> {
    move |error| {
        let error = error.into();
        io::Error::new(error.kind(), format!("{step}: {error}"))
    }
}
