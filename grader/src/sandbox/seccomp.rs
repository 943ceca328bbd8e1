//! System calls that no program in a sandbox needs and an attack might.

use super::{Level, Purpose};
#[cfg(target_arch = "x86_64")]
use seccompiler::sock_filter;
use seccompiler::{
    BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition,
    SeccompFilter, SeccompRule,
};
use std::collections::BTreeMap;
use std::io;

/// Refused with `EPERM`, whatever the arguments, to init as well.
const REFUSED: &[i64] = &[
    // Reading, steering and copying other processes.
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_pidfd_getfd,
    libc::SYS_process_madvise,
    libc::SYS_kcmp,
    // Kernel machinery with a history of holes.
    libc::SYS_bpf,
    libc::SYS_userfaultfd,
    libc::SYS_perf_event_open,
    libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_keyctl,
    libc::SYS_add_key,
    libc::SYS_request_key,
    // Changing what the root and the namespaces are.
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_setns,
    libc::SYS_fsopen,
    libc::SYS_fsconfig,
    libc::SYS_fspick,
    libc::SYS_fsmount,
    libc::SYS_move_mount,
    libc::SYS_open_tree,
    libc::SYS_mount_setattr,
    libc::SYS_open_by_handle_at,
    libc::SYS_name_to_handle_at,
    // Machine-wide things.
    libc::SYS_quotactl,
    libc::SYS_quotactl_fd,
    libc::SYS_syslog,
    libc::SYS_acct,
    libc::SYS_swapon,
    libc::SYS_swapoff,
    libc::SYS_reboot,
    libc::SYS_vhangup,
    libc::SYS_personality,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_kexec_load,
    // Memory that outlives a process, or that no limit of a process counts.
    libc::SYS_shmget,
    libc::SYS_shmat,
    libc::SYS_semget,
    libc::SYS_msgget,
    libc::SYS_mq_open,
    libc::SYS_memfd_create,
    libc::SYS_memfd_secret,
    // A pipe keeps all of a huge page of which it was given a part.
    libc::SYS_vmsplice,
    // What the kernel counts for each user, or for the machine.
    #[cfg(target_arch = "x86_64")]
    libc::SYS_inotify_init,
    libc::SYS_inotify_init1,
    libc::SYS_fanotify_init,
    libc::SYS_io_setup,
    // Scheduling of others' disk accesses, init's among them.
    libc::SYS_ioprio_set,
];

/// Refused to programs only: init mounts and renews with these, and sends files to the grader.
/// Descriptors in flight are counted for each user, and a filter cannot see whether any come along.
const REFUSED_TO_PROGRAMS: &[i64] = &[
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_unshare,
    libc::SYS_sendmsg,
    libc::SYS_sendmmsg,
    // Rules are the kernel's memory. A program's own are there before its filters.
    libc::SYS_landlock_create_ruleset,
    libc::SYS_landlock_add_rule,
    libc::SYS_landlock_restrict_self,
];

/// Refused to compilers, which neither wait for many descriptors nor speak to anybody. A pair
/// of sockets is how std waits for the start of a child process.
const REFUSED_TO_COMPILERS: &[i64] = &[
    #[cfg(target_arch = "x86_64")]
    libc::SYS_epoll_create,
    libc::SYS_epoll_create1,
    libc::SYS_socket,
];

/// Refused where a mount cannot be made read-only and Landlock does not guard it: who owns a file,
/// its mode, times and attributes.
const REFUSED_BY_PATH: &[i64] = &[
    libc::SYS_fchmodat,
    libc::SYS_fchmodat2,
    libc::SYS_fchownat,
    libc::SYS_utimensat,
    libc::SYS_setxattr,
    libc::SYS_lsetxattr,
    libc::SYS_removexattr,
    libc::SYS_lremovexattr,
    SETXATTRAT,
    REMOVEXATTRAT,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_chmod,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_chown,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_lchown,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_utime,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_utimes,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_futimesat,
];

/// Calls that are newer than libc's list; the numbers are the same on every architecture.
const SETXATTRAT: i64 = 463;
const REMOVEXATTRAT: i64 = 466;

/// `ioctl` requests that type into a terminal.
const TYPING: [i32; 2] = [0x5412, 0x541c];

/// `fcntl` commands: a pipe of more pages, which are counted for each user, and being told of what
/// others do with a file, or making them wait.
const FCNTL: [i32; 3] = [libc::F_SETPIPE_SZ, libc::F_SETLEASE, libc::F_NOTIFY];

/// `prctl` that sets how large the kernel's table of a process's locks is: gigabytes, if asked for.
const PR_FUTEX_HASH: i32 = 78;

/// `setpriority` of one process.
const PRIO_PROCESS: i32 = 0;

/// The filters of a program.
#[derive(Debug, Clone)]
pub(super) struct Filters(Vec<BpfProgram>);

impl Filters {
    /// For programs in a sandbox of this level and purpose.
    pub(super) fn for_programs(level: Level, purpose: Purpose) -> io::Result<Self> {
        let refused = rules(level, purpose).map_err(io::Error::other)?;
        // The flags of `clone3` stand behind a pointer that no filter can follow: where it seems
        // to be missing, libc uses `clone`, whose flags can be seen.
        let missing = always(&[libc::SYS_clone3]);
        Ok(Self(vec![
            filter(always(REFUSED), libc::EPERM)?,
            filter(refused, libc::EPERM)?,
            filter(missing, libc::ENOSYS)?,
            #[cfg(target_arch = "x86_64")]
            second_numbering(),
        ]))
    }

    /// For init, and with it for all programs.
    pub(super) fn for_init() -> io::Result<Self> {
        Ok(Self(vec![filter(always(REFUSED), libc::EPERM)?]))
    }

    /// Applies them to this process, for good.
    pub(super) fn apply(&self) -> io::Result<()> {
        let mut filters = self.0.iter();
        filters.try_for_each(|filter| seccompiler::apply_filter(filter).map_err(io::Error::other))
    }
}

/// Refuses the x32 numbering of system calls: the same calls under numbers that the other
/// filters do not name. They begin at bit 30 (`__X32_SYSCALL_BIT`, see syscall(2)).
#[cfg(target_arch = "x86_64")]
fn second_numbering() -> BpfProgram {
    const X32: u32 = 0x4000_0000;
    let (load, jump_if_at_least, answer) = (0x20, 0x35, 0x06);
    let (allow, refuse) = (0x7fff_0000, 0x0005_0000 | libc::ENOSYS.cast_unsigned());
    let step = |code, jt, jf, k| sock_filter { code, jt, jf, k };
    vec![
        step(load, 0, 0, 0),
        step(jump_if_at_least, 0, 1, X32),
        step(answer, 0, 0, refuse),
        step(answer, 0, 0, allow),
    ]
}

type Rules = BTreeMap<i64, Vec<SeccompRule>>;
type Built<T> = Result<T, BackendError>;

fn always(calls: &[i64]) -> Rules {
    calls.iter().map(|call| (*call, Vec::new())).collect()
}

fn rules(level: Level, purpose: Purpose) -> Built<Rules> {
    let mut rules = by_argument(level)?;
    rules.extend(always(REFUSED_TO_PROGRAMS));
    if purpose == Purpose::Compiler {
        rules.extend(always(REFUSED_TO_COMPILERS));
    }
    if level == Level::Landlock {
        rules.extend(always(REFUSED_BY_PATH));
    }
    Ok(rules)
}

/// What is refused with some arguments only.
fn by_argument(level: Level) -> Built<Rules> {
    let new_user = u64::from(libc::CLONE_NEWUSER.cast_unsigned());
    let anonymous_shared = (libc::MAP_SHARED | libc::MAP_ANONYMOUS)
        .cast_unsigned()
        .into();
    let socket_option = |option: i32| [is(1, libc::SOL_SOCKET), is(2, option)];
    Ok(Rules::from([
        (libc::SYS_socket, vec![other_family(level)?]),
        (libc::SYS_clone, vec![rule([has_all(0, new_user)])?]),
        // No process would count it once it is no longer mapped.
        (libc::SYS_mmap, vec![rule([has_all(3, anonymous_shared)])?]),
        (
            libc::SYS_ioctl,
            any(TYPING.map(|request| [is(1, request)]))?,
        ),
        (libc::SYS_fcntl, any(FCNTL.map(|command| [is(1, command)]))?),
        (libc::SYS_prctl, vec![rule([is(0, PR_FUTEX_HASH)])?]),
        // Buffers in the kernel, which no limit of a process counts.
        (
            libc::SYS_setsockopt,
            any([libc::SO_SNDBUF, libc::SO_RCVBUF].map(socket_option))?,
        ),
        // The limits and the scheduling of others, init's among them.
        (libc::SYS_prlimit64, vec![rule([is_not(0, 0)])?]),
        (libc::SYS_sched_setaffinity, vec![rule([is_not(0, 0)])?]),
        (libc::SYS_sched_setscheduler, vec![rule([is_not(0, 0)])?]),
        (libc::SYS_sched_setparam, vec![rule([is_not(0, 0)])?]),
        (libc::SYS_sched_setattr, vec![rule([is_not(0, 0)])?]),
        (
            libc::SYS_setpriority,
            any([[is_not(0, PRIO_PROCESS)], [is_not(1, 0)]])?,
        ),
    ]))
}

/// A condition on one argument, of which the kernel looks at the lower half only.
fn condition(argument: u8, operator: SeccompCmpOp, value: u64) -> Built<SeccompCondition> {
    SeccompCondition::new(argument, SeccompCmpArgLen::Dword, operator, value)
}

fn is(argument: u8, value: i32) -> Built<SeccompCondition> {
    condition(argument, SeccompCmpOp::Eq, value.cast_unsigned().into())
}

fn is_not(argument: u8, value: i32) -> Built<SeccompCondition> {
    condition(argument, SeccompCmpOp::Ne, value.cast_unsigned().into())
}

fn has_all(argument: u8, bits: u64) -> Built<SeccompCondition> {
    condition(argument, SeccompCmpOp::MaskedEq(bits), bits)
}

/// Refuses a call for which all of these hold.
fn rule(conditions: impl IntoIterator<Item = Built<SeccompCondition>>) -> Built<SeccompRule> {
    SeccompRule::new(conditions.into_iter().collect::<Built<_>>()?)
}

/// Refuses a call for which all conditions of one of these rules hold.
fn any<const N: usize, const M: usize>(
    rules: [[Built<SeccompCondition>; M]; N],
) -> Built<Vec<SeccompRule>> {
    rules.into_iter().map(rule).collect()
}

/// Refuses sockets that are neither local nor, where the network is the sandbox's own, of the
/// internet.
fn other_family(level: Level) -> Built<SeccompRule> {
    let known: &[i32] = match level {
        Level::Full => &[libc::AF_UNIX, libc::AF_INET, libc::AF_INET6],
        Level::Landlock | Level::Limits | Level::Bare => &[libc::AF_UNIX],
    };
    rule(known.iter().map(|family| is_not(0, *family)))
}

fn filter(rules: Rules, refusal: i32) -> io::Result<BpfProgram> {
    let arch = std::env::consts::ARCH
        .try_into()
        .map_err(io::Error::other)?;
    let refusal = SeccompAction::Errno(refusal.cast_unsigned());
    let filter = SeccompFilter::new(rules, SeccompAction::Allow, refusal, arch);
    filter.and_then(TryInto::try_into).map_err(io::Error::other)
}
